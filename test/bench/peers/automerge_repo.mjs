/**
 * A program for cold_sync.ts, copied beside the packages that it needs: automerge-repo over its WebSocket adapter,
 * with its own storage. `serve FOLDER STORE` imports what lies there and tells its port and the documents;
 * `fetch PORT STORE` is told them by its stdin, gets all, the newest asked for first, and tells how long it took.
 */
import { readFileSync } from "node:fs";
import process from "node:process";

// Named so that nobody looks for them where this file lies.
const REPO = "@automerge/automerge-repo";
const { Repo } = await import(REPO);
const { NodeFSStorageAdapter } = await import(`${REPO}-storage-nodefs`);
const { WebSocketClientAdapter, WebSocketServerAdapter } = await import(
  `${REPO}-network-websocket`
);
const { WebSocketServer } = await import(["w", "s"].join(""));

const tell = (line) =>
  new Promise((resolve) => process.stdout.write(`${JSON.stringify(line)}\n`, resolve));
const [role, ...args] = process.argv.slice(2);
if (role === "serve") await serve(...args);
else await fetchAll(...args);

async function serve(folder, store) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  const network = [new WebSocketServerAdapter(server)];
  const repo = new Repo({ network, storage: new NodeFSStorageAdapter(store) });
  const order = JSON.parse(readFileSync(`${folder}/order.json`, "utf8"));
  const docs = order.files.map((file) => repo.import(readFileSync(`${folder}/${file}`)).url);
  await repo.flush();
  await tell({ port: server.address().port, docs, newest: order.newest });
}

async function fetchAll(port, store) {
  let input = "";
  for await (const chunk of process.stdin) input += chunk;
  const { docs, newest } = JSON.parse(input);
  const adapter = new WebSocketClientAdapter(`ws://127.0.0.1:${port}`);
  const repo = new Repo({ network: [adapter], storage: new NodeFSStorageAdapter(store) });
  await new Promise((resolve) => adapter.once("peer-candidate", resolve));
  const start = performance.now();
  let messages = 0;
  const get = async (url) => {
    const handle = await repo.find(url);
    messages += Object.values(handle.doc()).length;
  };
  const first = Promise.all(docs.slice(0, newest).map(get));
  const rest = Promise.all(docs.slice(newest).map(get));
  await first;
  const newestMs = performance.now() - start;
  await rest;
  await repo.flush();
  const allMs = performance.now() - start;
  const { bytesRead, bytesWritten } = adapter.socket._socket;
  await tell({ allMs, newestMs, messages, bytesIn: bytesRead, bytesOut: bytesWritten });
  process.exit();
}

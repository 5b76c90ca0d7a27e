/**
 * A program for cold_sync.ts: Automerge's own sync protocol over TCP, all documents at once, the newest first.
 * `serve FOLDER` loads what lies there and tells its port; `fetch PORT FOLDER` gets all, writes each document there
 * as it is complete, and tells how long that took.
 */
import * as Automerge from "@automerge/automerge";
import { startAutomerge } from "../../../core/doc/automerge.ts";
import { writeLine } from "../../e2e/write_line.ts";
import { Wire } from "./wire.ts";
import type { DocumentOrder, Fetched } from "./cold_documents.ts";

type Doc = Automerge.Doc<Record<string, string>>;

/** A document and how far a peer is with it. */
interface Synced {
  doc: Doc;
  state: Automerge.SyncState;
}

const [role, ...args] = Deno.args;
await startAutomerge();
if (role === "serve") await serve(args[0]!);
else await fetchAll(Number(args[0]), args[1]!);

async function serve(folder: string): Promise<void> {
  const order: DocumentOrder = JSON.parse(await Deno.readTextFile(`${folder}/order.json`));
  const synced = order.files.map((file): Synced => ({
    doc: Automerge.load(Deno.readFileSync(`${folder}/${file}`)),
    state: Automerge.initSyncState(),
  }));
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  writeLine({ port: listener.addr.port });
  // One after another: a document that was synced is another object then.
  for await (const connection of listener) {
    const wire = new Wire(connection);
    wire.send(0, new Uint8Array(new Uint32Array([synced.length, order.newest]).buffer));
    synced.forEach((one, i) => {
      one.state = Automerge.initSyncState();
      answer(wire, one, i);
    });
    await wire.each((i, message) => {
      receive(synced[i]!, message);
      answer(wire, synced[i]!, i);
    });
  }
}

async function fetchAll(port: number, folder: string): Promise<void> {
  const start = performance.now();
  const wire = new Wire(await Deno.connect({ hostname: "127.0.0.1", port }));
  const docs = new Map<number, Synced>();
  let [count, newest, complete, newestComplete, messages, newestMs] = [-1, 0, 0, 0, 0, 0];
  await wire.each((i, message) => {
    if (count === -1) {
      [count, newest] = [...new Uint32Array(message.slice().buffer)] as [number, number];
      return false;
    }
    const one = docs.get(i) ?? { doc: Automerge.init(), state: Automerge.initSyncState() };
    docs.set(i, one);
    receive(one, message);
    const theirs = Automerge.decodeSyncMessage(message).heads.toSorted();
    answer(wire, one, i);
    if (theirs.join() !== Automerge.getHeads(one.doc).toSorted().join()) return false;
    Deno.writeFileSync(`${folder}/${i}`, Automerge.save(one.doc));
    messages += Object.values(one.doc).length;
    complete++;
    if (i < newest && ++newestComplete === newest) newestMs = performance.now() - start;
    return complete === count;
  });
  if (complete !== count) throw new Error("The server went away");
  const allMs = performance.now() - start;
  const { bytesIn, bytesOut } = wire;
  writeLine({ allMs, newestMs, messages, bytesIn, bytesOut } satisfies Fetched);
  Deno.exit();
}

function receive(one: Synced, message: Uint8Array): void {
  [one.doc, one.state] = Automerge.receiveSyncMessage(one.doc, one.state, message);
}

function answer(wire: Wire, one: Synced, i: number): void {
  const [state, message] = Automerge.generateSyncMessage(one.doc, one.state);
  one.state = state;
  if (message) wire.send(i, message);
}

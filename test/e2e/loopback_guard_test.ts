/** The local API of a real node, asked by hand as another program on this machine or a web site would. */
import assert from "node:assert/strict";
import { LOBBY } from "../../core/trust/lobby.ts";
import { MAX_UNDER_WAY } from "../../routes/(_shared)/tab_line.ts";
import { browserTest } from "./chromium.ts";
import { loopback, type Place } from "./place.ts";
import { rssBytes } from "./process_memory.ts";
import { rawRequest } from "./raw_http.ts";
import { RunningNode } from "./running_node.ts";
import { Tab } from "./tab.ts";
import { tempFolder } from "./temp_folder.ts";

const MEBIBYTE = 1024 * 1024;
const ALONE = ["--no-discovery", "--name", "Ana"];

/** A node, and what a request to it is made of. */
class Target implements AsyncDisposable {
  readonly port: number;
  readonly token: string;

  private constructor(
    readonly node: RunningNode,
    readonly folder: { readonly path: string } & AsyncDisposable,
  ) {
    const { port, hash } = new URL(node.ready.url);
    this.port = Number(port);
    this.token = hash.slice("#t=".length);
  }

  static async open(place: Place = loopback): Promise<Target> {
    const folder = await tempFolder();
    return new Target(await RunningNode.start(place, `${folder.path}/node`, ALONE), folder);
  }

  get host(): string {
    return `Host: 127.0.0.1:${this.port}`;
  }

  get bearer(): string {
    return `Authorization: Bearer ${this.token}`;
  }

  /** Posts a command with these lines as its head. */
  post(lines: readonly string[], body = SNAPSHOT, target = "/api/command") {
    const length = new TextEncoder().encode(body).length;
    const head = [`POST ${target} HTTP/1.1`, ...lines, `Content-Length: ${length}`];
    return rawRequest(this.port, `${head.join("\r\n")}\r\n\r\n${body}`);
  }

  /** Asks for a WebSocket with these lines besides. */
  upgrade(lines: readonly string[]) {
    const head = [
      "GET /api/socket HTTP/1.1",
      ...["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"],
      ...lines,
    ];
    return rawRequest(this.port, `${head.join("\r\n")}\r\n\r\n`);
  }

  /** The node answers its own user. */
  async assertAlive(): Promise<void> {
    assert.match((await this.post([this.host, this.bearer])).body, /"name":"Ana"/);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { code, err } = await this.node.stop();
    await this.folder[Symbol.asyncDispose]();
    assert.deepEqual([code, err], [0, ""]);
  }
}

const SNAPSHOT = JSON.stringify({ id: "a", command: { type: "snapshot" } });

Deno.test("hostile 31: who calls the node by another name gets nothing, whatever else is right", async () => {
  await using target = await Target.open();
  const { port, host, bearer } = target;
  await target.assertAlive();
  const names = [
    ...["evil.test", "0.0.0.0", "localhost", "LOCALHOST.", "127.1", "[::1]", "127.0.0.1.evil.test"]
      .map((name) => `${name}:${port}`),
    ...["127.0.0.1", `127.0.0.1:${port + 1}`, `127.0.0.1:0${port}`, `x@127.0.0.1:${port}`, ""],
  ];
  for (const name of names) {
    const { status, body } = await target.post([`Host: ${name}`, bearer]);
    assert.equal(status, 421, name);
    assert.doesNotMatch(body, /Ana/);
  }
  assert.equal((await target.post([bearer])).status, 421, "no Host");
  assert.equal((await target.post([host, host, bearer])).status, 400, "two Hosts");
  assert.equal((await target.post([host, "Host: evil.test", bearer])).status, 400);
  const absolute = (authority: string, lines: readonly string[]) =>
    target.post(lines, SNAPSHOT, `http://${authority}/api/command`);
  assert.equal((await absolute(`evil.test:${port}`, [host, bearer])).status, 421);
  assert.equal((await absolute(`127.0.0.1:${port}`, ["Host: evil.test", bearer])).status, 421);
  assert.equal((await absolute(`127.0.0.1:${port}`, [bearer])).status, 421);
});

Deno.test("hostile 32, 33: other origins, and who has no token, are refused; the token is nowhere to be found", async () => {
  await using target = await Target.open();
  const { port, host, bearer, token, node } = target;
  const origin = `Origin: http://127.0.0.1:${port}`;
  assert.equal((await target.post([host, bearer, origin])).status, 200);
  const foreign = [
    ...["http://evil.test", "null", "", `https://127.0.0.1:${port}`, `http://localhost:${port}`],
    ...[`http://127.0.0.1:${port + 1}`, "http://127.0.0.1", `http://127.0.0.1:${port}.evil.test`],
  ];
  for (const name of foreign) {
    assert.equal((await target.post([host, bearer, `Origin: ${name}`])).status, 403, name);
  }
  assert.equal((await target.post([host, bearer, origin, "Origin: http://evil.test"])).status, 403);
  for (const site of ["cross-site", "same-site", "?"]) {
    assert.equal((await target.post([host, bearer, `Sec-Fetch-Site: ${site}`])).status, 403, site);
  }

  const strangers = [
    [],
    [`Authorization: Bearer ${"A".repeat(43)}`],
    ["Authorization: Bearer"],
    [`Authorization: Basic ${token}`],
    [`Cookie: t=${token}`],
  ];
  for (const lines of strangers) {
    assert.equal((await target.post([host, ...lines])).status, 401, String(lines));
    assert.equal((await target.post([host, origin, ...lines])).status, 401, String(lines));
  }
  const paths = ["/api/command?t=TOKEN", "//api/command", "/x/../api/command", "/API/command"];
  for (const path of paths) {
    const { status } = await target.post([host], SNAPSHOT, path.replace("TOKEN", token));
    assert.equal(status, 401, path);
  }
  for (const path of ["/%61pi/command", "/api%2fcommand", "/running.json", "/%2e%2e/device.json"]) {
    const { status } = await target.post([host, origin], SNAPSHOT, path);
    assert.ok(status === 404 || status === 405, `${path}: ${status}`);
  }

  if (Deno.build.os === "windows") return;
  assert.equal(Deno.statSync(`${node.data}/running.json`).mode! & 0o777, 0o600);
  assert.equal(Deno.statSync(node.data).mode! & 0o777, 0o700);
  if (Deno.build.os !== "linux") return;
  for (const file of ["cmdline", "environ"]) {
    assert.ok(!Deno.readTextFileSync(`/proc/${node.pid}/${file}`).includes(token), file);
  }
});

Deno.test("hostile 32: a WebSocket is opened for who has the token and comes from nowhere else", async () => {
  await using target = await Target.open();
  const { port, host, token } = target;
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  const protocols = (token: string) => `Sec-WebSocket-Protocol: earshot, t.${token}`;
  const origin = `Origin: http://127.0.0.1:${port}`;
  const cases: [number, readonly string[]][] = [
    [101, [host, key, protocols(token)]],
    [101, [host, key, origin, protocols(token)]],
    [403, [host, key, "Origin: http://evil.test", protocols(token)]],
    [403, [host, key, `Origin: http://127.0.0.1:${port + 1}`, protocols(token)]],
    [403, [host, key, "Sec-Fetch-Site: cross-site", protocols(token)]],
    [421, [`Host: localhost:${port}`, key, protocols(token)]],
    [421, [key, protocols(token)]],
    [401, [host, key, origin, protocols("A".repeat(43))]],
    [401, [host, key, origin, "Sec-WebSocket-Protocol: earshot"]],
    [401, [host, key, origin]],
    [400, [host, key, `Sec-WebSocket-Protocol: t.${token}`]],
    [400, [host, protocols(token)]],
  ];
  for (const [status, lines] of cases) {
    assert.equal((await target.upgrade(lines)).status, status, lines.join(", "));
  }
});

Deno.test("what is too much, too deep or no command is refused, and costs nothing that stays", async () => {
  await using target = await Target.open();
  const { host, bearer, node } = target;
  await target.assertAlive();
  const before = rssBytes(node.pid);
  const command = (command: Record<string, unknown>) => JSON.stringify({ id: "a", command });
  const commands: [string, number, RegExp][] = [
    ["[".repeat(10_000) + "]".repeat(10_000), 400, /nests too deep/],
    [`{"id":"a","command":${'{"a":'.repeat(10_000)}1${"}".repeat(10_001)}`, 400, /nests too deep/],
    ["", 400, /not JSON/],
    ["null", 400, /no id/],
    [`{"id":"../a","command":{"type":"snapshot"}}`, 400, /no id/],
    [`{"id":"a","command":null}`, 200, /"unknown"/],
    [`{"id":"a","command":{"type":"rm"}}`, 200, /"unknown"/],
    [`{"id":"a","command":{"type":"__proto__"}}`, 200, /"unknown"/],
    [`{"id":"a","command":{"type":"constructor"}}`, 200, /"unknown"/],
    [command({ type: "message.send", space: LOBBY, channel: 5, text: [] }), 200, /"refused"/],
    [command({ type: "message.list", limit: 1e9 }), 200, /"refused"/],
    [
      command({ type: "channel.create", space: LOBBY, name: "\u0000" }),
      200,
      /control characters/,
    ],
  ];
  for (const [body, status, answer] of commands) {
    const answered = await target.post([host, bearer], body);
    assert.equal(answered.status, status, body.slice(0, 80));
    assert.match(answered.body, answer);
  }

  // 100 MB: announced, and not announced.
  const head = ["POST /api/command HTTP/1.1", host, bearer];
  const announced = [...head, `Content-Length: ${100 * MEBIBYTE}`].join("\r\n");
  assert.equal((await rawRequest(target.port, `${announced}\r\n\r\n`)).status, 413);
  const chunk = new TextEncoder().encode(`10000\r\n${" ".repeat(65_536)}\r\n`);
  let written = 0;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => {
      const lines = [...head, "Transfer-Encoding: chunked"].join("\r\n");
      controller.enqueue(new TextEncoder().encode(`${lines}\r\n\r\n`));
    },
    pull: (controller) => {
      written += chunk.length;
      if (written > 100 * MEBIBYTE) controller.close();
      else controller.enqueue(chunk);
    },
  });
  assert.equal((await rawRequest(target.port, endless)).status, 413);
  // How much the sockets in between hold is the system's affair.
  assert.ok(written < 100 * MEBIBYTE, "it is refused before its end");
  await target.assertAlive();
  const grown = rssBytes(node.pid) - before;
  assert.ok(grown < 50 * MEBIBYTE, `${grown} bytes more`);
});

Deno.test("a thousand commands at once are done, or cost their own line only", async () => {
  await using target = await Target.open();
  const { host, bearer, node } = target;
  using tab = await Tab.open(node.ready.url);
  const { channels: [channel] } = await tab.ask({ type: "snapshot" });
  const send = (n: number) =>
    JSON.stringify({
      id: `m${n}`,
      command: { type: "message.send", space: LOBBY, channel: channel?.id, text: `message ${n}` },
    });
  const all = Array.from({ length: 1000 }, (_, n) => target.post([host, bearer], send(n)));
  for (const { status, body } of await Promise.all(all)) {
    assert.equal(status, 200);
    assert.match(body, /"answer"/);
  }
  assert.equal((await node.facts(["read", "--limit", "2000"])).length, 1000);

  const socket = new WebSocket(`ws://127.0.0.1:${target.port}/api/socket`, [
    "earshot",
    `t.${target.token}`,
  ]);
  await new Promise((resolve) => socket.onopen = resolve);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  for (let n = 0; n < 1000; n++) socket.send(send(1000 + n));
  await closed;
  assert.ok(MAX_UNDER_WAY < 1000);
  await target.assertAlive();
  await tab.ask({ type: "peers" });
});

const manyOpen: Place = {
  ...loopback,
  // A shell that lets the program have few files, and becomes it.
  command: (program, args, options = {}) =>
    new Deno.Command("sh", {
      ...options,
      args: ["-c", 'ulimit -n 150 && exec "$0" "$@"', program, ...args],
    }),
};

Deno.test({
  name: "connections that use up all files cost the node neither its life nor its page",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await tempFolder();
    await using node = await RunningNode.start(manyOpen, `${folder.path}/node`, ALONE);
    const port = Number(new URL(node.ready.url).port);
    const open: Deno.TcpConn[] = [];
    const half = new TextEncoder().encode("POST /api/command HTTP/1.1\r\nHost: 127");
    try {
      for (let n = 0; n < 300; n++) {
        const connection = await Deno.connect({ hostname: "127.0.0.1", port });
        open.push(connection);
        await connection.write(half);
      }
    } catch (error) {
      // It is cut off already.
      assert.match(String(error), /refused|reset|Broken pipe/i);
    }
    // The node cut what was there: reading ends.
    const buffer = new Uint8Array(1);
    await open[0]?.read(buffer).catch(() => null);
    for (const connection of open) connection.close();
    let tab: Tab | undefined;
    while (!tab) tab = await Tab.open(node.ready.url).catch(() => undefined);
    using reopened = tab;
    assert.equal((await reopened.ask({ type: "snapshot" })).self.name, "Ana");
    const { code, err } = await node.stop();
    assert.equal(code, 0);
    assert.match(err, /^(warn: The page was cut off and is served anew .*\n)+$/);
  },
});

browserTest(
  "hostile 31: a name that leads to this machine shows nothing of the node",
  async (browser) => {
    await using target = await Target.open();
    const page = await browser.newPage();
    for (const name of ["rebound.test", "0.0.0.0", "localhost"]) {
      const answer = await page.goto(`http://${name}:${target.port}/#t=${target.token}`);
      assert.equal(answer?.status(), 421, name);
      assert.equal(await page.locator("script").count(), 0);
      const outcome = await page.evaluate(async (bearer) => {
        const body = JSON.stringify({ id: "x", command: { type: "snapshot" } });
        const headers = { authorization: bearer };
        const response = await fetch("/api/command", { method: "POST", headers, body });
        return [response.status, await response.text()] as const;
      }, `Bearer ${target.token}`);
      assert.equal(outcome[0], 421, name);
      assert.doesNotMatch(outcome[1], /Ana/);
    }
  },
  ["--host-resolver-rules=MAP rebound.test 127.0.0.1"],
);

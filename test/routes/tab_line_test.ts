import assert from "node:assert/strict";
import type { NodeApi } from "../../core/view/api.ts";
import type { Command } from "../../core/view/command.ts";
import {
  type LineSocket,
  MAX_UNDER_WAY,
  MAX_UNREAD_BYTES,
  TabLine,
} from "../../routes/(_shared)/tab_line.ts";
import { FakeNode } from "../fakes/node.ts";
import { settle } from "../fakes/settle.ts";

class FakeSocket implements LineSocket {
  bufferedAmount = 0;
  readyState: LineSocket["readyState"] = 1;
  readonly sent: { id?: string; event?: { type: string }; refusal?: { code: string } }[] = [];
  closedWith: number | undefined;
  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(code?: number): void {
    this.readyState = 2;
    this.closedWith = code;
  }
}

function start(node: NodeApi = new FakeNode()) {
  const socket = new FakeSocket();
  const line = new TabLine(node, socket);
  line.opened();
  return { socket, line, node };
}

const peers = (id: string) => JSON.stringify({ id, command: { type: "peers" } });

Deno.test("a tab is answered and told what happens, until it closes", async () => {
  const node = new FakeNode();
  const { socket, line } = start(node);
  await line.received(peers("a"));
  node.setFault("full");
  assert.deepEqual(socket.sent.map(({ id, event }) => id ?? event?.type), ["a", "fault"]);
  await line.closed();
  assert.equal(node.listeners, 0);
});

Deno.test("who closes a tab is nowhere, unless the tab never said where they are", async () => {
  const places: unknown[] = [];
  const node: NodeApi = {
    execute: (command: Command) => {
      if (command.type === "place.set") places.push([command.space, command.place]);
      return Promise.resolve({} as never);
    },
    subscribe: () => () => {},
  };
  const { line } = start(node);
  await line.closed();
  assert.deepEqual(places, []);
  const space = "05".repeat(16);
  const place = { type: "channel", channel: "01".repeat(8), typing: true };
  const { line: typing } = start(node);
  await typing.received(JSON.stringify({ id: "a", command: { type: "place.set", space, place } }));
  await typing.closed();
  await typing.closed();
  assert.deepEqual(places, [[space, place], [space, null]]);
});

Deno.test("a wrong command is refused under its id, and the line stays", async () => {
  const { socket, line } = start();
  await line.received(JSON.stringify({ id: "a", command: { type: "moon" } }));
  assert.equal(socket.sent[0]?.refusal?.code, "unknown");
  assert.equal(socket.closedWith, undefined);
});

Deno.test("what is no request closes the line", async () => {
  for (const [data, code] of [["{", 1008], [new ArrayBuffer(4), 1003], ["[]", 1008]] as const) {
    const { socket, line } = start();
    await line.received(data);
    assert.equal(socket.closedWith, code);
  }
});

Deno.test("a tab that does not read is cut off and told nothing more", () => {
  const node = new FakeNode();
  const { socket } = start(node);
  socket.bufferedAmount = MAX_UNREAD_BYTES + 1;
  node.setFault("full");
  assert.equal(socket.closedWith, 1013);
  assert.equal(socket.sent.length, 0);
  assert.equal(node.listeners, 0);
});

Deno.test("only so many requests are under way at once", async () => {
  const never: NodeApi = { execute: () => new Promise(() => {}), subscribe: () => () => {} };
  const { socket, line } = start(never);
  for (let i = 0; i < MAX_UNDER_WAY; i++) void line.received(peers(`${i}`));
  await settle();
  assert.equal(socket.closedWith, undefined);
  void line.received(peers("one more"));
  await settle();
  assert.equal(socket.closedWith, 1008);
});

Deno.test("a defect of the node closes the line and is not hidden", async () => {
  const broken: NodeApi = {
    execute: () => Promise.reject(new TypeError("defect")),
    subscribe: () => () => {},
  };
  const { socket, line } = start(broken);
  await assert.rejects(line.received(peers("a")), /defect/);
  assert.equal(socket.closedWith, 1011);
});

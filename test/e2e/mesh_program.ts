/**
 * A program for discovery_test.ts: a mesh with real sockets and nothing above it. It says what happens,
 * one JSON object per line, with milliseconds since its start, and ends in order when its stdin ends.
 * Arguments: a number for its device keys, then interfaces as in `--interface`.
 */
import { systemClock as clock } from "../../core/base/clock.ts";
import { lineLog } from "../../core/base/log.ts";
import { randomBytes as random } from "../../core/base/random.ts";
import { Discovery, makeInstance } from "../../core/net/discovery.ts";
import { InterfaceWatch } from "../../core/net/interface_watch.ts";
import type { Link } from "../../core/net/link.ts";
import { Mesh } from "../../core/net/mesh.ts";
import { openLink } from "../../core/net/secure_link.ts";
import { tcpTransport } from "../../core/net/tcp.ts";
import { LOBBY_PSK } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";
import { writeLine } from "./write_line.ts";

const BEAT_MS = 1_000;
const SILENT_MS = 3 * BEAT_MS;
const startedAt = performance.now();
const [device, ...selection] = Deno.args;
const keys = deviceKeys(Number(device));
const { peer } = keys;
const instance = makeInstance(random);

function tell(event: string, facts: Record<string, unknown> = {}): void {
  writeLine({ event, ms: Math.round(10 * (performance.now() - startedAt)) / 10, ...facts });
}

function onLink(link: Link): void {
  tell("linked", { peer: link.peer, initiator: link.initiator, remote: link.remote });
  let heardAt: number | undefined;
  link.start(() => {
    if (heardAt === undefined) tell("heard", { peer: link.peer });
    heardAt = performance.now();
  });
  const beat = clock.every(BEAT_MS, () => {
    link.send(new Uint8Array(1));
    if (heardAt === undefined || performance.now() - heardAt < SILENT_MS) return;
    heardAt = undefined;
    tell("silent", { peer: link.peer });
  });
  void link.closed.then((reason) => {
    beat.cancel();
    tell("closed", { peer: link.peer, reason });
  });
}

const log = lineLog((line) => tell("log", { line }));
const watch = InterfaceWatch.open({ selection, clock, log });
const mesh = await Mesh.open({
  self: peer,
  instance,
  transport: tcpTransport,
  openLink: (connection, initiator) =>
    openLink(connection, { keys, psk: LOBBY_PSK, initiator, clock, log, random }),
  hosts: () => watch.hosts,
  port: 0,
  clock,
  log,
  random,
  onLink,
});
const discovery = await Discovery.open({
  instance,
  port: () => mesh.port,
  interfaces: watch.current,
  clock,
  log,
  random,
  found: (found) => {
    tell("found", { ...found });
    mesh.found(found);
  },
  lost: (lost) => {
    tell("lost", { instance: lost });
    mesh.lost(lost);
  },
});
watch.subscribe(() => {
  tell("changed", { interfaces: watch.current.map(({ name }) => name) });
  mesh.networkChanged();
  void discovery.setInterfaces(watch.current);
});
tell("open", { peer, instance, port: mesh.port });
for await (const _ of Deno.stdin.readable);
watch.close();
await discovery.close();
await mesh.close();

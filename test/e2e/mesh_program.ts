/**
 * A program for discovery_test.ts and doors_test.ts: a mesh with real sockets and nothing above it. It says
 * what happens, one JSON object per line, with milliseconds since its start, and ends in order when its stdin
 * ends. Arguments: a number for its device keys, then interfaces as in `--interface`, and `--door=NAME` for
 * each private door (without any it has the lobby's) and `--name-ms=NUMBER` for how long it goes by one name.
 */
import { systemClock as clock } from "../../core/base/clock.ts";
import { lineLog } from "../../core/base/log.ts";
import { randomBytes as random } from "../../core/base/random.ts";
import { Discovery } from "../../core/net/discovery.ts";
import { InterfaceWatch } from "../../core/net/interface_watch.ts";
import type { Link } from "../../core/net/link.ts";
import { Mesh } from "../../core/net/mesh.ts";
import { OwnInstance } from "../../core/net/own_instance.ts";
import { openLink } from "../../core/net/secure_link.ts";
import { tcpTransport } from "../../core/net/tcp.ts";
import { doorOf, LOBBY_DOOR } from "../../core/trust/door.ts";
import { deviceKeys } from "../fakes/device.ts";
import { writeLine } from "./write_line.ts";

const BEAT_MS = 1_000;
const SILENT_MS = 3 * BEAT_MS;
const startedAt = performance.now();
const [device, ...args] = Deno.args;
const selection = args.filter((arg) => !arg.startsWith("--"));
const given = (option: string) =>
  args.flatMap((arg) => arg.startsWith(`--${option}=`) ? [arg.slice(option.length + 3)] : []);
const own = given("door").map((name) => doorOf(new TextEncoder().encode(name), name));
const doors = () => own.length > 0 ? own : [LOBBY_DOOR];
const [nameMs] = given("name-ms").map(Number);
const keys = deviceKeys(Number(device));
const { peer } = keys;
const instance = new OwnInstance(random);

function tell(event: string, facts: Record<string, unknown> = {}): void {
  writeLine({ event, ms: Math.round(10 * (performance.now() - startedAt)) / 10, ...facts });
}

function onLink(link: Link): void {
  const { peer, initiator, remote, door } = link;
  tell("linked", { peer, initiator, remote, door: door.name });
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
  doors,
  admits: () => true,
  circles: () => [],
  seeks: () => false,
  openLink: (connection, door) => {
    const parts = { keys, clock, log, random };
    return openLink(
      connection,
      door ? { ...parts, initiator: true, door } : { ...parts, initiator: false, doors },
    );
  },
  hosts: () => watch.hosts,
  port: 0,
  clock,
  log,
  random,
  onLink,
});
const discovery = await Discovery.open({
  instance,
  doors,
  ...nameMs !== undefined && { instanceMs: { min: nameMs, max: nameMs } },
  port: () => mesh.port,
  interfaces: watch.current,
  clock,
  log,
  random,
  found: (found) => {
    tell("found", { ...found, hints: found.hints.length });
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
tell("open", { peer, instance: instance.current, port: mesh.port });
for await (const _ of Deno.stdin.readable);
watch.close();
await discovery.close();
await mesh.close();

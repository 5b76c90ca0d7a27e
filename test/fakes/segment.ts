import type { Buffer } from "node:buffer";
import { silentLog } from "../../core/base/log.ts";
import { Discovery } from "../../core/net/discovery.ts";
import type { NetworkInterface } from "../../core/net/interfaces.ts";
import { MdnsPort } from "../../core/net/mdns_port.ts";
import { OwnInstance } from "../../core/net/own_instance.ts";
import type { Found } from "../../core/net/sightings.ts";
import { type Door, LOBBY_DOOR } from "../../core/trust/door.ts";
import { FakeClock } from "./clock.ts";
import { Cable, fakeInterface } from "./multicast.ts";
import { quiet } from "./quiet.ts";
import { seededBytes } from "./random.ts";

/** The first name of machine `index` of a {@linkcode Segment}. */
export function instanceOf(index: number): string {
  return index.toString(16).padStart(16, "0");
}

/** Machines on one cable in memory; each one's discovery and what it was told. */
export class Segment {
  readonly clock = new FakeClock();
  readonly cable = new Cable(this.clock);

  /** Starts machine `index`, 10.77.0.index and fe80::index, with these `doors`. */
  async open(
    index: number,
    parts: { on?: NetworkInterface[]; port?: number; doors?: Door[] } = {},
  ) {
    const found: (Found & { ms: number })[] = [];
    const lost: string[] = [];
    const startedAt = this.clock.now();
    const { doors = [LOBBY_DOOR] } = parts;
    const later = seededBytes(1_000 + index);
    let names = 0;
    const instance = new OwnInstance((length) =>
      names++ === 0 ? Uint8Array.fromHex(instanceOf(index)) : later(length)
    );
    const discovery = await Discovery.open({
      instance,
      doors: () => doors,
      port: () => parts.port ?? 4_000 + index,
      interfaces: parts.on ??
        [fakeInterface("eth0", [`10.77.0.${index}/24`, `fe80::${index}/64`])],
      clock: this.clock,
      log: silentLog,
      random: seededBytes(index),
      openDatagram: this.cable.plug,
      found: (one) => found.push({ ...one, ms: this.clock.now() - startedAt }),
      lost: (one) => lost.push(one),
    });
    await this.run(0);
    return { discovery, instance, found, lost, startedAt, doors };
  }

  /** Lets time pass, and all that happens in it happen in order. */
  async run(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    for (;;) {
      await quiet();
      const next = this.clock.untilNext();
      if (next === undefined || this.clock.now() + next > end) break;
      this.clock.advance(next);
    }
    this.clock.advance(end - this.clock.now());
    await quiet();
  }
}

/** The bytes of a packet as a stranger with this program would send it. */
export async function forged(packet: Parameters<MdnsPort["send"]>[0]): Promise<Buffer> {
  const clock = new FakeClock();
  const cable = new Cable(clock);
  const on = fakeInterface("eth0", ["10.77.0.9/24"]);
  const options = { on, family: 4, open: cable.plug, clock, log: silentLog } as const;
  const port = await MdnsPort.open({ ...options, receive: () => {} });
  await port.send(packet);
  await port.close();
  return cable.packets[0]!.bytes;
}

import type { Clock, Timer } from "../base/clock.ts";
import { type RandomBytes, randomUnit } from "../base/random.ts";
import { MDNS_PORT } from "./mdns_datagram.ts";
import type { Incoming, Source } from "./mdns_packet.ts";
import type { MdnsPort } from "./mdns_port.ts";
import { type Announced, answer, legacyAnswer, wanted } from "./mdns_records.ts";

/** Where others may answer too, each waits a random time, so that not all speak at once (RFC 6762 §6). */
const SHARED_PAUSE_MS = { min: 20, max: 120 } as const;
/** Nothing is said to the group more often than this, however often it is asked (RFC 6762 §6). */
export const REPEAT_MS = 1_000;

/** What a responder needs. */
export interface ResponderOptions {
  readonly port: Pick<MdnsPort, "send">;
  /** What to tell, asked each time. */
  readonly self: () => Announced;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** Tells of this node on one port: unasked, and on questions, those close together with one answer. */
export class Responder {
  readonly #options: ResponderOptions;
  #saidAt = -Infinity;
  #waiting: { timer: Timer; dueAt: number; self: boolean; service: boolean } | undefined;

  constructor(options: ResponderOptions) {
    this.#options = options;
  }

  /** Says where this node is, now. */
  announce(): void {
    this.#say({ self: true, service: false });
  }

  /** Takes a query; an answer, if one is due, goes out later. */
  asked(packet: Incoming, source: Source): void {
    const { port, clock, random } = this.#options;
    const self = this.#options.self();
    const want = wanted(self, packet.questions, packet.answers);
    if (!want) return;
    if (source.port !== MDNS_PORT) {
      void port.send(legacyAnswer(self, want, packet), source);
      return;
    }
    const { min, max } = SHARED_PAUSE_MS;
    const pause = want.shared ? min + randomUnit(random) * (max - min) : 0;
    const before = this.#waiting;
    before?.timer.cancel();
    const soonest = Math.max(clock.now() + pause, this.#saidAt + REPEAT_MS);
    const dueAt = Math.min(soonest, before?.dueAt ?? Infinity);
    const all = {
      self: want.self || (before?.self ?? false),
      service: want.service || (before?.service ?? false),
    };
    const timer = clock.after(dueAt - clock.now(), () => {
      this.#waiting = undefined;
      this.#say(all);
    });
    this.#waiting = { ...all, timer, dueAt };
  }

  close(): void {
    this.#waiting?.timer.cancel();
    this.#waiting = undefined;
  }

  #say(what: { readonly self: boolean; readonly service: boolean }): void {
    const { port, self, clock } = this.#options;
    this.#saidAt = clock.now();
    void port.send(answer(self(), what));
  }
}

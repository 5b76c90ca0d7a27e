import type { Clock, Timer } from "../base/clock.ts";

/** Silence of a peer after which it is pinged, in milliseconds. */
export const PING_MS = 20_000;
/** Silence of a peer after which its link is closed. */
export const IDLE_MS = 3 * PING_MS;
/** How long a write may wait for the peer to take something. */
export const STALL_MS = 30_000;

/** Told by {@linkcode Liveness} what to do. */
export interface LivenessActions {
  ping(): void;
  /** Called at most once. */
  dead(reason: string): void;
}

/**
 * Watches over one link that its peer speaks and takes what it is sent. Time spent on what the peer said
 * is not the peer's: silence counts only while the link waits for bytes.
 */
export class Liveness {
  readonly #clock: Clock;
  readonly #actions: LivenessActions;
  #readingSince: number | undefined;
  #writingSince: number | undefined;
  #pinged = false;
  #timer: Timer | undefined;
  #due = Infinity;
  #stopped = false;

  constructor(clock: Clock, actions: LivenessActions) {
    this.#clock = clock;
    this.#actions = actions;
  }

  /** The link begins to wait for bytes. */
  reading(): void {
    this.#readingSince = this.#clock.now();
    this.#watch();
  }

  /** Bytes came. */
  heard(): void {
    this.#readingSince = undefined;
    this.#pinged = false;
  }

  /** The link begins to wait for the peer to take bytes, or it took some and more wait. */
  writing(): void {
    this.#writingSince = this.#clock.now();
    this.#watch();
  }

  /** All bytes were taken. */
  written(): void {
    this.#writingSince = undefined;
  }

  /** Ends the watch. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Sets the timer to what comes due first. One that is set earlier stays: it finds out when it fires. */
  #watch(): void {
    const silence = (this.#readingSince ?? Infinity) + (this.#pinged ? IDLE_MS : PING_MS);
    const due = Math.min(silence, (this.#writingSince ?? Infinity) + STALL_MS);
    if (this.#stopped || due === Infinity || (this.#timer && this.#due <= due)) return;
    this.#timer?.cancel();
    this.#due = due;
    this.#timer = this.#clock.after(due - this.#clock.now(), () => this.#check());
  }

  #check(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    // A wall clock that was set back must not make a silence endless.
    if (this.#readingSince !== undefined) this.#readingSince = Math.min(this.#readingSince, now);
    if (this.#writingSince !== undefined) this.#writingSince = Math.min(this.#writingSince, now);
    const silence = now - (this.#readingSince ?? now);
    if (now - (this.#writingSince ?? now) >= STALL_MS) return this.#die("the peer does not read");
    if (silence >= IDLE_MS) return this.#die("the peer is silent");
    if (silence >= PING_MS && !this.#pinged) {
      this.#pinged = true;
      this.#actions.ping();
    }
    this.#watch();
  }

  #die(reason: string): void {
    this.stop();
    this.#actions.dead(reason);
  }
}

import { Buffer } from "node:buffer";
import type { RandomBytes } from "../base/random.ts";
import { randomUnit } from "../base/random.ts";
import { type Door, HINT_TAG_BYTES, hintTag, LOBBY_DOOR, PAIRING_DOOR } from "../trust/door.ts";

/** Tags of one announcement, real and made up: a multiple of this many, and at most twice as many. */
export const HINT_STEP = 8;
/** Tags that are read of one instance. */
export const MAX_HINTS = 2 * HINT_STEP;

/** The string of TXT that carries tags. */
const PREFIX = "t=";
/** A tag in base64url; they fill whole characters, so each stands for itself. */
const TAG_CHARS = 8;

/** The doors that the whole world has: they tell of nobody, and no tag is announced for them. */
export const PUBLISHED_DOORS: readonly Door[] = [LOBBY_DOOR, PAIRING_DOOR];

/** Those of `doors` whose tag the node that is announced as `instance` shows. */
export function hintedDoors(
  doors: readonly Door[],
  instance: string,
  hints: readonly Uint8Array[],
): Door[] {
  if (hints.length === 0) return [];
  return doors.filter((door) => {
    if (PUBLISHED_DOORS.includes(door)) return false;
    const tag = hintTag(door, instance);
    return hints.some((hint) => Buffer.compare(hint, tag) === 0);
  });
}

/** The string of TXT for these tags. */
export function writeHints(hints: readonly Uint8Array[]): string {
  return PREFIX + Buffer.concat(hints).toString("base64url");
}

/** Reads tags from a string of TXT; none when it is another string, or not as it must be. */
export function readHints(text: string): Uint8Array[] {
  const encoded = text.slice(PREFIX.length);
  if (!text.startsWith(PREFIX) || encoded.length > MAX_HINTS * TAG_CHARS) return [];
  if (!/^(?:[\w-]{8})*$/.test(encoded)) return [];
  const bytes = new Uint8Array(Buffer.from(encoded, "base64url"));
  return Array.from(
    { length: bytes.length / HINT_TAG_BYTES },
    (_, index) => bytes.subarray(index * HINT_TAG_BYTES, (index + 1) * HINT_TAG_BYTES),
  );
}

interface Slot {
  /** The door it stands for; none for what is made up, and for a door that is no more. */
  door: Door | undefined;
  readonly tag: Uint8Array;
}

/**
 * The tags that this node announces. Made up ones hide how many doors there are; so they stay as long as
 * the instance does, and so does the place of each tag: what changes would be what is real.
 */
export class Hints {
  readonly #random: RandomBytes;
  #instance = "";
  #slots: Slot[] = [];
  #tags: readonly Uint8Array[] = [];
  /** How far the doors that have no room at once have been gone through. */
  #turn = 0;

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  /** The tags for these doors under this name; the same array again when they have not changed. */
  of(instance: string, doors: readonly Door[]): readonly Uint8Array[] {
    if (instance !== this.#instance) this.#slots = [];
    const before = this.#slots.length;
    this.#instance = instance;
    const shown = this.#shown(doors);
    for (const slot of this.#slots) {
      if (slot.door && !shown.includes(slot.door)) slot.door = undefined;
    }
    const missing = shown.filter((door) => !this.#slots.some((slot) => slot.door === door));
    while (this.#slots.length < HINT_STEP || this.#free().length < missing.length) this.#grow();
    for (const door of missing) {
      const free = this.#free();
      const at = free[Math.floor(randomUnit(this.#random) * free.length)]!;
      this.#slots[at] = { door, tag: hintTag(door, instance) };
    }
    if (missing.length > 0 || this.#slots.length !== before) {
      this.#tags = this.#slots.map(({ tag }) => tag);
    }
    return this.#tags;
  }

  /** Goes on to doors that had no room; gives whether there are any. */
  turn(doors: readonly Door[]): boolean {
    this.#turn += MAX_HINTS;
    return hidden(doors).length > MAX_HINTS;
  }

  #shown(doors: readonly Door[]): Door[] {
    const all = hidden(doors);
    if (all.length <= MAX_HINTS) return all;
    return Array.from({ length: MAX_HINTS }, (_, index) => all[(this.#turn + index) % all.length]!);
  }

  #grow(): void {
    for (let index = 0; index < HINT_STEP; index++) {
      this.#slots.push({ door: undefined, tag: this.#random(HINT_TAG_BYTES) });
    }
  }

  #free(): number[] {
    return this.#slots.flatMap(({ door }, index) => door ? [] : [index]);
  }
}

function hidden(doors: readonly Door[]): Door[] {
  return doors.filter((door) => !PUBLISHED_DOORS.includes(door));
}

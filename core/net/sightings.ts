import type { RankedAddress, Sighting } from "./mdns_reading.ts";
import type { Address } from "./transport.ts";

/** Instances that are remembered; more are passed over until one is gone. */
export const MAX_INSTANCES = 1_024;
/** Instances that one source address may name: a machine with many nodes, not a liar with thousands. */
export const MAX_INSTANCES_PER_SOURCE = 64;
/** Addresses of one instance, over all interfaces. */
const MAX_ADDRESSES = 16;
/** Changes are told no faster than this, so that two who claim one name cannot make a storm. */
const CHANGE_MS = 1_000;
/** The same sighting is news again after this time, so that a failing dial may be tried afresh. */
export const NEWS_MS = 5_000;

/** A node that was found: where it may be dialled, best first, and the tags that it shows. */
export interface Found {
  readonly instance: string;
  readonly addresses: readonly Address[];
  readonly hints: readonly Uint8Array[];
}

interface Place {
  readonly addresses: readonly RankedAddress[];
  readonly expiresAt: number;
}

interface Seen {
  readonly source: string;
  readonly places: Map<string, Place>;
  told: string;
  toldAt: number;
}

/** Which nodes were seen, by which of this machine's sockets, and until when that holds. */
export class Sightings {
  readonly #seen = new Map<string, Seen>();

  /**
   * Takes in what a socket, named `place`, read from `source`.
   * Gives what is known of the node when that is news.
   */
  heard(sighting: Sighting, place: string, source: string, now: number): Found | undefined {
    const { instance, hints } = sighting;
    let seen = this.#seen.get(instance);
    if (!seen) {
      if (this.#isFull(source)) return undefined;
      seen = { source, places: new Map(), told: "", toldAt: -Infinity };
      this.#seen.set(instance, seen);
    }
    seen.places.set(place, {
      addresses: sighting.addresses,
      expiresAt: now + sighting.ttlMs,
    });
    const addresses = merged(seen);
    const told = JSON.stringify([addresses, hints.map((hint) => hint.toHex())]);
    if (now - seen.toldAt < (told === seen.told ? NEWS_MS : CHANGE_MS)) return undefined;
    seen.told = told;
    seen.toldAt = now;
    return { instance, addresses, hints };
  }

  /** Forgets an instance; whether it was known. */
  remove(instance: string): boolean {
    return this.#seen.delete(instance);
  }

  /** Forgets what a socket heard, since it is closed; gives the instances that nobody else hears. */
  leave(place: string): string[] {
    return this.#drop((_, key) => key === place);
  }

  /** Forgets what was not said again in time; gives the instances that are gone. */
  expire(now: number): string[] {
    return this.#drop(({ expiresAt }) => expiresAt <= now);
  }

  /** The instances that `place` heard and that hold for another `ms`: they need not answer there. */
  fresh(place: string, now: number, ms: number): string[] {
    const fresh: string[] = [];
    for (const [instance, { places }] of this.#seen) {
      if ((places.get(place)?.expiresAt ?? 0) >= now + ms) fresh.push(instance);
    }
    return fresh;
  }

  #isFull(source: string): boolean {
    if (this.#seen.size >= MAX_INSTANCES) return true;
    let ofSource = 0;
    for (const seen of this.#seen.values()) if (seen.source === source) ofSource++;
    return ofSource >= MAX_INSTANCES_PER_SOURCE;
  }

  #drop(gone: (place: Place, key: string) => boolean): string[] {
    const lost: string[] = [];
    for (const [instance, { places }] of this.#seen) {
      for (const [key, place] of places) if (gone(place, key)) places.delete(key);
      if (places.size === 0) lost.push(instance);
    }
    for (const instance of lost) this.#seen.delete(instance);
    return lost;
  }
}

/** The addresses of all places, each once, best first. */
function merged(seen: Seen): Address[] {
  const all = new Map<string, RankedAddress>();
  for (const { addresses } of seen.places.values()) {
    for (const address of addresses) {
      const key = `${address.host} ${address.port}`;
      if ((all.get(key)?.rank ?? Infinity) > address.rank) all.set(key, address);
    }
  }
  return [...all.values()]
    .sort((a, b) => a.rank - b.rank || (a.host < b.host ? -1 : 1))
    .slice(0, MAX_ADDRESSES)
    .map(({ host, port }) => ({ host, port }));
}

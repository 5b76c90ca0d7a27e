import { createHmac } from "node:crypto";
import type { PeerId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Door } from "../trust/door.ts";
import { type Candidate, isAskedFor } from "./candidates.ts";
import { ALL, choose, type Circle, FULL_MESH } from "./choice.ts";
import type { Pairs } from "./pairs.ts";
import { presumedLinked } from "./presumed.ts";

/** A candidate that seems linked is dialled after this time to be sure. */
const VERIFY_MS = 30_000;

/** Nodes of earlier days: some of them may be where discovery does not reach. */
const REMEMBERED: Circle = "remembered";

/** The circles that this node has in common with a peer, once it is known, or with who shows these doors. */
export type Circles = (peer: PeerId | undefined, doors: readonly Door[]) => readonly Circle[];

/** Whether a peer is looked for now; of one not known, whether it may be one that is. */
export type Seeks = (peer: PeerId | undefined) => boolean;

/** What a {@linkcode Chooser} needs. */
export interface ChooserOptions {
  readonly circles: Circles;
  readonly seeks: Seeks;
  readonly pairs: Pick<Pairs, "links" | "isSuspect">;
  readonly random: RandomBytes;
}

/** Chooses among the candidates whom to link with (MESH-13, MESH-14). */
export class Chooser {
  readonly #options: ChooserOptions;
  /** So that nobody can choose a name by which this node would choose it. */
  readonly #secret: Uint8Array;

  constructor(options: ChooserOptions) {
    this.#options = options;
    this.#secret = options.random(16);
  }

  /** Where a node of this name stands in this node's order. */
  rank(name: string): number {
    const hash = createHmac("sha256", this.#secret).update(name).digest();
    return hash.readUIntBE(0, 6);
  }

  circlesOf({ source, peer, doors }: Candidate): readonly Circle[] {
    return [source === "memory" ? REMEMBERED : ALL, ...this.#options.circles(peer, doors)];
  }

  isLinked({ peer }: Candidate): boolean {
    return peer !== undefined && this.#options.pairs.links.has(peer);
  }

  /** Those who are to be linked, linked or not; takes note of those who seem to be linked already. */
  wanted(candidates: readonly Candidate[], now: number): ReadonlySet<Candidate> {
    this.#presume(candidates, now);
    const { pairs, seeks } = this.#options;
    if (this.#crowd(candidates) <= FULL_MESH) return new Set(candidates);
    const known = candidates.filter(({ doors, isSelf, peer }) =>
      !isSelf && (doors.length > 0 || (peer !== undefined && pairs.links.has(peer)))
    );
    const isThere = (one: Candidate) =>
      this.isLinked(one) || one.verifyAt !== undefined || one.dialling !== undefined;
    choose(
      known.filter((one) => !isAskedFor(one)).map((one) => ({
        rank: one.rank,
        circles: this.circlesOf(one),
        isThere: isThere(one),
        isReady: one.failures === 0 || one.dueAt <= now,
        failures: isThere(one) ? 0 : one.failures,
        chosenFor: one.chosenFor,
      })),
    );
    return new Set(
      known.filter((one) =>
        one.chosenFor.size > 0 || isAskedFor(one) || seeks(one.peer) ||
        (one.peer !== undefined && pairs.isSuspect(one.peer))
      ),
    );
  }

  /** Nodes that are here as far as it is known, this one included. */
  #crowd(candidates: readonly Candidate[]): number {
    const others = candidates.filter((one) =>
      one.source === "discovery" && one.doors.length > 0 && !one.gone && !one.isSelf &&
      one.verifyAt === undefined && !this.isLinked(one)
    );
    return 1 + this.#options.pairs.links.size + others.length;
  }

  #presume(candidates: readonly Candidate[], now: number): void {
    const { pairs } = this.#options;
    const alive = [...pairs.links.values()].filter(({ peer }) => !pairs.isSuspect(peer));
    const presumed = presumedLinked(candidates, alive);
    for (const candidate of candidates) {
      if (candidate.dialling) continue;
      if (!presumed.has(candidate)) candidate.verifyAt = undefined;
      else candidate.verifyAt ??= now + VERIFY_MS;
    }
  }
}

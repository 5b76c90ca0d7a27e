/** The rules MEMB-5 to MEMB-10 said once more, as plainly as can be and slowly, to judge the resolver by. */
import type { EntryHash, PeerId } from "../../core/base/ids.ts";
import { rankOf } from "../../core/base/role.ts";
import type { VerifiedEntry } from "../../core/trust/entry.ts";
import type { JoinBody } from "../../core/trust/entry_body.ts";

export class LogOracle {
  readonly #entries = new Map<EntryHash, VerifiedEntry>();
  readonly #ancestors = new Map<EntryHash, ReadonlySet<EntryHash>>();
  readonly #isAlive: (hash: EntryHash) => boolean;

  /** Entries in an order in which each comes after its parents. */
  constructor(entries: readonly VerifiedEntry[], isAlive: (hash: EntryHash) => boolean) {
    this.#isAlive = isAlive;
    for (const verified of entries) {
      const { hash, entry } = verified;
      this.#entries.set(hash, verified);
      const before = entry.parents.flatMap((p) => [p, ...this.#ancestors.get(p)!]);
      this.#ancestors.set(hash, new Set(before));
    }
  }

  isBefore(a: EntryHash, b: EntryHash): boolean {
    return this.#ancestors.get(b)!.has(a);
  }

  areConcurrent(a: EntryHash, b: EntryHash): boolean {
    return a !== b && !this.isBefore(a, b) && !this.isBefore(b, a);
  }

  /** The rank of a peer by what counts before `hash` (`null`: by all), or -1. */
  rank(peer: PeerId, hash: EntryHash | null): number {
    const within = [...this.#entries.values()].filter((e) =>
      this.#isAlive(e.hash) && (hash === null || this.isBefore(e.hash, hash))
    );
    const ends = within.filter(({ entry: { body } }) =>
      body.type === "remove" && body.peer === peer ||
      body.type === "join" && body.replaces === peer
    );
    const joins = within.filter(({ hash, entry: { author, body } }) =>
      (body.type === "create" && author === peer ||
        body.type === "join" && body.identity.peer === peer) &&
      ends.every((end) => this.isBefore(end.hash, hash))
    );
    if (joins.length === 0) return -1;
    const roles = within.filter(({ hash, entry: { body } }) =>
      body.type === "role" && body.peer === peer && joins.some((j) => this.isBefore(j.hash, hash))
    );
    const newest = roles.filter(({ hash }) => !roles.some((r) => this.isBefore(hash, r.hash)));
    const rankIn = ({ entry: { body } }: VerifiedEntry) =>
      rankOf("role" in body ? body.role : "admin");
    return newest.length > 0 ? Math.min(...newest.map(rankIn)) : Math.max(...joins.map(rankIn));
  }

  needed({ entry: { author, body } }: VerifiedEntry): number {
    if (body.type === "create" || body.type === "remove" && body.peer === author) return 0;
    if (body.type === "join" && body.replaces !== null) return rankOf(body.role);
    return body.type === "join" && body.invite ? 1 : 2;
  }

  hasRight(verified: VerifiedEntry): boolean {
    const { hash, entry: { author, body, at } } = verified;
    if (body.type === "create") return true;
    if (this.rank(author, hash) < this.needed(verified)) return false;
    if (body.type !== "join") return true;
    return this.rank(body.identity.peer, hash) < 0 && this.#isInvited(hash, body, at);
  }

  #isInvited(hash: EntryHash, join: JoinBody, at: number): boolean {
    if (!join.invite) return true;
    const key = join.invite.key.toHex();
    return [...this.#entries.values()].some((invite) => {
      const { author, body } = invite.entry;
      return body.type === "invite" && body.key.toHex() === key && body.role === join.role &&
        at <= body.expiresAt && this.#isAlive(invite.hash) && this.isBefore(invite.hash, hash) &&
        this.rank(author, hash) === 2 &&
        [...this.#entries.values()].every((end) =>
          !this.#isAlive(end.hash) || !this.isBefore(end.hash, hash) ||
          !(end.entry.body.type === "remove" && end.entry.body.peer === join.identity.peer ||
            end.entry.body.type === "join" && end.entry.body.replaces === join.identity.peer) ||
          this.isBefore(end.hash, invite.hash)
        );
    });
  }

  /** Whether `threat`, if it counts, is the end of `victim`. `order` puts earlier entries first. */
  threatens(threat: VerifiedEntry, victim: VerifiedEntry, order: readonly EntryHash[]): boolean {
    const { author, body } = victim.entry;
    const by = threat.entry.body;
    const isEarlier = order.indexOf(threat.hash) < order.indexOf(victim.hash);
    if (by.type === "join" && body.type === "join" && isEarlier) {
      if (by.invite && body.invite && by.invite.key.toHex() === body.invite.key.toHex()) {
        return true;
      }
      if (by.replaces !== null && by.replaces === body.replaces) return true;
    }
    if (!this.areConcurrent(threat.hash, victim.hash)) return false;
    if (by.type === "role") return by.peer === author && rankOf(by.role) < this.needed(victim);
    if (by.type !== "remove" || by.peer !== author) return false;
    const bothLeave = body.type === "remove" && body.peer === author &&
      threat.entry.author === author;
    return !bothLeave || isEarlier;
  }
}

import type { Log } from "../base/log.ts";
import type { Membership } from "../trust/membership.ts";
import type { Members } from "./members.ts";
import type { Notices } from "./notices.ts";
import type { Rekeying } from "./rekeying.ts";
import type { Space } from "./space.ts";

/** What {@linkcode MembershipNews} needs. */
export interface MembershipNewsParts {
  readonly notices: Notices;
  readonly rekeying: Rekeying;
  readonly log: Log;
  /** Doors or members changed. */
  readonly onChange: () => void;
  /** Sees to work that nobody waits for. */
  readonly follow: (work: Promise<void>) => void;
}

/** Sees to what follows when the membership of a private space changes. */
export class MembershipNews {
  readonly #parts: MembershipNewsParts;

  constructor(parts: MembershipNewsParts) {
    this.#parts = parts;
  }

  /** Hears of changes in a space from now on. */
  watch(space: Space, members: Members): void {
    let before = members.log.membership;
    members.log.listen((_fresh, after) => {
      const then = before;
      before = after;
      this.#changed(space, members, then, after);
    });
    this.#parts.rekeying.check(members);
  }

  #changed(space: Space, members: Members, before: Membership, after: Membership): void {
    const { rekeying, onChange, follow } = this.#parts;
    const { self } = space.replica;
    for (const peer of members.everyone()) {
      if (before.members.get(peer)?.role !== after.members.get(peer)?.role) space.people.tell(peer);
    }
    follow(space.replica.rightsChanged());
    this.#ownRole(space, before, after);
    space.tellView();
    onChange();
    rekeying.check(members);
    const mayWrite = after.may(self, "write");
    if (mayWrite && !before.may(self, "write")) follow(space.people.introduce());
  }

  #ownRole(space: Space, before: Membership, after: Membership): void {
    const { self } = space.replica;
    if (!before.members.has(self) || after.members.has(self)) return;
    const by = after.formers.get(self)?.by ?? null;
    const replaced = after.entries.some(({ hash, entry: { body } }) =>
      body.type === "join" && body.replaces === self && after.isAlive(hash)
    );
    if (replaced) {
      return this.#parts.notices.add({
        kind: "removed",
        space: space.space,
        text:
          `Another copy of this device took its place in “${after.name}”. What came until then can ` +
          "still be read here; to come in again, ask for an invitation",
      });
    }
    if (by === self) return;
    const who = by === null ? "Somebody" : space.people.view(by).name;
    this.#parts.notices.add({
      kind: "removed",
      space: space.space,
      peer: by,
      text: `${who} removed you from “${after.name}”. What came until then can still be read here`,
    });
  }
}

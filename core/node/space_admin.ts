import type { PeerId } from "../base/ids.ts";
import type { Role } from "../base/role.ts";
import type { Cut } from "../trust/entry_body.ts";
import { RefusedError } from "../view/api.ts";
import type { Handlers } from "./handlers.ts";
import type { Members } from "./members.ts";
import type { Once } from "./once.ts";
import type { Space } from "./space.ts";
import type { Spaces } from "./spaces.ts";

type AdminCommand =
  | "space.create"
  | "space.leave"
  | "space.forget"
  | "member.remove"
  | "member.role";

/** Makes and leaves spaces, and decides who belongs to them. */
export function spaceAdmin(spaces: Spaces, once: Once): Handlers<AdminCommand> {
  return {
    "space.create": ({ name }, id) =>
      once.keep(id, () => Promise.resolve(spaces.create(name).space.view())),
    "space.leave": ({ space }) => {
      const { members } = spaces.private(space);
      if (members.own) members.leave();
      return {};
    },
    "space.forget": async ({ space }) => {
      if (spaces.find(space)) await spaces.forget(space);
      return {};
    },
    "member.remove": ({ space, peer }) => {
      const found = spaces.private(space);
      if (peer === found.space.replica.self) {
        throw new RefusedError("To go yourself, leave the space");
      }
      if (found.members.isDirect) {
        throw new RefusedError("In a private space of two nobody removes the other: leave it");
      }
      if (found.members.role(peer)) found.members.remove(peer, cutOf(found.space, peer));
      return {};
    },
    "member.role": (command) => {
      setRole(spaces.private(command.space), command.peer, command.role);
      return {};
    },
  };
}

function setRole(
  { space, members }: { space: Space; members: Members },
  peer: PeerId,
  role: Role,
): void {
  const before = members.role(peer);
  if (before === role) return;
  if (before === null) throw new RefusedError("They are not in this space (any more)");
  if (members.isDirect) throw new RefusedError("In a private space of two both may do the same");
  members.setRole(peer, role, role === "reader" ? cutOf(space, peer) : null);
}

/** What is here of a peer's changes counts, and no more. */
function cutOf({ replica }: Space, peer: PeerId): Cut {
  return { docs: replica.logsOf(peer), rest: false };
}

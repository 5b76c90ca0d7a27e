import type { PeerId, SpaceId } from "../base/ids.ts";
import { safetyWords } from "../trust/safety_words.ts";
import { RefusedError } from "../view/api.ts";
import type { SpaceView } from "../view/view.ts";
import type { Asks } from "./asks.ts";
import type { CodeGuest } from "./code_guest.ts";
import type { CodeHost } from "./code_host.ts";
import type { Handlers } from "./handlers.ts";
import type { Invites } from "./invites.ts";
import type { Judgements } from "./judgements.ts";
import type { LinkJoins } from "./link_joins.ts";
import type { Spaces } from "./spaces.ts";

type TrustCommand =
  | "invite.link"
  | "invite.code"
  | "invite.hide"
  | "join.link"
  | "join.code"
  | "direct.ask"
  | "direct.answer"
  | "person.words"
  | "person.verify"
  | "person.mute";

/** What {@linkcode trustCommands} uses. */
export interface TrustParts {
  readonly self: PeerId;
  readonly spaces: Spaces;
  readonly invites: Invites;
  readonly linkJoins: LinkJoins;
  readonly codeHost: CodeHost;
  readonly codeGuest: CodeGuest;
  readonly asks: Asks;
  readonly judgements: Judgements;
  /** Sees to a link with a person who is here. */
  readonly reach: (peer: PeerId) => Promise<void>;
}

/** Lets people in, comes in to others, and says what this person thinks of people. */
export function trustCommands(parts: TrustParts): Handlers<TrustCommand> {
  const { self, spaces, invites, linkJoins, codeHost, codeGuest, asks, judgements, reach } = parts;
  const view = (space: SpaceId | null): SpaceView | null => space && spaces.get(space).view();
  return {
    "invite.link": (command) => invites.make(spaces.private(command.space).members, command),
    "invite.code": (command) => codeHost.show(spaces.private(command.space).members, command),
    "invite.hide": () => {
      codeHost.hide();
      return {};
    },
    "join.link": async ({ link }) => ({ space: view(await linkJoins.follow(link)) }),
    "join.code": async ({ code }) => ({ space: spaces.get(await codeGuest.join(code)).view() }),
    "direct.ask": async ({ peer }) => {
      mustBeAnother(peer, self);
      await reach(peer);
      return asks.ask(peer);
    },
    "direct.answer": async ({ peer, accept }) => ({
      space: view(await asks.answer(peer, accept)),
    }),
    "person.words": ({ peer }) => {
      mustBeAnother(peer, self);
      return { words: safetyWords(self, peer) };
    },
    "person.verify": ({ peer, verified }) => {
      mustBeAnother(peer, self);
      judgements.verify(peer, verified);
      return {};
    },
    "person.mute": ({ peer, muted }) => {
      mustBeAnother(peer, self);
      judgements.mute(peer, muted);
      return {};
    },
  };
}

function mustBeAnother(peer: PeerId, self: PeerId): void {
  if (peer === self) throw new RefusedError("This is yourself: choose another person");
}

import type { Clock } from "../base/clock.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import { docKey } from "../doc/doc_key.ts";
import type { MeshStatus } from "../net/mesh_status.ts";
import type { Store } from "../store/store.ts";
import type { Snapshot } from "../view/view.ts";
import type { Faults } from "./faults.ts";
import type { Handlers } from "./handlers.ts";
import type { Judgements } from "./judgements.ts";
import type { Likenesses } from "./likenesses.ts";
import type { Notices } from "./notices.ts";
import { Once } from "./once.ts";
import { peerViews } from "./peer_views.ts";
import type { Profile } from "./profile.ts";
import { spaceAdmin } from "./space_admin.ts";
import { spaceCommands } from "./space_commands.ts";
import type { Spaces } from "./spaces.ts";
import { trustCommands } from "./trust_commands.ts";
import type { WaysIn } from "./ways_in.ts";

/** What the commands of a node are done with. */
export interface CommandParts {
  readonly version: string;
  readonly self: PeerId;
  readonly store: Store;
  readonly clock: Clock;
  readonly profile: Profile;
  readonly likenesses: Likenesses;
  readonly notices: Notices;
  readonly judgements: Judgements;
  readonly faults: Faults;
  readonly spaces: Spaces;
  readonly ways: WaysIn;
  readonly status: () => readonly MeshStatus[];
}

/** Every command, and what does it. */
export function commands(parts: CommandParts): Handlers {
  const { store, clock, spaces, profile, notices, likenesses, status } = parts;
  const once = new Once(store.receipts, clock);
  return {
    ...spaceCommands(spaces, once),
    ...spaceAdmin(spaces, once),
    ...trustCommands({ ...parts, ...parts.ways, reach: (peer) => parts.ways.reach(peer) }),
    "snapshot": ({ space }) => snapshot(parts, space),
    "peers": () => peerViews(status(), (peer) => likenesses.name(peer) ?? null),
    "profile.set": async (ask) => {
      if (profile.set(ask)) likenesses.changed();
      for (const space of spaces.all()) {
        space.present();
        await space.people.introduce();
      }
      return profile.view();
    },
    "notice.dismiss": ({ notice }) => {
      notices.dismiss(notice);
      return {};
    },
    "rebuild": () => rebuild(parts),
  };
}

function snapshot(
  { version, profile, spaces, ways, notices, faults }: CommandParts,
  wanted: SpaceId | undefined,
): Snapshot {
  const all = spaces.all();
  const shown = all.find(({ space }) => space === wanted) ?? all[0];
  return {
    version,
    self: profile.view(),
    spaces: all.map((space) => space.view()),
    space: shown?.view() ?? null,
    channels: shown?.chat.channels() ?? [],
    notes: shown?.notebook.notes() ?? [],
    people: shown?.people.others() ?? [],
    code: ways.code,
    asks: ways.waiting,
    notices: notices.all(),
    fault: faults.current,
  };
}

async function rebuild({ spaces, store, notices }: CommandParts) {
  let [documents, changes, failed] = [0, 0, 0];
  for (const { space, replica } of spaces.all()) {
    const failing = new Set<string>((await replica.rebuild()).map(({ key }) => key));
    failed += failing.size;
    for (const [doc, logs] of store.envelopes.tops(space)) {
      if (failing.has(docKey(space, doc))) continue;
      documents++;
      for (const { seq } of logs.values()) changes += seq;
    }
  }
  notices.add({
    kind: "rebuilt",
    text: `Made anew from ${changes} signed changes of ${documents} documents` +
      (failed > 0 ? `; ${failed} could not be made anew and are as they were` : ""),
  });
  return { documents, changes, failed };
}

import { RefusedError } from "../view/api.ts";
import type { Command } from "../view/command.ts";
import type { CursorView, Heads } from "../view/view.ts";
import type { Handlers } from "./handlers.ts";
import type { Once } from "./once.ts";
import type { NoteCursors } from "./places.ts";
import type { Space } from "./space.ts";
import type { Spaces } from "./spaces.ts";

type SpaceCommand =
  | "channel.create"
  | "message.list"
  | "message.send"
  | "message.search"
  | "message.holders"
  | "person.waiting"
  | "read.mark"
  | "note.create"
  | "note.rename"
  | "note.open"
  | "note.edit"
  | "note.merge"
  | "place.set";

/** Does what is asked of chat, notes and places; what writes is done once, however often it is asked. */
export function spaceCommands(spaces: Spaces, once: Once): Handlers<SpaceCommand> {
  // The answer of an earlier time counts also for who may write no more.
  const write = <T>(command: Command & { space: Space["space"] }, id: string, act: Write<T>) => {
    const space = spaces.get(command.space);
    return once.do(id, async () => {
      mustWrite(space);
      return await act(space);
    });
  };
  return {
    "channel.create": (command, id) => write(command, id, ({ chat }) => chat.create(command, id)),
    "message.list": (command) => spaces.get(command.space).chat.list(command),
    "message.send": (command, id) => write(command, id, ({ chat }) => chat.send(command, id)),
    "message.search": (command) => spaces.get(command.space).chat.search(command),
    "message.holders": (command) => spaces.get(command.space).chat.holders(command),
    "person.waiting": ({ space, peer }) => spaces.get(space).people.waiting(peer),
    "read.mark": (command) => {
      const space = spaces.get(command.space);
      const view = space.chat.markRead(command);
      space.tellView();
      return view;
    },
    "note.create": (command, id) =>
      write(command, id, ({ notebook }) => notebook.create(command, id)),
    "note.rename": (command, id) =>
      write(command, id, ({ notebook }) => notebook.rename(command, id)),
    "note.edit": (command, id) => write(command, id, ({ notebook }) => notebook.edit(command, id)),
    // Text and cursors are asked for in one go: documents answer in order, so both are of the same heads.
    "note.open": async (command) => {
      const { notebook, places } = spaces.get(command.space);
      const open = await notebook.text(command.note);
      // Where nobody is the document need not have been loaded.
      if (!places.isSomeoneIn(command.note)) return { ...open, cursors: [] };
      return { ...open, cursors: cursorsAt(open.heads, await places.cursors(command.note)) };
    },
    "note.merge": async (command) => {
      const { notebook, places } = spaces.get(command.space);
      const [merged, there] = await Promise.all([
        notebook.merge(command),
        places.cursors(command.note),
      ]);
      return { merged, cursors: cursorsAt(merged.heads, there) };
    },
    "place.set": async ({ space, place }) => {
      // A tab that goes says so also of a space that went before.
      if (place !== null || spaces.find(space)) await spaces.place(spaces.get(space), place);
      return {};
    },
  };
}

type Write<T> = (space: Space) => Promise<T>;

function mustWrite({ people, members }: Space): void {
  if (people.mayWrite) return;
  throw new RefusedError(
    members?.own
      ? "You can only read in this space: ask an admin to let you write"
      : "You are not in this space any more: what is here can only be read",
  );
}

/** Cursors in the text at `heads`; none if a document was opened anew between, the next event has them. */
function cursorsAt(heads: Heads, there: NoteCursors): readonly CursorView[] {
  return there.heads.join() === heads.join() ? there.cursors : [];
}

import type { Command } from "../view/command.ts";
import type { CursorView, Heads } from "../view/view.ts";
import type { Once } from "./once.ts";
import type { NoteCursors } from "./places.ts";
import type { Space } from "./space.ts";

/** A command about one space. */
export type SpaceCommand = Exclude<Command, { type: "snapshot" | "peers" }>;

/** Does a command in a space; one that writes is done once, however often its request `id` comes. */
export async function doIn(
  space: Space,
  command: SpaceCommand,
  id: string,
  once: Once,
): Promise<unknown> {
  switch (command.type) {
    case "message.list":
      return space.chat.list(command);
    case "read.mark":
      return space.chat.markRead(command);
    // Text and cursors are asked for in one go: documents answer in order, so both are of the same heads.
    case "note.open": {
      const [open, there] = await Promise.all([
        space.notebook.text(command.note),
        space.places.cursors(command.note),
      ]);
      return { ...open, cursors: cursorsAt(open.heads, there) };
    }
    case "note.merge": {
      const [merged, there] = await Promise.all([
        space.notebook.merge(command),
        space.places.cursors(command.note),
      ]);
      return { merged, cursors: cursorsAt(merged.heads, there) };
    }
    case "place.set":
      await space.places.set(command.place);
      return {};
    default:
      return await once.do(id, () => write(space, command, id));
  }
}

/** Cursors in the text at `heads`; none if a document was opened anew between, the next event has them. */
function cursorsAt(heads: Heads, there: NoteCursors): readonly CursorView[] {
  return there.heads.join() === heads.join() ? there.cursors : [];
}

/** The commands that write, and leave a receipt. */
type WritingCommand = Extract<SpaceCommand, {
  type:
    | "profile.set"
    | "channel.create"
    | "message.send"
    | "note.create"
    | "note.rename"
    | "note.edit";
}>;

function write(space: Space, command: WritingCommand, id: string): Promise<unknown> {
  switch (command.type) {
    case "profile.set":
      return space.people.setProfile(command, id);
    case "channel.create":
      return space.chat.create(command, id);
    case "message.send":
      return space.chat.send(command, id);
    case "note.create":
      return space.notebook.create(command, id);
    case "note.rename":
      return space.notebook.rename(command, id);
    case "note.edit":
      return space.notebook.edit(command, id);
  }
}

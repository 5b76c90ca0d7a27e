import type { Command } from "../view/command.ts";
import type { Once } from "./once.ts";
import type { Space } from "./space.ts";

/** A command about one space. */
export type SpaceCommand = Exclude<Command, { type: "snapshot" | "peers" }>;

/**
 * Does a command in a space; one that writes is done once, however often its request `id` comes. `written`
 * is called after each that did.
 */
export async function doIn(
  space: Space,
  command: SpaceCommand,
  { id, once, written }: { id: string; once: Once; written: () => void },
): Promise<unknown> {
  switch (command.type) {
    case "message.list":
      return space.chat.list(command);
    case "read.mark":
      return space.chat.markRead(command);
    case "note.open": {
      const { text, heads } = await space.notebook.text(command.note);
      return { text, heads, cursors: await space.places.cursorsAt(command.note, heads) };
    }
    case "note.merge": {
      const merged = await space.notebook.merge(command);
      return { merged, cursors: await space.places.cursorsAt(command.note, merged.heads) };
    }
    case "place.set":
      await space.places.set(command.place);
      return {};
    default: {
      const answer = await once.do(id, () => write(space, command, id));
      written();
      return answer;
    }
  }
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

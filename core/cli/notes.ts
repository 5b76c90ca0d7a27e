import { plainSplices } from "../doc/note_splices.ts";
import type { NoteView, Snapshot, Splice } from "../view/view.ts";
import { cleanName } from "../view/words.ts";
import { type Client, ClientError } from "./client.ts";
import type { Output } from "./output.ts";
import { spaceNamed } from "./space_named.ts";

/** Lists the notes, the last changed first. */
export async function listNotes(
  client: Client,
  output: Output,
  space: string | null,
): Promise<void> {
  const { notes } = await spaceNamed(client, space);
  if (notes.length === 0) output.note("No notes yet: `notes write TITLE` makes one from stdin");
  for (const note of [...notes].sort((a, b) => b.changedAt - a.changedAt)) {
    output.result(note.title, note);
  }
}

/** Prints the text of a note. */
export async function showNote(
  client: Client,
  output: Output,
  { space: wanted, title }: { space: string | null; title: string },
): Promise<void> {
  const snapshot = await spaceNamed(client, wanted);
  const note = noteTitled(snapshot, title);
  if (!note) throw new ClientError(`There is no note "${title}": \`notes\` lists them`);
  const space = snapshot.space.id;
  const { text } = await client.ask({ type: "note.open", space, note: note.id });
  output.result(text, { ...note, text });
}

/** Makes `text` the text of a note, or adds it at the end; the note is made when it is not there. */
export async function writeNote(
  client: Client,
  output: Output,
  { space: wanted, title, text, append }: {
    space: string | null;
    title: string;
    text: string;
    append: boolean;
  },
): Promise<void> {
  const snapshot = await spaceNamed(client, wanted);
  const space = snapshot.space.id;
  const found = noteTitled(snapshot, title);
  const note = found ?? await client.ask({ type: "note.create", space, title });
  const open = await client.ask({ type: "note.open", space, note: note.id });
  // What others write meanwhile in what stays the same is not lost.
  const splices = append ? appended(open.text, text) : plainSplices(open.text, text);
  if (splices.length > 0) {
    await client.ask({ type: "note.edit", space, note: note.id, heads: open.heads, splices });
  }
  output.result(`${found ? "Changed" : "Made"} "${note.title}"`, note);
}

function noteTitled(snapshot: Snapshot, title: string): NoteView | undefined {
  const wanted = cleanTitle(title);
  const notes = snapshot.notes.filter((note) => note.title === wanted || note.id === title);
  if (notes.length > 1) {
    const ids = notes.map(({ id }) => id).join(", ");
    throw new ClientError(`${notes.length} notes are called "${wanted}": use an id (${ids})`);
  }
  return notes[0];
}

function cleanTitle(title: string): string {
  try {
    return cleanName(title);
  } catch (error) {
    throw new ClientError(`Bad title: ${error instanceof Error ? error.message : error}`);
  }
}

function appended(text: string, more: string): Splice[] {
  if (more === "") return [];
  const insert = text === "" || text.endsWith("\n") ? more : `\n${more}`;
  return [{ at: text.length, remove: 0, insert }];
}

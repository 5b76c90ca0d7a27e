import { plainSplices } from "../doc/note_splices.ts";
import type { NoteView, Snapshot, Splice } from "../view/view.ts";
import { cleanName } from "../view/words.ts";
import { type Client, ClientError } from "./client.ts";
import type { Output } from "./output.ts";

/** Lists the notes, the last changed first. */
export async function listNotes(client: Client, output: Output): Promise<void> {
  const { notes } = await client.ask({ type: "snapshot" });
  if (notes.length === 0) output.note("No notes yet: `notes write TITLE` makes one from stdin");
  for (const note of [...notes].sort((a, b) => b.changedAt - a.changedAt)) {
    output.result(note.title, note);
  }
}

/** Prints the text of a note. */
export async function showNote(client: Client, output: Output, title: string): Promise<void> {
  const note = noteTitled(await client.ask({ type: "snapshot" }), title);
  if (!note) throw new ClientError(`There is no note "${title}": \`notes\` lists them`);
  const { text } = await client.ask({ type: "note.open", note: note.id });
  output.result(text, { ...note, text });
}

/** Makes `text` the text of a note, or adds it at the end; the note is made when it is not there. */
export async function writeNote(
  client: Client,
  output: Output,
  { title, text, append }: { title: string; text: string; append: boolean },
): Promise<void> {
  const found = noteTitled(await client.ask({ type: "snapshot" }), title);
  const note = found ?? await client.ask({ type: "note.create", title });
  const open = await client.ask({ type: "note.open", note: note.id });
  // What others write meanwhile in what stays the same is not lost.
  const splices = append ? appended(open.text, text) : plainSplices(open.text, text);
  if (splices.length > 0) {
    await client.ask({ type: "note.edit", note: note.id, heads: open.heads, splices });
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

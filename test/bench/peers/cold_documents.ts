import { fillStore, savedBytes } from "../fill_store.ts";
import { historyChannels, type HistoryShape, type MadeDocument } from "../history.ts";
import { Store } from "../../../core/store/store.ts";
import { LOBBY } from "../../../core/trust/lobby.ts";
import type { ChannelId, MessageId } from "../../../core/base/ids.ts";
import { docKind } from "../../../core/doc/doc_id.ts";

/** What all fetch: ten channels of ten documents of 1,000 messages each. */
export const SHAPE: HistoryShape = {
  seed: 1,
  space: LOBBY,
  channels: 10,
  messages: 100_000,
  authors: 20,
  from: Date.UTC(2025, 0),
  until: Date.UTC(2026, 0),
};

/** In which order documents are to be had: the newest of each channel are the first `newest`. */
export interface DocumentOrder {
  readonly files: readonly string[];
  readonly newest: number;
}

/** What who fetched tells. Times in milliseconds since it was linked. */
export interface Fetched {
  /** All are there and written. */
  readonly allMs: number;
  /** The newest document of each channel can be read. */
  readonly newestMs: number;
  /** How many there are. */
  readonly messages: number;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
}

/** The messages of each channel's documents, the newest document last. */
export type Expected = ReadonlyMap<ChannelId, readonly (readonly MessageId[])[]>;

/** Makes the same documents for all: in a store, and as files with their order. */
export async function makeDocuments(
  data: string,
  folder: string,
): Promise<{ readonly expected: Expected; readonly compactBytes: number }> {
  const expected = new Map(historyChannels(SHAPE).map(({ id }) => [id, [] as MessageId[][]]));
  const files: { name: string; until: number; isOpen: boolean }[] = [];
  let compactBytes = 0;
  const keep = (made: MadeDocument) => {
    const kind = docKind(made.doc);
    if (kind.type !== "segment") return;
    const { isOpen, until } = made;
    const name = `${kind.channel}-${kind.segment}`;
    const bytes = savedBytes(made);
    Deno.writeFileSync(`${folder}/${name}`, bytes);
    compactBytes += bytes.length;
    files.push({ name, until, isOpen });
    expected.get(kind.channel)!.push([...made.messages]);
  };
  using store = Store.open(data);
  await fillStore(store, SHAPE, keep);
  files.sort((a, b) => Number(b.isOpen) - Number(a.isOpen) || b.until - a.until);
  const order: DocumentOrder = {
    files: files.map(({ name }) => name),
    newest: files.filter(({ isOpen }) => isOpen).length,
  };
  await Deno.writeTextFile(`${folder}/order.json`, JSON.stringify(order));
  return { expected, compactBytes };
}

import type { ChangeHash } from "../base/ids.ts";
import { readChangeHeader } from "../trust/change_header.ts";
import { orderChanges } from "./change_order.ts";
import type { DocKey } from "./doc_key.ts";
import {
  ALL_CHANGES,
  ANY_CHANGES,
  type Applied,
  DocumentFault,
  type Documents,
  type Loaded,
  type Refused,
  type SetAside,
} from "./documents.ts";
import { GENESIS } from "./genesis.ts";

const GENESIS_HASH = readChangeHeader(GENESIS).hash;

/** Finds what the engine dies of, as {@linkcode findAtFault} does, in all that a document is opened from. */
export async function searchDocument(
  documents: Pick<Documents, "read" | "entries">,
  key: DocKey,
  { base, changes }: Omit<Loaded, "actor">,
  isClosed: () => boolean,
): Promise<SetAside[]> {
  const options = { maxChanges: ANY_CHANGES, wanted: ALL_CHANGES };
  const saved = base ? await documents.read(key, base, options) : null;
  const stored = [...(saved?.changes ?? []).map(({ change }) => change), ...changes];
  const isKnown = (hash: ChangeHash) => hash === GENESIS_HASH;
  return await findAtFault(stored, isKnown, async (changes) => {
    try {
      return await documents.entries(key, changes);
    } catch (error) {
      if (error instanceof DocumentFault && !isClosed()) return null;
      throw error;
    }
  });
}

/** Applies changes in a document of their own; `null` when the engine dies of them. */
export type Trial = (
  changes: readonly Uint8Array[],
) => Promise<readonly (Applied | Refused)[] | null>;

interface Stored {
  readonly hash: ChangeHash;
  readonly deps: readonly ChangeHash[];
  readonly change: Uint8Array;
}

/**
 * Finds the changes of which the engine dies when a document is opened, each by halves, and those that are
 * refused; all others make a document together.
 */
export async function findAtFault(
  changes: readonly Uint8Array[],
  isKnown: (hash: ChangeHash) => boolean,
  trial: Trial,
): Promise<SetAside[]> {
  const found: SetAside[] = [];
  let rest = inOrder(changes, isKnown, found);
  for (;;) {
    const results = await trial(bytes(rest));
    if (results) {
      for (const [i, result] of results.entries()) {
        if (result.type === "refused") found.push({ ...result, hash: rest[i]?.hash ?? null });
      }
      return found;
    }
    const deadly = rest[await lengthBeforeDeath(rest, trial)];
    if (!deadly) return found;
    found.push({ hash: deadly.hash, reason: "deadly", text: "the engine dies of it" });
    rest = inOrder(bytes(rest.filter((one) => one !== deadly)), isKnown, found);
  }
}

/** How many changes at the start do no harm, of some that do. */
async function lengthBeforeDeath(changes: readonly Stored[], trial: Trial): Promise<number> {
  let [sound, deadly] = [0, changes.length];
  while (deadly - sound > 1) {
    const middle = (sound + deadly) >> 1;
    if (await trial(bytes(changes.slice(0, middle)))) sound = middle;
    else deadly = middle;
  }
  return sound;
}

/** Those that can be read and rest on nothing that is not there, in order; the others are found at fault. */
function inOrder(
  changes: readonly Uint8Array[],
  isKnown: (hash: ChangeHash) => boolean,
  found: SetAside[],
): Stored[] {
  const read: Stored[] = [];
  for (const change of changes) {
    try {
      const { hash, deps } = readChangeHeader(change);
      read.push({ hash, deps, change });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      found.push({ hash: null, reason: "malformed", text: error.message });
    }
  }
  const { ready, missing } = orderChanges(read, isKnown);
  for (const { hash } of missing) {
    found.push({ hash, reason: "missing", text: "it rests on changes that are not here" });
  }
  return ready;
}

function bytes(changes: readonly Stored[]): Uint8Array[] {
  return changes.map(({ change }) => change);
}

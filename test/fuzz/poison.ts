import assert from "node:assert/strict";
import type { ActorId, DocId, PeerId } from "../../core/base/ids.ts";
import { type Handle, isDeath, isPanic, newHandle } from "../../core/doc/automerge.ts";
import { docKind } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { GENESIS, TEXT_OBJECT } from "../../core/doc/genesis.ts";
import { reload } from "../../core/doc/reload.ts";
import { LOBBY } from "../../core/trust/lobby.ts";

/** A change that harms Automerge, and the document in which it does. */
export interface Poison {
  /** What happens without the gate. */
  readonly harm: string;
  /** What the gate says. */
  readonly refusal: string;
  readonly doc: DocId;
  /** Whose log it is in. */
  readonly author: PeerId;
  /** Changes that the document has, in hex. */
  readonly base: readonly string[];
  readonly change: string;
}

const WRITER = "ff".repeat(16) as ActorId;

/** A document of Automerge's with no gate before it. */
export function openRaw(doc: DocId): Handle {
  const handle = newHandle(WRITER);
  if (isNote(doc)) handle.applyChanges([GENESIS]);
  return handle;
}

/** Why the gate refuses a poison. @throws {AssertionError} if it does not, or not even what it rests on passes. */
export function refusalOf({ doc, base, change }: Omit<Poison, "refusal">): string {
  const engine = new DocumentEngine();
  const key = docKey(LOBBY, doc);
  engine.open(key, WRITER, []);
  const before = engine.apply(key, base.map((hex) => Uint8Array.fromHex(hex)));
  assert.ok(before.results.every(({ type }) => type === "applied"));
  const { results: [result], heads } = engine.apply(key, [Uint8Array.fromHex(change)]);
  assert.deepEqual(heads, before.heads);
  engine.drop(key);
  assert.ok(result?.type === "refused");
  return `${result.reason}: ${result.text}`;
}

/** What a change does to a document, in a few words that tell its kind; `undefined` if nothing bad. */
export function harmOf(document: Handle, doc: DocId, change: Uint8Array): string | undefined {
  const copy = document.clone(WRITER);
  try {
    copy.applyChanges([change]);
  } catch (error) {
    return isPanic(error) ? `panic: ${kind(error)}` : undefined;
  }
  const steps: [string, () => void][] = [
    ["does not load", () => reload(copy, isNote(doc))],
    ["cannot be read back", () => copy.getChanges([])],
    ["nobody can write any more", () => {
      if (isNote(doc)) copy.splice(TEXT_OBJECT, 0, 0, "x");
      else copy.put("_root", "k", "v", "str");
      copy.commit(null, 0);
    }],
    ["does not load after the next write", () => reload(copy, isNote(doc))],
  ];
  for (const [what, step] of steps) {
    try {
      step();
    } catch (error) {
      if (isDeath(error)) throw error;
      return `${what}: ${kind(error)}`;
    }
  }
  return undefined;
}

function kind(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]?.replace(/[0-9a-f]{16,}/g, "…").replace(/\d+/g, "N").slice(0, 80) ??
    "";
}

function isNote(doc: DocId): boolean {
  return docKind(doc).type === "note";
}

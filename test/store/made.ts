/** Envelopes and rows for tests of the store, which takes what was verified and never looks inside. */
import { createHash } from "node:crypto";
import type {
  ActorId,
  ChangeHash,
  ChannelId,
  DocId,
  MessageId,
  NoteId,
  PeerId,
  SpaceId,
} from "../../core/base/ids.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import type { Row } from "../../core/doc/projection.ts";
import { Store } from "../../core/store/store.ts";
import { openVault, type Vault } from "../../core/store/vault.ts";
import { actorOf } from "../../core/trust/actor.ts";
import type { VerifiedEnvelope } from "../../core/trust/envelope.ts";

export const SPACE = "5".repeat(32) as SpaceId;
export const OTHER_SPACE = "6".repeat(32) as SpaceId;
export const GENERAL = "c".repeat(16) as ChannelId;
export const RANDOM = "d".repeat(16) as ChannelId;
export const NOTE = "e".repeat(32) as NoteId;
/** A time of the wall clock, in milliseconds since 1970. */
export const NOW = 1_700_000_000_000;

/** A peer with a number. */
export function peer(number: number): PeerId {
  return number.toString(16).padStart(16, "0").padEnd(64, "a") as PeerId;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest();

/** The `seq`-th envelope of an author in a document, with three operations to each change. */
export function envelope(
  author: PeerId,
  doc: DocId,
  seq: number,
  options: { space?: SpaceId; time?: number; bytes?: number; branch?: boolean } = {},
): VerifiedEnvelope {
  const { space = SPACE, time = NOW, bytes = 120, branch = false } = options;
  const base = actorOf(author, space, doc);
  const actor = (branch ? `13b2230901${base}` : base) as ActorId;
  const seed = sha256(`${actor} ${seq}`);
  const change = new Uint8Array(bytes).map((_, i) => seed[i % seed.length] ?? 0);
  const signature = new Uint8Array([...seed, ...sha256(`signature ${actor} ${seq}`)]);
  const hash = sha256(`hash ${actor} ${seq}`).toString("hex") as ChangeHash;
  const header = { hash, deps: [], actor, seq, startOp: seq * 3, time, messageText: null };
  return {
    envelope: { space, doc, author, signature, change },
    header,
  } as unknown as VerifiedEnvelope;
}

/** An id of a message written at a time, by an author. */
export function messageId(author: PeerId, at: number, counter = 0): MessageId {
  const time = at.toString(16).padStart(12, "0") + counter.toString(16).padStart(4, "0");
  return `${time}${author.slice(0, 16)}` as MessageId;
}

/** A message with the envelope that brings it. */
export function post(
  author: PeerId,
  seq: number,
  at: number,
  options: { channel?: ChannelId; segment?: number; text?: string; id?: MessageId } = {},
): { verified: VerifiedEnvelope; row: Extract<Row, { type: "message" }> } {
  const { channel = GENERAL, segment = 0, text = `text ${seq}` } = options;
  const verified = envelope(author, segmentDoc(channel, segment), seq, { time: at });
  const { actor, startOp } = verified.header;
  const id = options.id ?? messageId(author, at);
  return {
    verified,
    row: { type: "message", channel, id, text, op: { counter: startOp, actor } },
  };
}

/** All that is held of a document, as the first place of each of its logs. */
export function allOf(store: Store, doc: DocId): Map<ActorId, number> {
  return new Map([...store.envelopes.logs(SPACE, doc).keys()].map((actor) => [actor, 1]));
}

/** Makes a directory, gives it to `act`, and removes it. */
export async function withDirectory(act: (path: string) => void | Promise<void>): Promise<void> {
  const path = Deno.makeTempDirSync({ prefix: "earshot-test-" });
  try {
    await act(path);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
}

/** Opens a vault on which no passphrase is set. */
export function openUnsealed(directory: string, isFirstStart = true): Promise<Vault> {
  return openVault(directory, isFirstStart, () => Promise.reject(new Error("A passphrase is set")));
}

/** Opens a store in a directory of its own, gives it to `act`, and closes it. */
export function withStore(act: (store: Store) => void | Promise<void>): Promise<void> {
  return withDirectory(async (directory) => {
    const store = Store.open(directory);
    try {
      await act(store);
    } finally {
      store.close();
    }
  });
}

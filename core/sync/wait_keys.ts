import type { ActorId, ChangeHash, DocId } from "../base/ids.ts";

/**
 * What waits for a change of its document waits under this key. The document is a part of it, as anyone can
 * make a change that names one of another document.
 */
export const changeKey = (doc: DocId, hash: ChangeHash): string => `${doc} ${hash}`;

/** What waits for the change before it in its log waits under this key. */
export const logKey = (doc: DocId, actor: ActorId, seq: number): string => `${doc} ${actor} ${seq}`;

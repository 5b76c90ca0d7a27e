import type { PeerId } from "../base/ids.ts";
import type { Door } from "../trust/door.ts";
import type { Address } from "./transport.ts";

/** `live` messages (chat, presence) go ahead of `bulk` (history, files). */
export type Lane = "live" | "bulk";

/**
 * Takes all messages that one read brought, in order. The link reads on when it is done. It must not wait
 * for the link's `closed`, which waits for it.
 */
export type MessageHandler = (messages: Uint8Array[]) => void | Promise<void>;

/** One authenticated, encrypted connection to one peer. It carries whole messages, in order per lane. */
export interface Link {
  readonly peer: PeerId;
  readonly remote: Address;
  /** Whether this node dialled. */
  readonly initiator: boolean;
  /** The name of this very link, 32 bytes: the same at both ends, another for each link. */
  readonly binding: Uint8Array;
  /** The peer's Noise static key, 32 bytes, and its certificate for that, 96 bytes. */
  readonly noiseKey: Uint8Array;
  readonly certificate: Uint8Array;
  /** The door through which it was opened. */
  readonly door: Door;
  /** Resolves once, with the reason, when the link is closed by either side. */
  readonly closed: Promise<string>;
  /** Bytes queued and not yet written, with what each message costs as a frame. */
  readonly queuedBytes: number;
  /** Starts delivery; called once. What arrived before waits. A handler that throws closes the link. */
  start(handler: MessageHandler): void;
  /**
   * Queues one message, which must not be changed afterwards. On a closed link it does nothing. More
   * than 8 MiB waiting in one lane closes the link: bulk waits for {@linkcode drained} in between.
   * @throws {RangeError} if it is longer than {@linkcode MAX_MESSAGE_BYTES}.
   */
  send(message: Uint8Array, lane?: Lane): void;
  /** Asks the peer for a sign of life. On a closed link it does nothing. */
  ping(): void;
  /** Resolves to true when the bulk lane is empty, to false when the link closes: then send no more. */
  drained(): Promise<boolean>;
  /** Closes both directions; the reason goes to the log of this node only. Twice does nothing. */
  close(reason: string): void;
}

/**
 * The longest message: a frame is at most 65,536 bytes of ciphertext, of which 16 are the tag and one
 * the frame's type.
 */
export const MAX_MESSAGE_BYTES = 65_536 - 16 - 1;

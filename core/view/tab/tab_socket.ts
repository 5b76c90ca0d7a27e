/** An open socket to the node. */
export interface TabSocket {
  send(text: string): void;
  close(): void;
}

/** Takes what an open socket brings. After `closed` nothing more comes. */
export interface SocketListener {
  text(text: string): void;
  closed(): void;
}

/** This browser was never let in, or no longer is: only Earshot's link opens it. */
export class StrangerError extends Error {
  override name = "StrangerError";
}

/**
 * Proves that this browser was let in and opens a socket.
 *
 * @throws {StrangerError} when it was not; any other error means that the node is away.
 */
export type OpenSocket = (listener: SocketListener) => Promise<TabSocket>;

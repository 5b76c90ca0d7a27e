import type { Answer, Command } from "../command.ts";
import type { Event } from "../event.ts";

/**
 * The socket went away before the answer came, or is away now. Whether the command was done is not
 * known: a writing command is asked again under the same id once connected, and the node does it once.
 */
export class DisconnectedError extends Error {
  override name = "DisconnectedError";

  constructor() {
    super("Cannot ask Earshot: it is not connected; ask again when it is");
  }
}

/** What a tab asks of the node and hears from it; made again by itself after a cut. */
export interface Asker {
  /** Whether a command asked now would be sent. */
  readonly connected: boolean;
  /**
   * Asks once under a new id.
   *
   * @throws {RefusedError} when the command is wrong as it is.
   * @throws {FaultError} when the node cannot do it now.
   * @throws {DisconnectedError} when the socket is away, or goes away before the answer.
   */
  ask<C extends Command>(command: C): Promise<Answer<C["type"]>>;
  /** Asks under an id the caller keeps, so that it can be asked again after a cut. @throws as `ask` */
  askAs<C extends Command>(id: string, command: C): Promise<Answer<C["type"]>>;
  /** A new id for `askAs`: 128 random bits. */
  newId(): string;
  /** Calls back for each event from now on, in order; the result ends that. */
  onEvent(listener: (event: Event) => void): () => void;
  /** Calls back when the connection comes or goes; the result ends that. */
  onConnection(listener: (connected: boolean) => void): () => void;
}

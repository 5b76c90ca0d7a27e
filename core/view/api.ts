import type { Answer, Command, CommandType } from "./command.ts";
import type { Event } from "./event.ts";

/** A command that this node will never do as it is; the text tells the person what to do instead. */
export class RefusedError extends Error {
  override name = "RefusedError";
}

/** A command that this node cannot do now (a full disk, say); asked again later it may go. */
export class FaultError extends Error {
  override name = "FaultError";
}

/** The node as routes and the command line see it. */
export interface NodeApi {
  /**
   * Does one command. A writing command with an `id` that was done before is not done again and gets the
   * same answer.
   *
   * @throws {RefusedError} when the command is wrong as it is.
   * @throws {FaultError} when the node cannot do it now.
   */
  execute<T extends CommandType>(
    command: Extract<Command, { type: T }>,
    id: string,
  ): Promise<Answer<T>>;
  /** Calls back for each event from now on; the result ends that. */
  subscribe(listener: (event: Event) => void): () => void;
}

import type { Answer, Command, CommandType } from "../view/command.ts";

/** What does commands of these types, each with the `id` of its request. */
export type Handlers<Types extends CommandType = CommandType> = {
  readonly [T in Types]: (
    command: Extract<Command, { type: T }>,
    id: string,
  ) => Answer<T> | Promise<Answer<T>>;
};

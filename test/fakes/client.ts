import { type Client, ClientError } from "../../core/cli/client.ts";
import type { Output } from "../../core/cli/output.ts";
import type { Answer, Command, CommandType } from "../../core/view/command.ts";
import type { Event } from "../../core/view/event.ts";

/** A node as the command line sees it: answers by hand, and a record of what was asked. */
export class FakeClient implements Client {
  asked: Command[] = [];
  events: Event[] = [];

  constructor(
    private readonly answers: {
      [T in CommandType]?: (command: Extract<Command, { type: T }>) => Answer<T>;
    },
  ) {}

  ask<T extends CommandType>(command: Extract<Command, { type: T }>): Promise<Answer<T>> {
    this.asked.push(command);
    const answer = this.answers[command.type as T];
    if (!answer) return Promise.reject(new ClientError(`No answer to "${command.type}"`));
    return Promise.resolve(answer(command));
  }

  // deno-lint-ignore require-await
  async listen(): Promise<AsyncIterableIterator<Event>> {
    const { events } = this;
    return (async function* () {
      yield* events;
    })();
  }
}

/** Keeps what a command printed. */
export class FakeOutput implements Output {
  texts: string[] = [];
  facts: object[] = [];
  notes: string[] = [];

  result(text: string, facts: object): void {
    this.texts.push(text);
    this.facts.push(facts);
  }
  note(text: string): void {
    this.notes.push(text);
  }
}

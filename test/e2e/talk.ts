import assert from "node:assert/strict";
import type { Place } from "./place.ts";
import { RunningNode } from "./running_node.ts";

/** A message as `read` and `send` tell it with `--json`. */
export interface MessageFacts {
  readonly id: string;
  readonly channel: string;
  readonly author: { readonly peer: string; readonly name: string };
  readonly text: string;
  readonly at: number;
}

/** Reads #general of a space (the first one) until `done` is content with its texts, as they come. */
export async function textsUntil(
  node: RunningNode,
  done: (texts: readonly string[]) => boolean,
  space?: string,
): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const message of follow(node, space)) {
    texts.push(message.text);
    if (done(texts)) break;
  }
  return texts;
}

async function* follow(node: RunningNode, space?: string): AsyncGenerator<MessageFacts> {
  const where = space === undefined ? [] : ["--space", space];
  const args = ["read", "--follow", "--limit", "100000", "--json", ...where];
  await using command = node.follow(args);
  for await (const line of command.lines) yield JSON.parse(line);
}

/** Whether all these texts are among others. */
export const includesAll = (wanted: readonly string[]) => (texts: readonly string[]) =>
  wanted.every((text) => texts.includes(text));

/** Starts a node for each name, one at each place; they end with the stack. */
export async function startAll(
  places: readonly Place[],
  folder: string,
  names: readonly string[],
  args: readonly string[] = [],
): Promise<AsyncDisposableStack & { nodes: RunningNode[] }> {
  const stack = new AsyncDisposableStack();
  const nodes: RunningNode[] = [];
  for (const [index, name] of names.entries()) {
    const place = places[index];
    assert(place);
    const options = ["--name", name, ...args];
    nodes.push(stack.use(await RunningNode.start(place, `${folder}/${name}`, options)));
  }
  return Object.assign(stack, { nodes });
}

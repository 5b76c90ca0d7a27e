import type { WaitingView } from "./view.ts";

/** "3 messages", "1 message" or, where not all were counted, "1000 messages or more". */
function messages(count: number, more: boolean): string {
  return `${count} message${count === 1 ? "" : "s"}${more ? " or more" : ""}`;
}

/**
 * Who keeps messages for a person who is away: a line for this machine and for each other that does, those with
 * most first. None when nothing waits. Names come as they are to stand in a sentence.
 */
export function waitingWords(
  { messages: count, more, keepers }: WaitingView,
  name: string,
  nameOf: (keeper: WaitingView["keepers"][number]["peer"]) => string,
): readonly string[] {
  if (count === 0 && !more) return [];
  return [
    `This machine is keeping ${messages(count, more)} for ${name}`,
    ...keepers.map(({ peer, messages: kept }) =>
      `${nameOf(peer)}’s machine is keeping ${messages(kept, more && kept === count)} for ${name}`
    ),
  ];
}

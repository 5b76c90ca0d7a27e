import type { Link } from "../../core/net/link.ts";

/** Starts a link and keeps what it delivers as text, each batch apart. */
export function collect(link: Link): string[][] {
  const batches: string[][] = [];
  link.start((messages) => {
    batches.push(messages.map((message) => new TextDecoder().decode(message)));
  });
  return batches;
}

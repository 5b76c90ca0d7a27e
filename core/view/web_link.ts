const SCHEMES = new Set(["http:", "https:", "mailto:"]);
// Up to white space, quotes, angle brackets, controls and marks that turn the direction of text.
const LINK =
  // deno-lint-ignore no-control-regex
  /(?:https?:\/\/|mailto:)[^\s<>"`\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/iy;
const TRAILING = new Set(".,;:!?'*_~");
const CLOSING = new Map([[")", "("], ["]", "["], ["}", "{"]]);

function count(text: string, char: string): number {
  let found = 0;
  for (const one of text) if (one === char) found++;
  return found;
}

/** Cuts punctuation that ends the sentence rather than the link; a bracket stays if it was opened inside. */
function trimmed(link: string): string {
  const surplus = new Map(
    [...CLOSING].map(([close, open]) => [close, count(link, close) - count(link, open)]),
  );
  let end = link.length;
  for (; end > 0; end--) {
    const last = link[end - 1] ?? "";
    const unopened = surplus.get(last) ?? 0;
    if (unopened > 0) surplus.set(last, unopened - 1);
    else if (!TRAILING.has(last)) break;
  }
  return link.slice(0, end);
}

/** Finds a link that begins exactly at `at`: an address as typed, of http, https or mailto. */
export function linkAt(text: string, at: number): string | null {
  LINK.lastIndex = at;
  const link = trimmed(LINK.exec(text)?.[0] ?? "");
  return link !== "" && isWebLink(link) ? link : null;
}

/** Whether an address is whole and of a scheme that a click may follow. */
export function isWebLink(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname } = new URL(text);
  return SCHEMES.has(protocol) && (protocol === "mailto:" ? pathname : hostname) !== "";
}

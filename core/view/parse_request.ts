import { MAX_REQUEST_BYTES } from "../base/limits.ts";
import type { Refusal, Request } from "./command.ts";
import { jsonDepth } from "./json_depth.ts";
import { parseCommand } from "./parse_command.ts";

/** Nesting of arrays and objects in a request. */
const MAX_JSON_DEPTH = 32;

const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** A request, or why it is none; `id` is `null` when not even that could be read. */
export type ParsedRequest =
  | { readonly type: "request"; readonly request: Request }
  | { readonly type: "refusal"; readonly id: string | null; readonly refusal: Refusal };

function refuse(id: string | null, text: string, code: Refusal["code"] = "refused"): ParsedRequest {
  return { type: "refusal", id, refusal: { code, text } };
}

/** Whether `text` has more bytes in UTF-8 than a request may have. */
function isOversized(text: string): boolean {
  if (text.length > MAX_REQUEST_BYTES) return true;
  // A UTF-16 unit takes at most three bytes.
  return text.length * 3 > MAX_REQUEST_BYTES &&
    new TextEncoder().encode(text).length > MAX_REQUEST_BYTES;
}

/** Reads one request of a tab or of the command line, bounded in size and depth before it is parsed. */
export function parseRequest(text: string): ParsedRequest {
  if (isOversized(text)) {
    return refuse(null, `The request is too long: at most ${MAX_REQUEST_BYTES} bytes`);
  }
  if (jsonDepth(text, MAX_JSON_DEPTH) > MAX_JSON_DEPTH) {
    return refuse(null, `The request nests too deep: at most ${MAX_JSON_DEPTH} levels`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return refuse(null, "The request is not JSON");
  }
  const { id, command } = (value ?? {}) as { id?: unknown; command?: unknown };
  if (typeof id !== "string" || !ID.test(id)) {
    return refuse(null, "The request has no id of 1 to 64 letters, digits, - or _");
  }
  const parsed = parseCommand(command);
  switch (parsed.type) {
    case "command":
      return { type: "request", request: { id, command: parsed.command } };
    case "unknown":
      return refuse(id, parsed.text, "unknown");
    case "wrong":
      return refuse(id, parsed.text);
  }
}

import { HttpError } from "fresh";

/** A body of some short texts, in bytes. */
const MAX_FIELDS_BYTES = 2048;

/**
 * Reads a request's body as text, at most so many bytes, and stops reading beyond.
 *
 * @throws {HttpError} 413 when it is longer, 400 when it is not UTF-8.
 */
export async function boundedText(request: Request, maxBytes: number): Promise<string> {
  if (Number(request.headers.get("content-length")) > maxBytes) throw new HttpError(413);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new HttpError(413);
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new HttpError(400, "The body is not UTF-8");
    throw error;
  }
}

/**
 * Reads a small JSON object and gives its texts of the names asked for.
 *
 * @throws {HttpError} 400 when one is missing or too long, 413 when the whole is too long.
 */
export async function textFields<Name extends string>(
  request: Request,
  ...names: readonly Name[]
): Promise<Record<Name, string>> {
  const text = await boundedText(request, MAX_FIELDS_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const fields = {} as Record<Name, string>;
  for (const name of names) {
    const field = (value as Record<string, unknown> | null | undefined)?.[name];
    if (typeof field !== "string") throw new HttpError(400, `The body has no "${name}"`);
    fields[name] = field;
  }
  return fields;
}

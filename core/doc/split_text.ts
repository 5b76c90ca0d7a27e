const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes texts that lie one behind the other, each of so many bytes.
 *
 * @throws {RangeError} if they are of another length in all, or one is no UTF-8.
 */
export function splitText(bytes: Uint8Array, lengths: Int32Array): string[] {
  const all = decode(bytes);
  // Then a character is a byte.
  const isAscii = all.length === bytes.length;
  const texts: string[] = [];
  let at = 0;
  for (const length of lengths) {
    const end = at + length;
    texts.push(isAscii ? all.slice(at, end) : decode(bytes.subarray(at, end)));
    at = end;
  }
  if (at !== bytes.length) throw new RangeError("Cannot split the texts: of another length");
  return texts;
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new RangeError("Cannot decode the text: it is no UTF-8", { cause });
  }
}

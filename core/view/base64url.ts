/** Writes bytes as base64url without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * Reads base64url without padding.
 *
 * @throws {SyntaxError} on any other character, length or stray bits.
 */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const fault = () => new SyntaxError("Cannot read bytes: not base64url without padding");
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw fault();
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  // One text for one value: bits beyond the last byte are zero.
  if (toBase64Url(bytes) !== text) throw fault();
  return bytes;
}

/** Digits of a code that one screen shows and another is told. */
export const CODE_DIGITS = 8;

/** What a person typed or pasted in order to join a space. */
export type InvitationText =
  | { readonly type: "code"; readonly code: string }
  | { readonly type: "link"; readonly link: string };

/**
 * Reads what was typed: eight digits, however they are grouped, or a link, which the node judges.
 *
 * @throws {RangeError} when it is neither; the message says what is missing.
 */
export function readInvitation(typed: string): InvitationText {
  const text = typed.normalize("NFKC").trim();
  if (text === "") throw new RangeError("Paste a link, or type the eight digits of a code");
  if (/^[\d\s.\p{Pd}]+$/u.test(text)) {
    const code = text.replace(/\D/g, "");
    if (code.length === CODE_DIGITS) return { type: "code", code };
    throw new RangeError(`A code has ${CODE_DIGITS} digits: this one has ${code.length}`);
  }
  const link = /https?:\/\/\S+#\S+/.exec(text)?.[0];
  if (!link) {
    throw new RangeError(
      "This is no invitation: a link has “/join#” in it, a code is eight digits",
    );
  }
  return { type: "link", link };
}

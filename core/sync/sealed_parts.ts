import type { SealedDocument } from "../trust/sealed_document.ts";
import type { SealedMessage } from "../wire/message.ts";
import { decodeSealed } from "../wire/sealed.ts";

interface Begun {
  readonly first: SealedMessage;
  readonly bytes: Uint8Array;
  filled: number;
}

/** Puts the parts of sealed documents together, one document at a time; it keeps no more than that one. */
export class SealedParts {
  #begun: Begun | undefined;

  /**
   * Takes the next part; gives the document when it is whole.
   *
   * @throws {SyntaxError} if the part is not the next one, or the whole cannot be read.
   */
  add(part: SealedMessage): SealedDocument | undefined {
    const begun = this.#begun ??= { first: part, bytes: new Uint8Array(part.size), filled: 0 };
    const { space, doc, size } = begun.first;
    if (part.at !== begun.filled || part.doc !== doc || part.size !== size) {
      throw new SyntaxError("Cannot read a sealed document: its parts do not follow each other");
    }
    begun.bytes.set(part.bytes, part.at);
    begun.filled += part.bytes.length;
    if (begun.filled < size) return undefined;
    this.#begun = undefined;
    return decodeSealed(space, doc, begun.bytes);
  }
}

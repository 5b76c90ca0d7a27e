import type { SealedDocument } from "../trust/sealed_document.ts";
import type { SealedMessage } from "../wire/message.ts";
import { SealedParts } from "./sealed_parts.ts";

/** Documents under way: while one is stored the next is verified, and the one after that comes in. */
const MAX_UNDER_WAY = 3;

/** Takes sealed documents as their parts come, the next while the ones before it are still being admitted. */
export class SealedIntake {
  readonly #parts = new SealedParts();
  readonly #admit: (sealed: SealedDocument) => Promise<void>;
  readonly #underWay: Promise<void>[] = [];

  constructor(admit: (sealed: SealedDocument) => Promise<void>) {
    this.#admit = admit;
  }

  /** Takes the next part; what became of a document is told one or two documents later. */
  async add(part: SealedMessage): Promise<void> {
    const sealed = this.#parts.add(part);
    if (!sealed) return;
    while (this.#underWay.length >= MAX_UNDER_WAY) await this.#underWay.shift();
    const admitted = this.#admit(sealed);
    // It is awaited later; until then its failure is nobody's.
    admitted.catch(() => {});
    this.#underWay.push(admitted);
  }

  /** Resolves when all that came is admitted, or refused. */
  async idle(): Promise<void> {
    while (this.#underWay.length > 0) await this.#underWay.shift();
  }
}

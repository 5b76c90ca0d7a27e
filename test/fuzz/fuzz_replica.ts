import type { ChangeHash, DocId } from "../../core/base/ids.ts";
import { newHandle } from "../../core/doc/automerge.ts";
import { docKind } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import type { Documents, Load } from "../../core/doc/documents.ts";
import { GENESIS, TEXT_OBJECT } from "../../core/doc/genesis.ts";
import { reload } from "../../core/doc/reload.ts";
import { loadFrom } from "../../core/node/load.ts";
import { Store } from "../../core/store/store.ts";
import type { Admitted } from "../../core/sync/outcome.ts";
import { Replica } from "../../core/sync/replica.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { Envelope } from "../../core/trust/envelope.ts";
import { FakeClock } from "../fakes/clock.ts";
import { deviceKeys } from "../fakes/device.ts";

const FROM = deviceKeys(900).peer;

/** A whole replica, of which tests know all it holds. */
export class FuzzReplica {
  readonly refusals = new Map<string, number>();
  readonly #store: Store;
  readonly #documents: Documents;
  readonly #replica: Replica;

  private constructor(store: Store, documents: Documents, seed: number) {
    this.#store = store;
    this.#documents = documents;
    this.#replica = new Replica({
      space: LOBBY,
      signer: deviceKeys(seed),
      store,
      documents,
      clock: new FakeClock(),
      log: (_level, _text, facts) => {
        if (facts?.["text"]) this.#count(String(facts["text"]));
      },
    });
  }

  static async open(
    directory: string,
    seed: number,
    openDocuments: (load: Load) => Promise<Documents>,
  ): Promise<FuzzReplica> {
    Deno.mkdirSync(directory);
    const store = Store.open(directory);
    const documents = await openDocuments(loadFrom(store, deviceKeys(seed).peer));
    return new FuzzReplica(store, documents, seed);
  }

  admit(envelopes: readonly Envelope[]): Promise<Admitted> {
    return this.#replica.admit(envelopes, FROM);
  }

  holds(doc: DocId, hash: ChangeHash): boolean {
    return this.#store.envelopes.has(LOBBY, doc, hash);
  }

  get digest(): Uint8Array {
    return this.#replica.vectors.digest();
  }

  /** What a document is, in one text; it is made from the store, saved and loaded again. @throws if it does not load. */
  content(doc: DocId): string {
    const isNote = docKind(doc).type === "note";
    const handle = newHandle("ff".repeat(16) as never);
    if (isNote) handle.applyChanges([GENESIS]);
    handle.applyChanges([...this.#store.envelopes.changes(LOBBY, doc)]);
    reload(handle, isNote);
    const content = isNote
      ? handle.text(TEXT_OBJECT)
      : handle.keys("_root").sort().map((key) => [key, handle.get("_root", key)]);
    const text = JSON.stringify([handle.getHeads().sort(), content]);
    handle.free();
    return text;
  }

  /** The heads of the document as it is open. */
  async heads(doc: DocId): Promise<string> {
    return JSON.stringify(await this.#documents.heads(docKey(LOBBY, doc)));
  }

  /** How many of the changes held are not given again when all is judged anew. */
  async lostEntries(doc: DocId): Promise<number> {
    const changes = this.#store.envelopes.changes(LOBBY, doc);
    const results = await this.#documents.entries(docKey(LOBBY, doc), changes);
    return results.filter(({ type }) => type !== "applied").length;
  }

  async close(): Promise<void> {
    await this.#replica.close();
    await this.#documents.close();
    this.#store.close();
  }

  #count(reason: string): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }
}

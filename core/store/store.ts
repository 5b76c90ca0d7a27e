import { join } from "@std/path";
import type { ActorId, DocId, SpaceId } from "../base/ids.ts";
import { docKind } from "../doc/doc_id.ts";
import type { SavedBase } from "../doc/documents.ts";
import { readChangeHeader } from "../trust/change_header.ts";
import { Addresses } from "./addresses.ts";
import { Bases } from "./bases.ts";
import { Browsers } from "./browsers.ts";
import { Clones } from "./clones.ts";
import type { Commit, Remake } from "./commit.ts";
import { Database } from "./database.ts";
import { Disputes } from "./disputes.ts";
import { Envelopes, type StoredChange } from "./envelopes.ts";
import { DATABASE_FILE } from "./file_names.ts";
import { Forgetting } from "./forgetting.ts";
import { HeardEpochs } from "./heard_epochs.ts";
import { Holdings } from "./holdings.ts";
import { KnownNames } from "./known_names.ts";
import { Logs } from "./logs.ts";
import { MembershipEntries } from "./membership_entries.ts";
import { MessageSearch } from "./message_search.ts";
import { Messages } from "./messages.ts";
import { Names } from "./names.ts";
import { NoteCopies } from "./note_copies.ts";
import { NoteTexts } from "./note_texts.ts";
import { Projections } from "./projections.ts";
import { Notices } from "./notices.ts";
import { PersonMarks } from "./person_marks.ts";
import { Profile } from "./profile.ts";
import { type Changed, Projector, type Source } from "./projector.ts";
import { ReadMarks } from "./read_marks.ts";
import { Receipts } from "./receipts.ts";
import { Registers } from "./registers.ts";
import { Rewrites } from "./rewrites.ts";
import { savedSources } from "./saved_sources.ts";
import { Secrets } from "./secrets.ts";
import { SealedDocuments } from "./sealed_documents.ts";
import { Seen } from "./seen.ts";
import { Successors } from "./successors.ts";
import { Waiting } from "./waiting.ts";
import { WordIndex } from "./word_index.ts";

/** What a message of 16 KiB takes as envelope, row and receipt. */
const PROBE_BYTES = 64 * 1024;

/**
 * The truth on disk: envelopes, what they mean to people, and what this node remembers for itself. All calls
 * are synchronous; each that writes may throw a {@linkcode StoreError}, after which nothing of it is written
 * and the next may succeed.
 */
export class Store implements Disposable {
  readonly envelopes: Envelopes;
  readonly bases: Bases;
  readonly sealed: SealedDocuments;
  readonly messages: Messages;
  readonly words: WordIndex;
  readonly search: MessageSearch;
  readonly registers: Registers;
  readonly holdings: Holdings;
  readonly waiting: Waiting;
  readonly receipts: Receipts;
  readonly readMarks: ReadMarks;
  readonly browsers: Browsers;
  readonly addresses: Addresses;
  readonly seen: Seen;
  readonly disputes: Disputes;
  readonly noteCopies: NoteCopies;
  readonly noteTexts: NoteTexts;
  readonly rewrites: Rewrites;
  readonly clones: Clones;
  readonly projections: Projections;
  readonly entries: MembershipEntries;
  readonly secrets: Secrets;
  readonly marks: PersonMarks;
  readonly notices: Notices;
  readonly profile: Profile;
  readonly successors: Successors;
  readonly knownNames: KnownNames;
  readonly heardEpochs: HeardEpochs;
  readonly forgotten: Forgetting;
  readonly #database: Database;
  readonly #logs: Logs;
  readonly #projector: Projector;

  private constructor(database: Database) {
    const names = new Names(database);
    this.#database = database;
    const logs = this.#logs = new Logs(database, names);
    this.#projector = new Projector(database, names);
    const bases = this.bases = new Bases(database, logs);
    this.envelopes = new Envelopes(database, logs, bases);
    this.messages = new Messages(database, names, logs);
    this.words = new WordIndex(database);
    this.search = new MessageSearch(database, names, this.words);
    this.registers = new Registers(database);
    this.holdings = new Holdings(database, names, logs);
    this.sealed = new SealedDocuments({
      ...{ database, logs, bases, projector: this.#projector },
      ...{ envelopes: this.envelopes, holdings: this.holdings },
    });
    this.waiting = new Waiting(database, names);
    this.receipts = new Receipts(database);
    this.readMarks = new ReadMarks(database, names, this.messages);
    this.browsers = new Browsers(database);
    this.addresses = new Addresses(database, names);
    this.seen = new Seen(database, names);
    this.disputes = new Disputes(database, logs);
    this.noteCopies = new NoteCopies(database, names);
    this.noteTexts = new NoteTexts(database, names);
    this.rewrites = new Rewrites(database, logs);
    this.clones = new Clones(database, names);
    this.projections = new Projections(database, names);
    this.entries = new MembershipEntries(database, names);
    this.secrets = new Secrets(database);
    this.marks = new PersonMarks(database, names);
    this.notices = new Notices(database, names);
    this.profile = new Profile(database);
    this.successors = new Successors(database, names);
    this.knownNames = new KnownNames(database, names);
    this.heardEpochs = new HeardEpochs(database, names);
    this.forgotten = new Forgetting(database, names, logs, this.disputes);
  }

  /**
   * Opens the store in a data directory, whose lock the caller has, or makes it in an empty one.
   *
   * @throws {StoreError} when it cannot be used as it is; nothing is overwritten then.
   */
  static open(directory: string): Store {
    const database = Database.open(join(directory, DATABASE_FILE));
    try {
      return new Store(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** How many documents are known, of all spaces. */
  get documents(): number {
    return this.#logs.documents;
  }

  /** How many frames of the database's log a power cut would leave; `null` when all of them. */
  get secured(): number | null {
    return this.#database.secured;
  }

  /**
   * Has all on disk when it returns, also what peers sent.
   *
   * @throws {StoreError} `full` or `io`: to be done again before anyone is told of it.
   */
  secure(): void {
    this.#database.secure();
  }

  /** Brings to disk what is written while others go on, so that {@linkcode secure} waits for little. */
  flush(): Promise<void> {
    return this.#database.flush();
  }

  /**
   * Writes envelopes, what they mean, and the receipt of the request behind them as one transaction. When
   * this returns, a crash or a power cut loses nothing of it, unless it was sent. Gives what people see differently.
   *
   * @throws {RangeError} if an envelope is of another space or not the next of its log, or a row is of
   * none of the envelopes; nothing is written.
   * @throws {StoreError} `full`, `io` or `damaged`; nothing is written.
   */
  commit({ space, envelopes, rows, receivedAt, receipt, rewrite, isSent }: Commit): Changed {
    const commit = () => {
      const sources = envelopes.map((verified): Source => {
        const { envelope, header } = verified;
        if (envelope.space !== space) {
          throw new RangeError(`Cannot commit to "${space}": an envelope is of another space`);
        }
        const log = this.envelopes.append(verified, receivedAt);
        this.disputes.held(space, envelope.doc, header.actor, header.hash);
        return { doc: envelope.doc, header, log, receivedAt };
      });
      const changed = this.#projector.apply(space, sources, rows);
      if (receipt) this.receipts.put(receipt.id, receipt.answer, receivedAt);
      if (rewrite !== undefined) this.rewrites.drop(rewrite);
      return changed;
    };
    return isSent ? this.#database.writeSoon(commit) : this.#database.write(commit);
  }

  /**
   * Takes envelopes out of a document and makes anew what it means, as one transaction. Gives the number of
   * the copy of its text, if one was kept.
   *
   * @throws {RangeError} if a row is of none of the staying envelopes; nothing is written.
   * @throws {StoreError} `full`, `io` or `damaged`; nothing is written.
   */
  remake(
    { space, doc, base, staying, rows, from, kept, rewrites, noteText, at }: Remake,
  ): number | null {
    return this.#database.write(() => {
      for (const change of kept) this.disputes.keep(space, doc, change);
      for (const entries of rewrites) this.rewrites.add(space, doc, entries);
      if (from.size > 0) {
        this.holdings.setBack(space, doc, this.sealed.takeOut(space, doc, from, base));
      }
      const kind = docKind(doc);
      // When a note was last changed never goes back.
      if (kind.type === "space") this.projections.clearRegisters(space);
      const number = this.#logs.docId(space, doc);
      if (kind.type === "segment" && number !== undefined) {
        this.#projector.clearSegment(number, space, kind.channel, kind.segment);
      }
      // Of a note without some of its changes there is nothing to be made anew here.
      const isAsBefore = kind.type === "note" && from.size > 0;
      const sources = isAsBefore ? [] : this.#sources(space, doc, base, staying);
      this.#projector.apply(space, sources, rows);
      if (kind.type !== "note" || noteText === undefined) return null;
      return this.noteCopies.add(space, kind.note, at, noteText);
    });
  }

  #sources(
    space: SpaceId,
    doc: DocId,
    base: SavedBase | null,
    staying: readonly StoredChange[],
  ): Source[] {
    const logOf = (actor: ActorId) => {
      const log = this.#logs.find(space, doc, actor);
      if (!log) throw new RangeError(`Cannot make "${doc}" anew: no log of "${actor}"`);
      return log;
    };
    const basedAt = this.bases.basedAt(space, doc) ?? 0;
    return [
      ...[...base?.logs ?? []].flatMap(([actor, saved]) => [
        ...savedSources(doc, logOf(actor), saved, basedAt),
      ]),
      ...staying.map(({ actor, change, receivedAt }) => {
        return { doc, header: readChangeHeader(change), log: logOf(actor), receivedAt };
      }),
    ];
  }

  /** Does several small writes as one; a power cut within the next moments may undo them. */
  together<T>(act: () => T): T {
    return this.#database.writeSoon(act);
  }

  /**
   * Writes as much as the longest message takes and takes it away again, to see whether the disk takes it.
   *
   * @throws {StoreError} as long as it does not.
   */
  tryWriting(): void {
    this.#database.probe(PROBE_BYTES);
  }

  /** Closes it; twice does nothing. */
  close(): void {
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

import { join } from "@std/path";
import type { SpaceId } from "../base/ids.ts";
import type { Row } from "../doc/projection.ts";
import type { VerifiedEnvelope } from "../trust/envelope.ts";
import { Addresses } from "./addresses.ts";
import { Browsers } from "./browsers.ts";
import { Database } from "./database.ts";
import { Envelopes } from "./envelopes.ts";
import { DATABASE_FILE } from "./file_names.ts";
import { Holdings } from "./holdings.ts";
import { KnownNames } from "./known_names.ts";
import { Logs } from "./logs.ts";
import { MembershipEntries } from "./membership_entries.ts";
import { Messages } from "./messages.ts";
import { Names } from "./names.ts";
import { Notices } from "./notices.ts";
import { PersonMarks } from "./person_marks.ts";
import { Profile } from "./profile.ts";
import { type Changed, Projector, type Source } from "./projector.ts";
import { ReadMarks } from "./read_marks.ts";
import { Receipts } from "./receipts.ts";
import { Registers } from "./registers.ts";
import { Secrets } from "./secrets.ts";
import { Seen } from "./seen.ts";
import { Successors } from "./successors.ts";

/** What a message of 16 KiB takes as envelope, row and receipt. */
const PROBE_BYTES = 64 * 1024;

/** What is written as one: all of it or nothing. */
export interface Commit {
  readonly space: SpaceId;
  /** In an order in which every change comes after those it rests on. */
  readonly envelopes: readonly VerifiedEnvelope[];
  /** What the envelopes mean, in any order. */
  readonly rows: readonly Row[];
  /** When they were made or came here, in milliseconds since 1970. */
  readonly receivedAt: number;
  /** The answer to the request that asked for it; JSON. */
  readonly receipt?: { readonly id: string; readonly answer: unknown };
}

/**
 * The truth on disk: envelopes, what they mean to people, and what this node remembers for itself. All calls
 * are synchronous; each that writes may throw a {@linkcode StoreError}, after which nothing of it is written
 * and the next may succeed.
 */
export class Store implements Disposable {
  readonly envelopes: Envelopes;
  readonly messages: Messages;
  readonly registers: Registers;
  readonly holdings: Holdings;
  readonly receipts: Receipts;
  readonly readMarks: ReadMarks;
  readonly browsers: Browsers;
  readonly addresses: Addresses;
  readonly seen: Seen;
  readonly entries: MembershipEntries;
  readonly secrets: Secrets;
  readonly marks: PersonMarks;
  readonly notices: Notices;
  readonly profile: Profile;
  readonly successors: Successors;
  readonly knownNames: KnownNames;
  readonly #database: Database;
  readonly #projector: Projector;

  private constructor(database: Database) {
    const names = new Names(database);
    this.#database = database;
    const logs = new Logs(database, names);
    this.#projector = new Projector(database, names);
    this.envelopes = new Envelopes(database, logs);
    this.messages = new Messages(database, names, logs);
    this.registers = new Registers(database);
    this.holdings = new Holdings(database, names, logs);
    this.receipts = new Receipts(database);
    this.readMarks = new ReadMarks(database, names, this.messages);
    this.browsers = new Browsers(database);
    this.addresses = new Addresses(database, names);
    this.seen = new Seen(database, names);
    this.entries = new MembershipEntries(database, names);
    this.secrets = new Secrets(database);
    this.marks = new PersonMarks(database, names);
    this.notices = new Notices(database, names);
    this.profile = new Profile(database);
    this.successors = new Successors(database, names);
    this.knownNames = new KnownNames(database, names);
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

  /**
   * Writes envelopes, what they mean, and the receipt of the request behind them as one transaction. When
   * this returns, a crash or a power cut loses nothing of it. Gives what people see differently.
   *
   * @throws {RangeError} if an envelope is of another space or not the next of its log, or a row is of
   * none of the envelopes; nothing is written.
   * @throws {StoreError} `full`, `io` or `damaged`; nothing is written.
   */
  commit({ space, envelopes, rows, receivedAt, receipt }: Commit): Changed {
    return this.#database.write(() => {
      const sources = envelopes.map((verified): Source => {
        if (verified.envelope.space !== space) {
          throw new RangeError(`Cannot commit to "${space}": an envelope is of another space`);
        }
        return { verified, log: this.envelopes.append(verified, receivedAt), receivedAt };
      });
      const changed = this.#projector.apply(space, sources, rows);
      if (receipt) this.receipts.put(receipt.id, receipt.answer, receivedAt);
      return changed;
    });
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

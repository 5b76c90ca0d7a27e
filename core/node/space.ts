import type { Clock } from "../base/clock.ts";
import type { SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Documents } from "../doc/documents.ts";
import type { Store } from "../store/store.ts";
import type { StoreError } from "../store/store_error.ts";
import type { Committed } from "../sync/commits.ts";
import { Replica } from "../sync/replica.ts";
import type { SharedSpace } from "../sync/shared_space.ts";
import { SpaceSync } from "../sync/space_sync.ts";
import type { DeviceKeys } from "../trust/device_keys.ts";
import { type Door, LOBBY_DOOR } from "../trust/door.ts";
import type { SentPlace } from "../wire/message.ts";
import { Chat } from "./chat.ts";
import { Notebook } from "./notebook.ts";
import type { Parts } from "./parts.ts";
import { People } from "./people.ts";
import { Places } from "./places.ts";
import type { Tell } from "./tell.ts";

/** What a {@linkcode Space} needs. */
export interface SpaceOptions {
  readonly space: SpaceId;
  readonly keys: DeviceKeys;
  readonly store: Store;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly steady: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly suggestedName: string;
  readonly tell: Tell;
  /** What peers sent could not be written. */
  readonly onFault: (error: StoreError) => void;
  /** Something was written, whoever made it. */
  readonly onWritten: () => void;
}

/** One space at this node: its chat, notes and people, kept in step with all who share it. */
export class Space implements SharedSpace {
  readonly space: SpaceId;
  readonly log = null;
  readonly chat: Chat;
  readonly notebook: Notebook;
  readonly people: People;
  readonly places: Places;
  readonly sync: SpaceSync;
  readonly #replica: Replica;
  readonly #log: Log;
  #place: SentPlace | null = null;

  constructor(options: SpaceOptions) {
    const { space, keys, store, documents, clock, steady, log, random, tell } = options;
    this.space = space;
    this.#log = log;
    this.#replica = new Replica({ space, signer: keys, store, documents, clock, log });
    this.sync = new SpaceSync({
      replica: this.#replica,
      store,
      clock: steady,
      log,
      onPresence: (peer, presence) => this.#watch(this.places.heard(peer, presence?.place ?? null)),
      onHeld: (_peer, ranges) => this.chat.held(ranges),
      onFault: options.onFault,
    });
    const parts: Parts = {
      ...{ space, self: keys.peer, store, documents, replica: this.#replica },
      ...{ clock, random, log, tell },
    };
    this.chat = new Chat(parts);
    this.notebook = new Notebook(parts);
    this.people = new People(parts, options.suggestedName);
    this.places = new Places(parts, (place) => {
      this.#place = place;
      this.#present();
    });
    this.#replica.onCommit((committed) => {
      options.onWritten();
      this.#committed(committed);
    });
    this.#present();
  }

  doors(): readonly Door[] {
    return [LOBBY_DOOR];
  }

  admits(): boolean {
    return true;
  }

  /** What could not be written can be now: it is asked for again. */
  recover(): void {
    this.sync.recover();
  }

  /** Ends it; resolves when nothing is under way. The links are closed before. */
  async close(): Promise<void> {
    await this.sync.close();
    await this.#replica.close();
  }

  #committed(committed: Committed): void {
    const { changed } = committed;
    // People first, so that a tab knows who wrote.
    this.people.committed(changed);
    this.chat.committed(changed);
    this.notebook.committed(committed);
    if (changed.people.has(this.#replica.self)) this.#present();
  }

  #present(): void {
    this.sync.setPresence({ name: this.people.self().name, place: this.#place });
  }

  /** Presence is worth no more than a line in the log. */
  #watch(work: Promise<void>): void {
    work.catch((error) =>
      this.#log("debug", "Cannot show where a person is", { error: String(error) })
    );
  }
}

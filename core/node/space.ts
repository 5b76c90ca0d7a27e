import type { Clock } from "../base/clock.ts";
import type { DocId, PeerId, SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Documents } from "../doc/documents.ts";
import { remember } from "../store/remember.ts";
import type { Store } from "../store/store.ts";
import type { StoreError } from "../store/store_error.ts";
import type { Committed, Reset } from "../sync/commits.ts";
import type { MembershipLog } from "../sync/membership_log.ts";
import { Compaction } from "../sync/compaction.ts";
import { Replica } from "../sync/replica.ts";
import type { Dispute } from "../sync/settlement.ts";
import type { SharedSpace } from "../sync/shared_space.ts";
import { SpaceSync } from "../sync/space_sync.ts";
import type { DeviceKeys } from "../trust/device_keys.ts";
import { type Door, LOBBY_DOOR } from "../trust/door.ts";
import type { SpaceView } from "../view/view.ts";
import type { SentPlace } from "../wire/message.ts";
import { Chat } from "./chat.ts";
import { Getting } from "./getting.ts";
import type { Likenesses } from "./likenesses.ts";
import type { Members } from "./members.ts";
import { Notebook } from "./notebook.ts";
import type { Parts } from "./parts.ts";
import { People } from "./people.ts";
import { Places } from "./places.ts";
import type { Profile } from "./profile.ts";
import { ResetPace } from "./reset_pace.ts";
import { inSpace, type Tell } from "./tell.ts";

/** What every {@linkcode Space} of a node needs. */
export interface SpaceParts {
  readonly keys: DeviceKeys;
  readonly store: Store;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly steady: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly profile: Profile;
  readonly likenesses: Likenesses;
  readonly tell: Tell;
  /** What peers sent could not be written. */
  readonly onFault: (error: StoreError) => void;
  /** Something was written, whoever made it. */
  readonly onWritten: () => void;
  readonly onDispute: (space: Space, dispute: Dispute) => void;
  /** A document was made anew. */
  readonly onReset: (space: Space, doc: DocId, reset: Reset) => void;
  /** This device writes elsewhere too. */
  readonly onClone: () => void;
}

/** One space at this node: its chat, notes and people, kept in step with all who share it. */
export class Space implements SharedSpace {
  readonly space: SpaceId;
  readonly chat: Chat;
  readonly notebook: Notebook;
  readonly people: People;
  readonly places: Places;
  readonly replica: Replica;
  readonly sync: SpaceSync;
  /** `null` in the lobby, which is open to all. */
  readonly members: Members | null;
  readonly #parts: SpaceParts;
  readonly #getting: Getting;
  readonly #compaction: Compaction;
  #place: SentPlace | null = null;
  #told = "";
  /** Of many documents tabs are told once. */
  readonly #resets: ResetPace;

  constructor(space: SpaceId, members: Members | null, parts: SpaceParts) {
    this.space = space;
    this.members = members;
    this.#parts = parts;
    const { keys, store, documents, clock, steady, log, random } = parts;
    this.replica = new Replica({
      ...{ space, signer: keys, store, documents, clock, log },
      onFault: parts.onFault,
      onSecured: () => parts.onWritten(),
      ...(members ? { rights: (author: PeerId) => members.rights(author) } : {}),
    });
    this.#resets = new ResetPace(steady, () => this.reset());
    this.#getting = new Getting(steady, () => this.tellView());
    this.sync = new SpaceSync({
      replica: this.replica,
      store,
      signer: keys,
      clock: steady,
      wall: clock,
      log,
      admits: (peer) => this.admits(peer),
      onPresence: (peer, presence) => this.#watch(this.places.heard(peer, presence?.place ?? null)),
      onHeld: (_peer, ranges) => this.chat.held(ranges),
      onHere: (peer, here) => {
        remember(log, () => store.seen.set(peer, clock.now()));
        this.people.setHere(peer, here);
      },
      onProgress: (peer, progress) => this.#getting.set(peer, progress),
      onFault: parts.onFault,
    });
    const own: Parts = {
      ...{ space, self: keys.peer, store, documents, replica: this.replica },
      ...{ clock, random, log, tell: inSpace(parts.tell, space) },
    };
    this.chat = new Chat(own);
    this.notebook = new Notebook(own, steady);
    this.people = new People(own, { ...parts, roles: members });
    this.places = new Places(own, (place) => {
      this.#place = place;
      this.present();
    });
    this.replica.onCommit((committed) => {
      // What peers sent comes to the disk later.
      if (committed.local) parts.onWritten();
      this.#committed(committed);
    });
    this.replica.onDispute((dispute) => parts.onDispute(this, dispute));
    this.replica.onClone(() => parts.onClone());
    const { replica } = this;
    this.#compaction = new Compaction({ replica, store, documents, clock, steady, log });
    this.present();
  }

  /** The space's membership log. */
  get log(): MembershipLog | null {
    return this.members?.log ?? null;
  }

  doors(): readonly Door[] {
    return this.members?.doors() ?? [LOBBY_DOOR];
  }

  admits(peer: PeerId): boolean {
    return this.members?.admits(peer) ?? true;
  }

  meets(peer: PeerId): boolean {
    return this.members?.meets(peer) ?? true;
  }

  view(): SpaceView {
    const { space, members, chat } = this;
    const peer = members?.isDirect ? members.other : null;
    return {
      id: space,
      name: members === null ? "Lobby" : peer ? this.people.view(peer).name : members.name,
      kind: members === null ? "lobby" : members.isDirect ? "direct" : "private",
      role: members === null ? "member" : members.role(this.#parts.keys.peer),
      unread: chat.unread(),
      unheard: members?.unheard().length ?? 0,
      peer,
      progress: this.#getting.view,
    };
  }

  /** Tells tabs of the space if its view is another one than was told last. */
  tellView(): void {
    const view = this.view();
    const told = JSON.stringify(view);
    if (told === this.#told) return;
    this.#told = told;
    this.#parts.tell({ type: "space", view });
  }

  /** Much is different: tabs that show the space ask for it anew. */
  reset(): void {
    this.chat.reset();
    inSpace(this.#parts.tell, this.space)({ type: "reset" });
    this.tellView();
  }

  /** Says to all who share the space who this person is and where. */
  present(): void {
    const { name } = this.#parts.profile.view();
    this.sync.setPresence({ name, place: this.#place });
  }

  /**
   * Brings to an end what an earlier run left undone, and writes this person into the space.
   *
   * @throws {StoreError | DocumentFault} when that cannot be done now.
   */
  async prepare(): Promise<void> {
    await this.replica.prepare();
    await this.people.introduce();
  }

  /**
   * What could not be written can be now: it is asked for again.
   *
   * @throws {StoreError} if it cannot after all.
   */
  async recover(): Promise<void> {
    this.sync.recover();
    await this.replica.recover();
    await this.people.introduce();
  }

  /** Ends it; resolves when nothing is under way. The links are closed before. */
  async close(): Promise<void> {
    this.#resets.close();
    await this.#compaction.close();
    await this.sync.close();
    this.#getting.close();
    this.notebook.close();
    await this.replica.close();
  }

  #committed(committed: Committed): void {
    const { doc, changed, reset } = committed;
    if (reset) return this.#wasReset(doc, reset);
    // People first, so that a tab knows who wrote.
    this.people.committed(changed);
    // What comes as a whole is too much to be told one by one.
    if (committed.sealed && changed.messages.length > 0) {
      this.chat.saw(changed);
      this.#resets.take();
    } else {
      this.chat.committed(changed);
    }
    this.notebook.committed(committed);
    if (changed.messages.length > 0 || changed.people.size > 0) this.tellView();
  }

  #wasReset(doc: DocId, reset: Reset): void {
    this.#parts.onReset(this, doc, reset);
    this.#resets.take();
  }

  /** Presence is worth no more than a line in the log. */
  #watch(work: Promise<void>): void {
    work.catch((error) =>
      this.#parts.log("debug", "Cannot show where a person is", { error: String(error) })
    );
  }
}

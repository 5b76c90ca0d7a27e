import assert from "node:assert/strict";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { parseActorId } from "../../core/base/ids.ts";
import { StoreError } from "../../core/store/store_error.ts";
import type { Top } from "../../core/store/logs.ts";
import type { Commits, Committed } from "../../core/sync/commits.ts";
import { SECURE_MS, Securing, type SecuringParts } from "../../core/sync/securing.ts";
import { EMPTY_DIGEST, SpaceVectors } from "../../core/sync/space_vectors.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { FakeClock } from "../fakes/clock.ts";
import { turn } from "../fakes/turn.ts";

const DOC = segmentDoc(channelIdOf(LOBBY, "general"), 0);
const ACTOR = parseActorId("0a".repeat(16));

/** What is held, a disk that may be at fault, and what commits tell. */
class World {
  readonly clock = new FakeClock();
  readonly tops = new Map<string, Top>();
  readonly vectors = new SpaceVectors(() => new Map([[DOC, this.tops as never]]));
  readonly faults: string[] = [];
  readonly #listeners: ((committed: Committed) => void)[] = [];
  isFull = false;
  /** How far the log is on disk. */
  secured = 0;
  flushes: PromiseWithResolvers<void>[] = [];
  readonly securing: Securing;

  constructor() {
    const parts = {
      store: { secure: () => this.#secure(), flush: () => this.#flush() },
      vectors: this.vectors,
      clock: this.clock,
      onFault: ({ message }: Error) => void this.faults.push(message),
    } as unknown as SecuringParts;
    const commits = {
      listen: (listener: (committed: Committed) => void) => this.#listeners.push(listener),
    };
    this.securing = new Securing(parts, commits as unknown as Commits);
  }

  get seq(): number {
    return this.tops.get(ACTOR)?.seq ?? 0;
  }

  commit(local: boolean): void {
    this.tops.set(ACTOR, { seq: this.seq + 1, head: `${this.seq + 1}`.padStart(32, "0") });
    this.vectors.changed(DOC);
    if (local) this.secured = this.seq;
    for (const listener of this.#listeners) listener({ local } as Committed);
  }

  #secure(): void {
    if (this.isFull) throw new StoreError("full", "the disk is full");
    this.secured = this.seq;
  }

  #flush(): Promise<void> {
    const flush = Promise.withResolvers<void>();
    this.flushes.push(flush);
    return flush.promise;
  }
}

Deno.test("HELD-4: what peers sent is on disk before its digest is said", () => {
  const world = new World();
  world.commit(false);
  assert.equal(world.secured, 0);
  assert.deepEqual(world.securing.digest(), world.vectors.digest());
  assert.equal(world.secured, 1);
});

Deno.test("HELD-4: while the disk is at fault the digest stays, lists are not said, and the fault is told", () => {
  const world = new World();
  world.isFull = true;
  assert.deepEqual(world.securing.digest(), EMPTY_DIGEST);
  world.isFull = false;
  world.commit(false);
  const before = world.securing.digest();
  world.isFull = true;
  world.commit(false);
  assert.notDeepEqual(world.vectors.digest(), before);
  assert.deepEqual(world.securing.digest(), before);
  assert.equal(world.securing.now(), false);
  assert.throws(() => [...world.securing.before([new Uint8Array(1)])], /not on disk/);
  assert.deepEqual(world.faults, Array(4).fill("the disk is full"));
  world.isFull = false;
  assert.deepEqual(world.securing.digest(), world.vectors.digest());
  assert.equal([...world.securing.before([new Uint8Array(1)])].length, 1);
});

Deno.test("HELD-4: each message of a list is said when what it is about is on disk", () => {
  const world = new World();
  const list = function* () {
    for (let i = 0; i < 3; i++) {
      world.commit(false);
      yield Uint8Array.of(world.seq);
    }
  };
  for (const [seq] of world.securing.before(list())) assert.equal(world.secured, seq);
});

Deno.test("HELD-4: what peers sent is on disk before long though nobody asks, many commits with one sync", async () => {
  const world = new World();
  for (let i = 0; i < 5; i++) world.commit(false);
  world.clock.advance(SECURE_MS - 1);
  assert.equal(world.flushes.length, 0);
  world.clock.advance(1);
  assert.equal(world.flushes.length, 1);
  assert.equal(world.secured, 0, "it is brought there while others go on");
  world.commit(false);
  world.flushes[0]?.resolve();
  await turn();
  assert.equal(world.secured, 6);
  world.clock.advance(2 * SECURE_MS);
  assert.equal(world.flushes.length, 1, "nothing is left to be done");
  world.commit(true);
  assert.equal(world.clock.waiting, 0, "what is written here is on disk at once");
});

Deno.test("securing: closed it syncs nothing more, and waits for what is under way", async () => {
  const world = new World();
  world.commit(false);
  world.clock.advance(SECURE_MS);
  let isClosed = false;
  const closing = world.securing.close().then(() => isClosed = true);
  await turn();
  assert.equal(isClosed, false);
  world.flushes[0]?.resolve();
  await closing;
  const other = new World();
  other.commit(false);
  await other.securing.close();
  assert.equal(other.clock.waiting, 0);
});

import assert from "node:assert/strict";
import { parsePeerId } from "../../core/base/ids.ts";
import { ConnectionCount } from "../../core/net/connection_count.ts";
import { DIAL_MS, DialFailed, raceDial, STAGGER_MS } from "../../core/net/dial_race.ts";
import type { OpenLink } from "../../core/net/open_link.ts";
import type { Connection } from "../../core/net/transport.ts";
import { type Door, doorOf, LOBBY_DOOR } from "../../core/trust/door.ts";
import { FakeClock } from "../fakes/clock.ts";
import { openFakeLink } from "../fakes/fake_link.ts";
import { seededBytes } from "../fakes/random.ts";
import { settle } from "../fakes/settle.ts";
import { FakeNetwork } from "../fakes/transport.ts";

const [SELF, OTHER] = ["5", "7"].map((digit) => parsePeerId(digit.repeat(64))) as [never, never];

/** A dialling host "a" and a network where the other node has the addresses b1, b2 and b3. */
class Race {
  readonly clock = new FakeClock();
  readonly network = new FakeNetwork();
  readonly count = new ConnectionCount();
  readonly abort = new AbortController();
  readonly accepted: Connection[] = [];
  readonly host = this.network.host("a");
  shaking = 0;
  mostShaking = 0;

  async run(
    addresses: string[],
    answers: (connection: Connection) => void,
    doors: readonly Door[] = [LOBBY_DOOR],
  ) {
    for (const name of ["b1", "b2", "b3"]) {
      await this.network.host(name).listen([name], 1, (connection) => {
        this.accepted.push(connection);
        answers(connection);
      });
    }
    const openLink: OpenLink = async (connection, door) => {
      this.mostShaking = Math.max(this.mostShaking, ++this.shaking);
      try {
        return await openFakeLink(connection, SELF, door);
      } finally {
        this.shaking--;
      }
    };
    const { host: transport, clock, count } = this;
    const to = addresses.map((host) => ({ host, port: 1 }));
    const { signal } = this.abort;
    return await raceDial(to, { transport, openLink, doors, clock, count, signal });
  }
}

const answer = (connection: Connection) =>
  void openFakeLink(connection, OTHER, null).catch(() => {});
const silence = () => {};

Deno.test("dial race: the first address is dialled alone, the next ones each 250 ms later", async () => {
  const race = new Race();
  for (const name of ["b1", "b2"]) race.network.cut("a", name);
  const running = race.run(["b1", "b2", "b3"], answer);
  await settle();
  race.clock.advance(2 * STAGGER_MS - 1);
  await settle();
  assert.equal(race.accepted.length, 0);
  race.clock.advance(1);
  const { link, address } = await running;
  assert.equal(address.host, "b3");
  race.network.mend("a", "b1");
  await settle();
  assert.equal(race.accepted.length, 1, "the others were given up");
  link.close("done");
});

Deno.test("dial race: a refusal starts the next at once", async () => {
  const race = new Race();
  const { link, address, release } = await race.run(["nobody", "b1"], answer);
  assert.equal(address.host, "b1");
  link.close("done");
  release();
  await settle();
  assert.equal(race.network.openSides, 0);
  assert.equal(race.clock.waiting, 0);
});

Deno.test("dial race: handshakes go one at a time, so the other side never sees two links", async () => {
  const race = new Race();
  const running = race.run(["b1", "b2", "b3"], silence);
  for (let i = 0; i < 4; i++) {
    await settle();
    race.clock.advance(STAGGER_MS);
  }
  await settle();
  assert.equal(race.accepted.length, 3);
  assert.equal(race.mostShaking, 1);
  answer(race.accepted[0]!);
  const { link } = await running;
  assert.equal(race.mostShaking, 1, "the two that waited are closed without a word");
  link.close("done");
});

Deno.test("dial race: when all fail, each reason is told", async () => {
  const race = new Race();
  race.network.cut("a", "b1");
  const running = race.run(["b1", "nobody"], answer);
  const failed = assert.rejects(running, (error) => {
    assert.ok(error instanceof DialFailed);
    assert.equal(error.reasons.length, 2);
    assert.match(error.message, /b1:1: no answer/);
    return true;
  });
  for (let ms = 0; ms < DIAL_MS; ms += 250) {
    await settle();
    race.clock.advance(250);
  }
  await failed;
  assert.equal(race.clock.waiting, 0);
});

Deno.test("dial race: aborting ends it, also in the middle of a handshake", async () => {
  const race = new Race();
  const running = race.run(["b1"], silence);
  const failed = assert.rejects(running, DialFailed);
  await settle();
  assert.equal(race.shaking, 1);
  race.abort.abort();
  await failed;
  for (const connection of race.accepted) connection.close();
  assert.equal(race.network.openSides, 0);
  await assert.rejects(() => race.run(["b1"], silence), DialFailed);
  await assert.rejects(() => race.run([], silence), DialFailed);
});

Deno.test("dial race: the next door is tried at once, on another connection to the same address", async () => {
  const race = new Race();
  const own = ["club", "choir", "crew"].map((name, index) => doorOf(seededBytes(index)(32), name));
  const opens = (connection: Connection) =>
    void openFakeLink(connection, OTHER, null, own.slice(2)).catch(() => {});
  const { link, address, release } = await race.run(["b1", "b2"], opens, own);
  assert.equal(link.door.name, "crew");
  assert.equal(address.host, "b1");
  assert.equal(race.accepted.length, own.length);
  assert.equal(race.mostShaking, 1);
  link.close("done");
  release();
  await settle();
  assert.equal(race.network.openSides, 0);
  assert.equal(race.clock.waiting, 0);
});

Deno.test("dial race: a machine that does not answer at all is not tried for each door", async () => {
  const race = new Race();
  const own = [LOBBY_DOOR, doorOf(seededBytes(1)(32), "club")];
  await assert.rejects(race.run(["nobody"], answer, own), (error) => {
    assert.ok(error instanceof DialFailed);
    assert.equal(error.errors.length, 1);
    return true;
  });
  const silent = new Race();
  const running = silent.run(["b1"], silence, own);
  await settle();
  silent.abort.abort();
  await assert.rejects(running, DialFailed);
  assert.equal(silent.accepted.length, 1);
  for (const connection of silent.accepted) connection.close();
});

import assert from "node:assert/strict";
import { type MessageId, parseMessageId, parsePeerId } from "../../core/base/ids.ts";
import { MAX_AHEAD_MS } from "../../core/base/limits.ts";
import {
  displayTime,
  messageAuthorPrefix,
  messageBelongs,
  MessageClock,
  messageTime,
} from "../../core/doc/message_id.ts";
import { seededUnit } from "../fakes/random.ts";

const ANN = parsePeerId("0a".repeat(32));
const BEN = parsePeerId("0b".repeat(32));

class Wall {
  constructor(public time: number) {}
  now(): number {
    return this.time;
  }
}

function idAt(ms: number, counter = 0): MessageId {
  const head = ms.toString(16).padStart(12, "0") + counter.toString(16).padStart(4, "0");
  return parseMessageId(`${head}${BEN.slice(0, 16)}`);
}

Deno.test("MSG-1: a message id is time, counter and author (vector)", () => {
  const id = new MessageClock(ANN, new Wall(1_700_000_000_000)).next();
  assert.equal(id, "018bcfe5680000000a0a0a0a0a0a0a0a");
  assert.equal(parseMessageId(id), id);
  assert.equal(messageTime(id), 1_700_000_000_000);
  assert.equal(messageAuthorPrefix(id), "0a".repeat(8));
  assert.ok(messageBelongs(id, ANN));
  assert.equal(messageBelongs(id, BEN), false);
});

Deno.test("MSG-2: ids rise, whatever the machine's clock does", () => {
  const wall = new Wall(1_700_000_000_000);
  const clock = new MessageClock(ANN, wall);
  const unit = seededUnit(1);
  let last = clock.next();
  for (let i = 0; i < 200_000; i++) {
    if (unit() < 0.001) wall.time += Math.floor((unit() - 0.5) * 10_000);
    const next = clock.next();
    assert.ok(next > last, `${next} after ${last}`);
    last = next;
  }
});

Deno.test("MSG-2: a full counter goes on in the next millisecond", () => {
  const clock = new MessageClock(ANN, new Wall(1000));
  clock.saw(idAt(1000, 0xfffe));
  assert.equal(clock.next().slice(0, 16), "0000000003e8ffff");
  assert.equal(clock.next().slice(0, 16), "0000000003e90000");
});

Deno.test("MSG-2: an answer is above what it answers, though its author's clock is behind", () => {
  const ann = new MessageClock(ANN, new Wall(1_000_000));
  const ben = new MessageClock(BEN, new Wall(1_000_000 - 60_000));
  const question = ann.next();
  ben.saw(question);
  const answer = ben.next();
  assert.ok(answer > question);
  ben.saw(idAt(5));
  assert.ok(ben.next() > answer, "an old one changes nothing");
});

Deno.test("hostile 22, MSG-3: a clock too far ahead drags nobody along, and is shown as it came", () => {
  const wall = new Wall(1_700_000_000_000);
  const clock = new MessageClock(ANN, wall);
  clock.saw(idAt(wall.time + MAX_AHEAD_MS + 1));
  clock.saw(idAt(2 ** 48 - 1, 0xffff));
  assert.equal(messageTime(clock.next()), wall.time);
  clock.saw(idAt(wall.time + MAX_AHEAD_MS));
  assert.equal(messageTime(clock.next()), wall.time + MAX_AHEAD_MS);

  const received = wall.time;
  assert.equal(displayTime(idAt(received + MAX_AHEAD_MS), received), received + MAX_AHEAD_MS);
  assert.equal(displayTime(idAt(received + MAX_AHEAD_MS + 1), received), received);
  assert.equal(displayTime(idAt(0), received), 0);
});

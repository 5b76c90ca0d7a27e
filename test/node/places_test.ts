import assert from "node:assert/strict";
import { parseNoteId } from "../../core/base/ids.ts";
import type { Parts } from "../../core/node/parts.ts";
import { Places } from "../../core/node/places.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { Event } from "../../core/view/event.ts";
import { deviceKeys } from "../fakes/device.ts";
import { settle } from "../fakes/settle.ts";

const note = parseNoteId("0e".repeat(16));

Deno.test("places: cursors that move while others are looked up are looked up once, at last", async () => {
  const answers: (() => void)[] = [];
  const told: Event[] = [];
  const parts = {
    space: LOBBY,
    store: { registers: { note: () => ({ id: note }) } },
    documents: {
      resolve: async (_key: string, cursors: readonly string[]) => {
        await new Promise<void>((resolve) => answers.push(resolve));
        return { heads: [], positions: cursors.map(Number) };
      },
    },
    tell: (event: Event) => told.push(event),
  } as unknown as Parts;
  const places = new Places(parts, () => {});
  const { peer } = deviceKeys(1);
  const heard = Array.from({ length: 100 }, (_, at) => {
    const cursor = String(at);
    return places.heard(peer, { type: "note", note, anchor: cursor, head: cursor });
  });
  assert.equal(answers.length, 1);
  for (let answered = 0; answered < answers.length; answered++) {
    answers[answered]?.();
    await settle();
  }
  await Promise.all(heard);
  assert.equal(answers.length, 2);
  assert.deepEqual(told.at(-1), {
    type: "cursors",
    note,
    heads: [],
    cursors: [{ peer, anchor: 99, head: 99 }],
  });
});

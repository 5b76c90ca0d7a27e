import { startAutomerge } from "../../core/doc/automerge.ts";
import { Store } from "../../core/store/store.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { Event } from "../../core/view/event.ts";
import type { NoteView } from "../../core/view/view.ts";
import { loopback } from "../e2e/place.ts";
import { RunningNode } from "../e2e/running_node.ts";
import { Tab } from "../e2e/tab.ts";
import { sealedNote } from "../fakes/sealed_note.ts";
import { pause, report, spread } from "./stats.ts";

const KEYSTROKES = 100;
/** Mean of the exponentially distributed time between two keystrokes, in milliseconds. */
const GAP_MS = 150;

/**
 * A note with a history of so many edits: how long it takes to open where it has just come from another node, and
 * after a start; until the first keystroke is saved, and until a keystroke is in the text of a tab at the other node,
 * alone and while forty messages a second are posted; and how long these wait meanwhile.
 */
export async function benchNote(folder: string, edits: number): Promise<void> {
  await startAutomerge();
  const [ann, ben] = [`${folder}/note-${edits}-ann`, `${folder}/note-${edits}-ben`];
  const note = await makeNote(ben, edits);
  const firstOpen = await openArrived(ann, ben, note);
  await using a = await RunningNode.start(loopback, ann);
  await using b = await RunningNode.start(loopback, ben);
  await b.linkedTo(a.ready.peer);
  using from = await Tab.open(a.ready.url);
  using to = await Tab.open(b.ready.url);
  using chat = await Tab.open(a.ready.url);
  const place = { space: LOBBY, note: note.id };

  const calm = await postUntil(chat, pause(20 * GAP_MS));
  const start = performance.now();
  const opening = from.ask({ type: "note.open", ...place });
  const duringOpen = postUntil(chat, opening);
  let { heads } = await opening;
  const open = performance.now() - start;
  const stroke = { at: 5, remove: 0, insert: "x" };
  const first = performance.now();
  ({ merged: { heads } } = await from.ask({
    type: "note.edit",
    ...place,
    heads,
    splices: [stroke],
  }));
  const firstEdit = performance.now() - first;

  let shown = await to.ask({ type: "note.open", ...place });
  const type = async () => {
    const [saved, seen]: [number[], number[]] = [[], []];
    for (let i = 0; i < KEYSTROKES; i++) {
      await pause(GAP_MS);
      const arrived = textEvent(to);
      const start = performance.now();
      const edited = await from.ask({ type: "note.edit", ...place, heads, splices: [stroke] });
      heads = edited.merged.heads;
      saved.push(performance.now() - start);
      await arrived;
      const { merged } = await to.ask({ type: "note.merge", ...place, heads: shown.heads });
      shown = { ...shown, heads: merged.heads };
      seen.push(performance.now() - start);
    }
    return { saved: spread(saved), seenElsewhere: spread(seen) };
  };
  const alone = await type();
  const typing = type();
  const duringTyping = await postUntil(chat, typing);
  const round = (ms: number) => Math.round(ms * 10) / 10;
  report("note", {
    unit: "ms",
    edits,
    firstOpen: round(firstOpen),
    open: round(open),
    firstEdit: round(firstEdit),
    alone,
    whilePosting: await typing,
    postMeanwhile: {
      calm: spread(calm),
      opening: spread(await duringOpen),
      typing: spread(duringTyping),
    },
  });
}

/** How long a new node takes to open a note when it has just come, in milliseconds. */
async function openArrived(data: string, from: string, { id }: NoteView): Promise<number> {
  await using node = await RunningNode.start(loopback, data);
  using tab = await Tab.open(node.ready.url);
  const arrived = textEvent(tab);
  await using holder = await RunningNode.start(loopback, from);
  await arrived;
  const start = performance.now();
  await tab.ask({ type: "note.open", space: LOBBY, note: id });
  const ms = performance.now() - start;
  await Promise.all([node.stop(), holder.stop()]);
  return ms;
}

/** Makes a note at a node and puts its history into its store. */
async function makeNote(data: string, edits: number): Promise<NoteView> {
  await using node = await RunningNode.start(loopback, data);
  using tab = await Tab.open(node.ready.url);
  const title = `${edits} edits`;
  const note = await tab.ask({ type: "note.create", space: LOBBY, title });
  await node.stop();
  const { sealed, saved } = sealedNote(LOBBY, note.id, edits);
  using store = Store.open(data);
  store.sealed.add(sealed, saved, [], Date.now());
  return note;
}

/** Posts messages one after another until something is over; gives how long each took, in milliseconds. */
async function postUntil(tab: Tab, end: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  const over = end.finally(() => isOver = true);
  const { channels } = await tab.ask({ type: "snapshot" });
  const channel = channels[0]?.id;
  if (!channel) throw new Error("Cannot measure: the node has no channel");
  const times: number[] = [];
  do {
    const start = performance.now();
    await tab.ask({ type: "message.send", space: LOBBY, channel, text: `post ${times.length}` });
    times.push(performance.now() - start);
    await pause(20);
  } while (!isOver);
  await over;
  return times;
}

/** The next time that a tab hears of a note's text. */
function textEvent(tab: Tab): Promise<void> {
  return new Promise((resolve) => {
    tab.onEvent = ({ type }: Event) => {
      if (type === "note.text") resolve();
    };
  });
}

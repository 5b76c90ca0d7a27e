import type { FakeNode } from "./node.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Puts an evening's worth of people and talk into a node. */
export function busyScene(node: FakeNode): void {
  node.self = { ...node.self, name: "Robin Lund", colour: 7 };
  node.setPerson(1, { name: "Ana Belén", colour: 0 });
  node.setPerson(2, { name: "Tomasz", colour: 4 });
  node.setPerson(3, { name: "小林 さくら", colour: 9 });
  node.setPerson(4, { name: "יעל", colour: 2 });
  node.setPerson(5, { name: "Ben", colour: 6, here: false, lastSeenAt: Date.now() - 3 * HOUR });
  node.setPerson(6, { name: "Ben", colour: 11, here: false, lastSeenAt: Date.now() - 4 * DAY });
  node.addChannel("plans");
  node.addChannel("kitchen-and-coffee");
  node.addNote("Shopping for Friday", "- bread\n- olives\n");
  node.addNote("Cabin: who brings what");
  node.say(5, "general", "The projector is in the small room, the cable is *not*.", 26 * HOUR);
  node.say(2, "general", "I have a spare HDMI cable, will bring it.", 26 * HOUR - MINUTE);
  node.say(1, "general", "Train is late, start without me", 3 * HOUR);
  node.say(1, "general", "should be there by **18:40** if nothing else happens", 3 * HOUR - MINUTE);
  node.say(0, "general", "No rush. We keep notes in the shared note anyway.", 2.9 * HOUR, 4);
  node.say(3, "general", "了解です。会議室は二階の左側です。", 2.8 * HOUR);
  node.say(4, "general", "אני מביאה קפה, מישהו רוצה משהו? (espresso)", 2.7 * HOUR);
  node.say(
    2,
    "general",
    "Build notes for tomorrow:\n```\ndeno task ok\ndeno task bench\n```",
    80 * MINUTE,
  );
  node.say(2, "general", "see https://example.org/agenda?day=2 for the rest", 79 * MINUTE);
  node.say(0, "general", "Thanks! I will read it `before` lunch.", 12 * MINUTE, 3);
  node.say(
    0,
    "general",
    "And one more thing: the door code changed, ask me in person.",
    11 * MINUTE,
    0,
  );
  node.say(3, "general", "🎉", 5 * MINUTE);
  node.say(2, "plans", "Saturday works for me", 30 * MINUTE);
  node.say(1, "plans", "me too", 28 * MINUTE);
  node.say(5, "plans", "not before ten please", 20 * MINUTE);
  node.peers = [
    {
      peer: node.peerId(1),
      name: "Ana Belén",
      address: "192.168.1.23:50412",
      state: "linked",
      problem: null,
    },
    {
      peer: node.peerId(2),
      name: "Tomasz",
      address: "[fe80::1c2:9aff:fe31:20d4]:41873",
      state: "linked",
      problem: null,
    },
    {
      peer: null,
      name: null,
      address: "192.168.1.77:49920",
      state: "waiting",
      problem: "It does not answer: a firewall there may keep Earshot out",
    },
  ];
}

/** Several spaces: one's own, one only to read, a direct one, and one this person was removed from. */
export function spacesScene(node: FakeNode): void {
  busyScene(node);
  const garden = node.addSpace("Garden");
  garden.setPerson(1, { name: "Ana Belén", colour: 0, role: "admin", verified: true });
  garden.setPerson(2, { name: "Tomasz", colour: 4 });
  garden.setPerson(5, {
    ...{ name: "Ben", colour: 6, here: false, role: "reader" },
    lastSeenAt: Date.now() - 3 * HOUR,
  });
  garden.addChannel("compost");
  garden.addNote("Planting plan", "Beans along the fence.");
  garden.say(1, "general", "The key to the shed is under the third pot.", 2 * HOUR);
  garden.say(0, "general", "Found it. I will water on Thursday.", 110 * MINUTE, 3);
  garden.say(2, "compost", "Turned it this morning", 40 * MINUTE);
  const board = node.addSpace("House board", { role: "reader" });
  board.setPerson(3, { name: "小林 さくら", colour: 9, role: "admin" });
  board.say(3, "general", "Minutes of last week are in the notes.", 5 * HOUR);
  board.addNote("Minutes", "1. The roof");
  const ana = node.addDirect(1, "Ana Belén");
  ana.setPerson(1, { colour: 0, verified: true });
  ana.say(1, "general", "Are you coming tonight?", 15 * MINUTE);
  const old = node.addSpace("Ski trip", { role: null });
  old.setPerson(2, { name: "Tomasz", colour: 4, role: null });
  old.say(2, "general", "See you next year", 90 * DAY);
  node.addNotice("removed", "You were removed from Ski trip.", { space: old.id });
}

/** People of whom something has to be known before one trusts them. */
export function doubtScene(node: FakeNode): void {
  busyScene(node);
  const [one, other] = [node.peerId(5), node.peerId(6)];
  node.setPerson(5, { here: true, alike: [other] });
  node.setPerson(6, { here: true, alike: [one] });
  node.setPerson(1, { verified: true, replaces: node.peerId(9) });
  node.setPerson(3, { newKey: true });
  node.setPerson(2, { disputed: true, muted: true });
  node.say(5, "general", "I have the projector.", 2 * MINUTE);
  node.say(6, "general", "No, I have the projector.", MINUTE);
  node.say(3, "general", "Please send me the door code.", MINUTE / 2);
  node.addNotice(
    "equivocation",
    "Tomasz signed two different changes for one place. One of them counts, the same on every device.",
    { peer: node.peerId(2) },
  );
  node.addNotice("note-copy", "A note as it was before a dispute was kept: Shopping for Friday.", {
    detail: "- bread\n- olives\n- candles",
  });
  node.addNotice("new-device", "This data directory was copied: this device has a new key.");
  node.addNotice("rebuilt", "All that is shown was made anew from 1,204 signed changes.");
  node.askedBy(4, "יעל");
}

/** A long history in one channel, and what strangers may try to put into a text. */
export function roughScene(node: FakeNode): void {
  busyScene(node);
  for (let i = 600; i > 0; i--) {
    node.say(1 + i % 4, "plans", `Line ${i} of an old talk`, DAY + i * 3 * MINUTE);
  }
  node.say(1, "rough", "<img src=x onerror=alert(1)> <script>alert(1)</script>", 9 * MINUTE);
  node.say(2, "rough", "javascript:alert(1) data:text/html,x http://a.b/<b>", 8 * MINUTE);
  node.say(
    3,
    "rough",
    "H" + "\u0300\u0301\u0302\u0316\u0317".repeat(60) + " stacked marks",
    7 * MINUTE,
  );
  node.say(4, "rough", "\u202eright to left override\u202c and after", 6 * MINUTE);
  node.say(1, "rough", "a line\n".repeat(2_000) + "the end", 5 * MINUTE);
  node.say(2, "rough", "x".repeat(5_000), 4 * MINUTE);
  node.say(
    3,
    "rough",
    "W".repeat(90) + " " + "https://example.org/" + "long/".repeat(60),
    3 * MINUTE,
  );
  node.setPerson(7, { name: "W".repeat(64), colour: 3 });
  node.say(7, "rough", "a name of 64 wide letters", 2 * MINUTE);
  node.say(0, "rough", "mine", MINUTE, 12);
  node.addNotice("note-copy", "<img src=x onerror=alert(1)> ".repeat(8), {
    detail: "<script>alert(1)</script> javascript:alert(1)",
  });
  const space = node.addSpace("W".repeat(64));
  space.setPerson(7, { name: "<b>".repeat(20), alike: [node.peerId(1)], newKey: true });
  space.say(7, "general", "a name of tags", MINUTE);
}

import type { Clock, Timer } from "../base/clock.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Role } from "../base/role.ts";
import type { Link } from "../net/link.ts";
import { PairingHost, type PairingTry } from "../trust/pairing.ts";
import { CODE_MS, newCode } from "../trust/pairing_code.ts";
import { RefusedError } from "../view/api.ts";
import type { CodeView } from "../view/view.ts";
import type { NodeMessage, PairMessage, RefusedMessage } from "../wire/message.ts";
import { identityOf } from "./identity.ts";
import type { Members } from "./members.ts";
import type { Notices } from "./notices.ts";
import type { Tell } from "./tell.ts";

/** What {@linkcode CodeHost} needs. */
export interface CodeHostParts {
  readonly self: PeerId;
  readonly notices: Notices;
  /** The wall clock. */
  readonly clock: Clock;
  /** Nobody sets it. */
  readonly steady: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly tell: Tell;
  readonly links: () => readonly Link[];
  readonly send: (link: Link, message: NodeMessage) => void;
  /** Sends the log of a space to a peer that was let in. */
  readonly offer: (peer: PeerId, space: SpaceId) => void;
  /** The door for codes is open now, or closed. */
  readonly onChange: () => void;
}

interface Shown {
  readonly members: Members;
  readonly role: Role;
  readonly pairing: PairingHost;
  timer: Timer;
  readonly tries: Map<Link, PairingTry>;
}

/** How long the last try may take, in milliseconds. */
export const LAST_TRY_MS = 10_000;

const NOTHING = new Uint8Array(0);

/** Shows a code, and lets in who types it. */
export class CodeHost {
  readonly #parts: CodeHostParts;
  #shown: Shown | null = null;

  constructor(parts: CodeHostParts) {
    this.#parts = parts;
  }

  get isShown(): boolean {
    return this.#shown !== null;
  }

  view(): CodeView | null {
    if (!this.#shown) return null;
    const { members, pairing } = this.#shown;
    const { code, expiresAt, triesLeft } = pairing;
    return { space: members.log.space, code, expiresAt, tries: triesLeft };
  }

  /** Shows a code, in place of one that is shown. */
  show(members: Members, { role = "member" }: { role?: Role }): CodeView {
    const { clock, steady, random, onChange } = this.#parts;
    if (members.isDirect) throw new RefusedError("A private space of two takes nobody else in");
    members.must("join");
    this.#shown?.timer.cancel();
    const pairing = new PairingHost(newCode(random), clock.now() + CODE_MS, random);
    const timer = steady.after(CODE_MS, () => this.hide());
    this.#shown = { members, role, pairing, timer, tries: new Map() };
    const view = this.#tell();
    onChange();
    if (!view) throw new Error("Cannot show a code: it is over already");
    return view;
  }

  /** Shows none any more. */
  hide(): void {
    if (!this.#shown) return;
    this.#shown.timer.cancel();
    this.#shown = null;
    this.#tell();
    this.#parts.onChange();
  }

  /** A peer is linked: it is told whether a code is shown. */
  linked(link: Link): void {
    if (this.#shown) this.#parts.send(link, this.#announcement());
  }

  /** Takes what a peer says. */
  received(link: Link, { step, bytes }: PairMessage): void {
    if (step === "start") this.#start(link, bytes);
    else if (step === "confirm") this.#confirm(link, bytes);
  }

  close(): void {
    this.#shown?.timer.cancel();
    this.#shown = null;
  }

  #start(link: Link, bytes: Uint8Array): void {
    const { self, clock, send } = this.#parts;
    const sides = { guest: link.peer, host: self, binding: link.binding };
    const begun = this.#shown?.pairing.answer(bytes, sides, clock.now());
    if (!begun) return this.#refuse(link, "over");
    this.#shown?.tries.set(link, begun);
    if (this.#shown?.pairing.triesLeft === 0) this.#awaitLast(this.#shown);
    this.#tell();
    send(link, { type: "pair", step: "reply", bytes: begun.message });
  }

  #confirm(link: Link, tag: Uint8Array): void {
    const shown = this.#shown;
    const begun = shown?.tries.get(link);
    if (!shown || !begun) return this.#refuse(link, "over");
    shown.tries.delete(link);
    const { space } = shown.members.log;
    const payload = Uint8Array.fromHex(space);
    const answer = begun.confirm(tag, payload);
    if (!answer) return this.#wrong(link, shown);
    const { log, send, offer } = this.#parts;
    const { members, role } = shown;
    try {
      if (!members.role(link.peer)) members.letIn(identityOf(link), role, null);
    } catch (error) {
      log("warn", "Cannot let somebody in", { peer: link.peer, error: String(error) });
      this.#refuse(link, members.isFull ? "full" : "over");
      return this.hide();
    }
    log("info", "Let somebody in by a code", { peer: link.peer, space });
    send(link, { type: "pair", step: "done", bytes: new Uint8Array([...answer, ...payload]) });
    offer(link.peer, space);
    this.hide();
  }

  /** All tries are made: the code ends, unless one of those that go on is right after all. */
  #awaitLast(shown: Shown): void {
    shown.timer.cancel();
    shown.timer = this.#parts.steady.after(LAST_TRY_MS, () => this.#exhausted(shown));
  }

  #wrong(link: Link, shown: Shown): void {
    this.#parts.log("warn", "A code was typed wrong", { peer: link.peer });
    if (shown.pairing.triesLeft > 0 || shown.tries.size > 0) {
      this.#tell();
      return this.#refuse(link, "wrong");
    }
    this.#refuse(link, "over");
    this.#exhausted(shown);
  }

  #exhausted({ members }: Shown): void {
    this.hide();
    this.#parts.notices.add({
      kind: "refused",
      space: members.log.space,
      text:
        `The code for “${members.name}” was typed wrong too often and has ended. Look who is near, ` +
        "and show a new one",
    });
  }

  #refuse(link: Link, reason: RefusedMessage["reason"]): void {
    this.#parts.send(link, { type: "refused", what: "pair", reason });
  }

  /** Tells tabs and peers. */
  #tell(): CodeView | null {
    const { tell, links, send } = this.#parts;
    const view = this.view();
    tell({ type: "code", code: view });
    const announcement = this.#announcement();
    for (const link of links()) send(link, announcement);
    return view;
  }

  /** That a code is shown, and how many tries are left, which is no secret; or that none is. */
  #announcement(): PairMessage {
    return this.#shown
      ? { type: "pair", step: "shown", bytes: new Uint8Array([this.#shown.pairing.triesLeft]) }
      : { type: "pair", step: "hidden", bytes: NOTHING };
  }
}

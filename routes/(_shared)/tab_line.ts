import type { SpaceId } from "../../core/base/ids.ts";
import type { NodeApi } from "../../core/view/api.ts";
import type { Response as Reply } from "../../core/view/command.ts";
import type { Told } from "../../core/view/event.ts";
import { parseRequest } from "../../core/view/parse_request.ts";
import { answer } from "./answer.ts";

/** What a tab may leave unread, in bytes, before it is cut off. */
export const MAX_UNREAD_BYTES = 8 * 1024 * 1024;
/** Requests of one tab that are under way at once. */
export const MAX_UNDER_WAY = 256;

// RFC 6455 §7.4.1
const UNSUPPORTED = 1003;
const VIOLATION = 1008;
const FAILED = 1011;
const TRY_AGAIN = 1013;

/** The part of a WebSocket that a line needs. */
export type LineSocket = Pick<WebSocket, "send" | "close" | "bufferedAmount" | "readyState">;

const OPEN = 1;

/** The node's end of a tab's WebSocket: reads requests, sends answers and what happens. */
export class TabLine {
  readonly #node: NodeApi;
  readonly #socket: LineSocket;
  #underWay = 0;
  #stop: (() => void) | null = null;
  /** The space in which this tab said where its person is, or `null`. */
  #placed: SpaceId | null = null;

  constructor(node: NodeApi, socket: LineSocket) {
    this.#node = node;
    this.#socket = socket;
  }

  /** Tells the tab what happens from now on. */
  opened(): void {
    this.#stop = this.#node.subscribe((event) => this.#send({ event }));
  }

  /**
   * Takes one message of the tab.
   *
   * @throws what the node throws beside refusals and faults; the socket is closed then.
   */
  async received(data: unknown): Promise<void> {
    if (typeof data !== "string") return this.#socket.close(UNSUPPORTED, "Send text");
    const parsed = parseRequest(data);
    if (parsed.type === "refusal") {
      const { id, refusal } = parsed;
      if (id === null) this.#socket.close(VIOLATION, refusal.text);
      else this.#send({ id, refusal });
      return;
    }
    if (this.#underWay >= MAX_UNDER_WAY) {
      return this.#socket.close(VIOLATION, "Too many requests at once");
    }
    this.#underWay++;
    const { command } = parsed.request;
    if (command.type === "place.set") this.#placed = command.place && command.space;
    try {
      this.#send(await answer(this.#node, parsed.request));
    } catch (error) {
      // A defect of the node: the tab connects again and may ask again.
      this.#socket.close(FAILED, "The node failed");
      throw error;
    } finally {
      this.#underWay--;
    }
  }

  /** Ends what the tab is told. A person whose tab is gone types nowhere. */
  async closed(): Promise<void> {
    this.#deafen();
    const space = this.#placed;
    if (!space) return;
    this.#placed = null;
    await this.#node.execute({ type: "place.set", space, place: null }, crypto.randomUUID());
  }

  #deafen(): void {
    this.#stop?.();
    this.#stop = null;
  }

  #send(message: Reply | Told): void {
    if (this.#socket.readyState !== OPEN) return;
    if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) {
      this.#deafen();
      return this.#socket.close(TRY_AGAIN, "The tab does not read");
    }
    this.#socket.send(JSON.stringify(message));
  }
}

/** Two nodes in this process and a page with one note for each: the real editor on fake nodes. */
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { asset } from "fresh/runtime";
import { type NoteId, parseNoteId, parsePeerId, type PeerId } from "../../core/base/ids.ts";
import { RefusedError } from "../../core/view/api.ts";
import type { Command, Request } from "../../core/view/command.ts";
import type { CursorView, NoteView, PersonView } from "../../core/view/view.ts";
import { unknownPerson } from "../../core/view/people_words.ts";
import { cleanName } from "../../core/view/words.ts";
import { FakeNoteNode, NOTE_SPACE } from "../fakes/note_node.ts";
import { LOBBY_VIEW, snapshot } from "../fakes/views.ts";
import { ROOT, type Served, serveGuarded } from "../web/site.ts";
import NoteBenchIsland from "./note_bench/islands/NoteBench.tsx";

const NOTE: NoteId = parseNoteId("0e".repeat(16));

/** One node with its people and its own address. */
export class BenchNode {
  readonly note: FakeNoteNode;
  /** Nobody is let in while it is down. */
  down = false;
  view: NoteView = { id: NOTE, title: "Plans", changedAt: 0 };
  /** Where the person is: Automerge's cursors of anchor and head. */
  at: string[] = [];
  readonly sockets = new Set<WebSocket>();
  readonly peer: PeerId;

  constructor(readonly bench: NoteBench, readonly index: number, readonly name: string) {
    this.note = new FakeNoteNode(NOTE, index);
    this.peer = parsePeerId(`${index + 1}`.repeat(64));
    this.note.listen((event) => {
      for (const socket of this.sockets) socket.send(JSON.stringify({ event }));
    });
  }

  /** Ends its connections, as a restart does. */
  restart(): void {
    for (const socket of this.sockets) socket.close();
  }

  answer({ id, command }: Request): unknown {
    try {
      return { id, answer: this.#execute(id, command) };
    } catch (error) {
      if (!(error instanceof RefusedError || error instanceof RangeError)) throw error;
      return { id, refusal: { code: "refused", text: error.message } };
    }
  }

  #execute(id: string, command: Command): unknown {
    switch (command.type) {
      case "snapshot": {
        const people = this.bench.nodes.filter((node) => node !== this)
          .map(({ peer, name, index }): PersonView => ({
            ...unknownPerson(peer),
            ...{ name, colour: index * 4, here: true },
          }));
        const space = { ...LOBBY_VIEW, id: NOTE_SPACE };
        return snapshot({ spaces: [space], space, notes: [this.view], people });
      }
      case "note.rename":
        this.view = { ...this.view, title: cleanName(command.title) };
        this.note.say({ type: "note", space: NOTE_SPACE, note: this.view });
        return this.view;
      case "note.merge":
        return { ...this.note.execute(id, command) as object, cursors: this.cursors() };
      case "place.set": {
        const { place } = command;
        this.at = place?.type === "note"
          ? this.note.anchor(place.heads, [place.anchor, place.head])
          : [];
        this.bench.link(this);
        return {};
      }
      case "note.edit": {
        const answer = this.note.execute(id, command);
        this.bench.link(this);
        return answer;
      }
      default:
        return this.note.execute(id, command);
    }
  }

  cursors(): CursorView[] {
    return this.bench.nodes.filter((node) => node !== this && node.at.length > 0)
      .flatMap(({ peer, at }) => {
        const [anchor, head] = this.note.resolve(at).positions;
        return typeof anchor === "number" && typeof head === "number"
          ? [{ peer, anchor, head }]
          : [];
      });
  }
}

/** Two nodes, linked unless `cut`. */
export class NoteBench implements AsyncDisposable {
  readonly nodes: BenchNode[];
  readonly #sites: Served[] = [];
  cut = false;

  private constructor() {
    this.nodes = ["Ana", "Ben"].map((name, index) => new BenchNode(this, index, name));
  }

  static async open(): Promise<NoteBench> {
    const bench = new NoteBench();
    const build = await new Builder({
      root: ROOT,
      outDir: `${ROOT}/_fresh/note_bench`,
      routeDir: "test/e2e/note_bench/routes",
      islandDir: "test/e2e/note_bench/islands",
    }).build({ snapshot: "memory" });
    for (const node of bench.nodes) {
      const app = new App().use(staticFiles())
        .get("/", (ctx) => ctx.render(<BenchPage />))
        .get("/socket", (ctx) => bench.#socket(node, ctx));
      build(app);
      bench.#sites.push(serveGuarded(app.handler()));
    }
    return bench;
  }

  url(index: number): string {
    return this.#sites[index]?.url ?? "";
  }

  /** What `from` has goes to the others. */
  link(from: BenchNode): void {
    if (this.cut) return;
    for (const node of this.nodes) {
      if (node === from) continue;
      node.note.pull(from.note);
      from.note.pull(node.note);
      const { heads } = node.note;
      node.note.say({
        type: "cursors",
        space: NOTE_SPACE,
        note: NOTE,
        heads,
        cursors: node.cursors(),
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.nodes) node.restart();
    for (const site of this.#sites) await site[Symbol.asyncDispose]();
  }

  #socket(
    node: BenchNode,
    ctx: { upgrade(): { socket: WebSocket; response: Response } },
  ): Response {
    if (node.down) return new Response(null, { status: 503 });
    const { socket, response } = ctx.upgrade();
    socket.onopen = () => node.sockets.add(socket);
    socket.onclose = () => node.sockets.delete(socket);
    socket.onmessage = ({ data }) => socket.send(JSON.stringify(node.answer(JSON.parse(data))));
    return response;
  }
}

function BenchPage() {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Note</title>
        {["tokens", "base", "controls", "note"].map((name) => (
          <link key={name} rel="stylesheet" href={asset(`/css/${name}.css`)} />
        ))}
      </head>
      <body>
        <NoteBenchIsland note={NOTE} />
      </body>
    </html>
  );
}

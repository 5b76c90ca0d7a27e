/** The passphrase of a data directory, with real processes. */
import assert from "node:assert/strict";
import { join } from "@std/path";
import { loopback } from "./place.ts";
import { denoArgs, type Ended, runMain, RunningNode } from "./running_node.ts";
import { tempFolder } from "./temp_folder.ts";

const OLD = "open sesame";
const NEW = "Käse & Brot 🧀";
const ALONE = ["--no-discovery"];
const START = ["--no-open", "--port", "0", "--json", ...ALONE, ...loopback.options];

const ended = ({ code, out, err }: Ended) => ({ code, out, err });

/** Starts a node that has nobody to ask, waits until it is ready or has ended, and stops it. */
async function tryStart(data: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = loopback.command(Deno.execPath(), denoArgs(["--data", data, ...START, ...args]), {
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env,
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  if (value !== undefined) child.kill("SIGTERM");
  await reader.cancel();
  const err = await new Response(child.stderr).text();
  const { code } = await child.status;
  return { peer: value && JSON.parse(value).peer, code, err };
}

Deno.test("a passphrase is set, asked for at each start, changed and removed", async () => {
  await using folder = await tempFolder();
  const data = join(folder.path, "data");
  const change = (verb: string, stdin?: string, ...more: string[]) =>
    runMain(loopback, ["passphrase", verb, "--data", data, ...more], stdin);

  const early = await change("set", `${OLD}\n`);
  assert.equal(early.code, 1);
  assert.match(early.err, /^No keys are in ".+" yet: start Earshot there first\n$/);
  assert.throws(() => Deno.statSync(data), Deno.errors.NotFound);

  const node = await RunningNode.start(loopback, data, ALONE);
  const { peer } = node.ready;
  const running = await change("set", `${OLD}\n`);
  assert.equal(running.code, 1);
  assert.match(running.err, /^Stop Earshot first: it runs on ".+"\n$/);
  await node.stop();

  const missing = await change("remove", `${OLD}\n`);
  assert.deepEqual(ended(missing), { code: 1, out: "", err: "No passphrase is set\n" });
  const short = await change("set", "1234567\n");
  assert.match(short.err, /^The passphrase is too short: at least 8 characters/);
  const set = await change("set", `${OLD}\n`);
  assert.deepEqual(ended(set), {
    code: 0,
    out: "Passphrase set: Earshot asks for it at each start\n",
    err: "",
  });

  const unasked = await tryStart(data, []);
  assert.deepEqual([unasked.peer, unasked.code], [undefined, 1]);
  assert.match(unasked.err, /^Cannot open the keys [^\n]*--passphrase-file FILE[^\n]*\n$/);
  const wrong = await tryStart(data, [], { EARSHOT_PASSPHRASE: NEW });
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /^[^\n]*the passphrase in EARSHOT_PASSPHRASE is wrong\n$/);
  const right = await tryStart(data, [], { EARSHOT_PASSPHRASE: OLD });
  assert.deepEqual(right, { peer, code: 0, err: "" });

  const file = join(folder.path, "pass");
  Deno.writeTextFileSync(file, `${OLD}\n${NEW}\n`);
  const changed = await change("set", undefined, "--passphrase-file", file, "--json");
  assert.deepEqual(ended(changed), { code: 0, out: '{"passphrase":true}\n', err: "" });
  const again = await change("set", undefined, "--passphrase-file", file);
  assert.equal(again.code, 1);
  assert.match(again.err, /the passphrase on the first line is wrong\n$/);
  const few = await change("set", `${NEW}\n`);
  assert.match(few.err, /^A line is missing: give the old passphrase, if one is set, and the new/);
  const many = await change("set", `${NEW}\n${OLD}\n${OLD}\n`);
  assert.match(many.err, /^There is a line too many: give the old passphrase/);

  Deno.writeTextFileSync(file, `${NEW}\n`);
  const byFile = await tryStart(data, ["--passphrase-file", file]);
  assert.deepEqual(byFile, { peer, code: 0, err: "" });
  const removed = await change("remove", `${NEW}\n`);
  assert.deepEqual([removed.code, removed.err], [0, ""]);
  assert.deepEqual(await tryStart(data, []), { peer, code: 0, err: "" });
});

/** Whether there is a `script` that runs a program in a terminal of its own. */
const noTerminal = await new Deno.Command("script", { args: ["--version"], stdout: "null" })
  .output().then(({ success }) => success ? undefined : "no script", () => "no script");

/** A program in a terminal of its own, worked by hand. */
class Terminal {
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  shown = "";

  constructor(args: readonly string[]) {
    const words = [Deno.execPath(), ...denoArgs(args)].map((arg) => `'${arg}'`);
    // Not every shell makes way by itself, and one that stays is interrupted along with the program.
    const line = `exec ${words.join(" ")}`;
    this.#child = new Deno.Command("script", {
      args: ["--quiet", "--flush", "--return", "--command", line, "/dev/null"],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#writer = this.#child.stdin.getWriter();
  }

  /** Waits until `text` is shown and types `keys` after it. */
  async answer(text: string, keys: string): Promise<void> {
    await this.#until(text);
    await this.#writer.write(new TextEncoder().encode(keys));
  }

  /** Waits for the end. */
  async ended(): Promise<number> {
    for (let read = await this.#reader.read(); !read.done; read = await this.#reader.read()) {
      this.shown += read.value;
    }
    await this.#writer.close().catch(() => {});
    return (await this.#child.status).code;
  }

  #from = 0;
  async #until(text: string): Promise<void> {
    let at: number;
    while ((at = this.shown.indexOf(text, this.#from)) < 0) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`"${text}" was never shown, but: ${this.shown}`);
      this.shown += value;
    }
    this.#from = at + text.length;
  }
}

Deno.test({
  name: `in a terminal the passphrase is typed unseen, twice, and tried three times${
    noTerminal ? ` (skipped: ${noTerminal})` : ""
  }`,
  ignore: noTerminal !== undefined,
  async fn() {
    await using folder = await tempFolder();
    const data = join(folder.path, "data");
    const { peer } = await tryStart(data, []);

    const set = new Terminal(["passphrase", "set", "--data", data]);
    await set.answer("New passphrase: ", "short\r");
    await set.answer("New passphrase: ", `${OLD}\r`);
    await set.answer("The same again: ", "something else\r");
    await set.answer("New passphrase: ", `${OLD}x\x7f\r`);
    await set.answer("The same again: ", `${OLD}\r`);
    assert.equal(await set.ended(), 0);
    assert.match(set.shown, /too short[^]*The two differ[^]*Passphrase set/);
    assert.doesNotMatch(set.shown, /sesame|something/);

    const start = new Terminal(["--data", data, ...START]);
    await start.answer("Passphrase: ", "no\r");
    await start.answer("Wrong passphrase. Try again.\r\nPassphrase: ", `${OLD}\r`);
    await start.answer(`"peer":"${peer}"`, "\x03");
    assert.equal(await start.ended(), 0);
    assert.doesNotMatch(start.shown, /sesame/);

    const wrong = new Terminal(["passphrase", "remove", "--data", data]);
    for (let tries = 0; tries < 3; tries++) await wrong.answer("Passphrase: ", "no\r");
    assert.equal(await wrong.ended(), 1);
    assert.match(wrong.shown, /3 wrong passphrases/);

    const cancelled = new Terminal(["passphrase", "remove", "--data", data]);
    await cancelled.answer("Passphrase: ", `${OLD}\x03`);
    assert.equal(await cancelled.ended(), 130);
    assert.equal((await tryStart(data, [])).code, 1);
  },
});

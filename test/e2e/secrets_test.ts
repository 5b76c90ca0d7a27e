/** What lets one in, and what opens the keys, is nowhere for other programs and users to find. */
import assert from "node:assert/strict";
import { join } from "@std/path";
import { loopback } from "./place.ts";
import { rawRequest } from "./raw_http.ts";
import { denoArgs, type Ready, runMain } from "./running_node.ts";
import { tempFolder } from "./temp_folder.ts";

const PASSPHRASE = "open sesame";
const START = ["--no-discovery", "--port", "0", "--json", "--verbose", ...loopback.options];
const notLinux = Deno.build.os !== "linux";

/** Stands in for the program that opens a browser: writes down how it was called, for all to read. */
const OPENER = `#!/bin/sh
{ printf '%s\\n' "$@"; tr '\\000' '\\n' < /proc/$$/environ; } > "$EARSHOT_TEST_SEEN"
`;

/** The command lines of everything that runs here. */
function processList(): string {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).map(({ name }) => {
    try {
      return Deno.readTextFileSync(`/proc/${name}/cmdline`);
    } catch {
      // It ended meanwhile, or may not be looked at.
      return "";
    }
  }).join("\n");
}

/** Asks the node in ways that it refuses, so that it has something to log. */
async function disturb(port: number, token: string): Promise<void> {
  const heads = [
    `GET /api/socket?t=${token} HTTP/1.1\r\nHost: 127.0.0.1:${port}`,
    `POST /api/command HTTP/1.1\r\nHost: evil.test\r\nAuthorization: Bearer ${token}`,
    `POST /api/command HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}`,
    `POST /api/browsers HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}`,
  ];
  for (const head of heads) await rawRequest(port, `${head}\r\nContent-Length: 1\r\n\r\n{`);
}

Deno.test({
  name: `hostile 33: the token and the passphrase are in no command line, environment or log${
    notLinux ? " (skipped: needs Linux)" : ""
  }`,
  ignore: notLinux,
  async fn() {
    await using folder = await tempFolder();
    const data = join(folder.path, "data");
    const bin = join(folder.path, "bin");
    const seen = join(folder.path, "seen");
    Deno.mkdirSync(bin);
    Deno.writeTextFileSync(join(bin, "xdg-open"), OPENER, { mode: 0o755 });
    assert((await new Deno.Command("mkfifo", { args: [seen] }).output()).success);
    const env = {
      PATH: `${bin}:${Deno.env.get("PATH")}`,
      DISPLAY: ":0",
      EARSHOT_TEST_SEEN: seen,
      EARSHOT_PASSPHRASE: PASSPHRASE,
    };
    const start = () =>
      loopback.command(Deno.execPath(), denoArgs(["--data", data, ...START]), {
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
        env,
      }).spawn();
    const openedBy = async () => {
      const called = Deno.readTextFile(seen);
      const child = start();
      const errors = new Response(child.stderr).text();
      const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const ready: Ready = JSON.parse((await reader.read()).value ?? "");
      const opened = await called;
      const { port, hash } = new URL(ready.url);
      const token = hash.slice("#t=".length);
      await disturb(Number(port), token);
      const list = processList();
      child.kill("SIGTERM");
      await reader.cancel();
      const { code } = await child.status;
      return { token, opened, list, code, err: await errors };
    };

    await openedBy();
    const set = await runMain(loopback, ["passphrase", "set", "--data", data], `${PASSPHRASE}\n`);
    assert.equal(set.code, 0);
    const { token, opened, list, code, err } = await openedBy();
    assert.equal(code, 0);
    assert.match(opened, /^file:\/\/.*open\.html\n/);
    assert.match(opened, /^DISPLAY=:0$/m);
    assert.match(list, /main\.ts/);
    for (const secret of [token, PASSPHRASE]) {
      assert(secret.length > 8);
      for (const [what, text] of Object.entries({ opened, list, err })) {
        assert(!text.includes(secret), `${secret} is in ${what}: ${text}`);
      }
    }
    assert.equal((Deno.statSync(join(data, "open.html")).mode ?? 0) & 0o777, 0o600);
  },
});

/// <reference lib="deno.worker" />

/** Runs as a worker, and tells what it could do that needs a permission. */
const tries: Record<string, () => unknown> = {
  read: () => Deno.readTextFileSync("deno.json"),
  list: () => [...Deno.readDirSync(".")],
  write: () => Deno.writeTextFileSync("/tmp/probe", ""),
  net: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  env: () => Deno.env.get("HOME"),
  run: () => new Deno.Command("true").outputSync(),
  sys: () => Deno.hostname(),
};

const could: string[] = [];
for (const [name, attempt] of Object.entries(tries)) {
  try {
    attempt();
    could.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) could.push(`${name}: ${error}`);
  }
}
self.postMessage(could);

import assert from "node:assert/strict";
import { join } from "node:path";
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { bundle } from "../../core/web/bundle.ts";
import { ROOT } from "./site.ts";

/** A project of one island in a folder of its own, with packages of this project. */
async function project() {
  const root = await Deno.makeTempDir();
  const at = (path: string) => join(root, path);
  for (const dir of ["islands", "lib", "node_modules"]) await Deno.mkdir(at(dir));
  for (const name of ["preact", "@preact", "devalue"]) {
    const real = await Deno.realPath(join(ROOT, "node_modules", name));
    await Deno.symlink(real, at(`node_modules/${name}`));
  }
  await Deno.writeTextFile(at("deno.lock"), "1");
  await Deno.writeTextFile(at("lib/words.ts"), `export const word: string = "first";`);
  await Deno.writeTextFile(
    at("islands/Word.tsx"),
    `import { word } from "words";
     export default function Word() { return <b>{word}{import("../lib/lazy.ts")}</b>; }`,
  );
  await Deno.writeTextFile(at("lib/lazy.ts"), `export const lazy = "later";`);
  // Written long ago: what is written while it is bundled is not kept.
  const old = new Date(Date.now() - 60_000);
  for (const path of ["lib/words.ts", "lib/lazy.ts", "islands/Word.tsx"]) {
    await Deno.utime(at(path), old, old);
  }
  return {
    root,
    at,
    out: at("out"),
    request: (mode: "development" | "production" = "production") => ({
      mode,
      root,
      entries: { "island-0": at("islands/Word.tsx") },
      imports: { words: "./lib/words.ts", preact: "npm:preact@10.29.1", "node:x": "node:x" },
    }),
    async write(path: string, text: string) {
      await Deno.writeTextFile(at(path), text);
      await Deno.utime(at(path), old, old);
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

/**
 * Bundles in a process that may read, and do nothing else: esbuild needs the environment before
 * it even starts its binary, so only a kept bundle comes back.
 */
async function withoutEsbuild(request: unknown, outDir: string): Promise<unknown> {
  const code = `
    import { bundle } from ${JSON.stringify(new URL("../../core/web/bundle.ts", import.meta.url))};
    console.log(JSON.stringify(await bundle(${JSON.stringify(request)}, ${
    JSON.stringify(outDir)
  })));`;
  const file = join(outDir, "run.ts");
  await Deno.writeTextFile(file, code);
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", `--config=${join(ROOT, "deno.json")}`, "--allow-read", file],
    stderr: "null",
  }).output();
  return success ? JSON.parse(new TextDecoder().decode(stdout)) : "refused";
}

Deno.test("a bundle has the import map's files and packages, and lazy parts of its own", async () => {
  await using site = await project();
  const scripts = await bundle(site.request(), site.out);

  const entry = scripts["island-0.js"] ?? "";
  assert.match(entry, /"first"/);
  const [, lazy = ""] = /import\("\.\/([^"]+)"\)/.exec(entry) ?? [];
  assert.match(scripts[lazy] ?? "", /"later"/);
  assert.doesNotMatch(entry, /later/);
});

Deno.test("a bundle that is kept needs no esbuild, and each change a new one", async () => {
  await using site = await project();
  await Deno.mkdir(site.out);
  assert.equal(await withoutEsbuild(site.request(), site.out), "refused");
  const scripts = await bundle(site.request(), site.out);
  assert.deepEqual(await withoutEsbuild(site.request(), site.out), scripts);

  assert.equal(await withoutEsbuild(site.request("development"), site.out), "refused");
  await site.write("deno.lock", "2");
  assert.equal(await withoutEsbuild(site.request(), site.out), "refused");
  await site.write("deno.lock", "1");
  await site.write("lib/words.ts", `export const word: string = "other";`);
  assert.equal(await withoutEsbuild(site.request(), site.out), "refused");
  const changed = await bundle(site.request(), site.out);
  assert.match(changed["island-0.js"] ?? "", /"other"/);
  assert.deepEqual(await withoutEsbuild(site.request(), site.out), changed);
});

Deno.test("a kept file that is torn, altered or none is made anew", async () => {
  await using site = await project();
  const scripts = await bundle(site.request(), site.out);
  const path = join(site.out, "islands.production.json");
  const good = await Deno.readTextFile(path);
  assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  assert.equal((await Deno.stat(site.out)).mode! & 0o777, 0o700);
  for (
    const bad of [
      "",
      "\n",
      good.slice(0, 64),
      good.slice(0, -1),
      good.slice(0, good.length / 2),
      good.replace('\\"first\\"', '\\"forged\\"'),
      "{}",
    ]
  ) {
    assert.notEqual(bad, good);
    await Deno.writeTextFile(path, bad);
    assert.deepEqual(await bundle(site.request(), site.out), scripts);
    assert.equal(await Deno.readTextFile(path), good);
  }
});

Deno.test("where nothing can be kept it is bundled all the same", async () => {
  await using site = await project();
  await Deno.writeTextFile(site.out, "a file, where the folder should be");
  const scripts = await bundle(site.request(), site.out);
  assert.match(scripts["island-0.js"] ?? "", /"first"/);
});

Deno.test("a source that is written while it is bundled is not kept", async () => {
  await using site = await project();
  const soon = new Date(Date.now() + 60_000);
  await Deno.utime(site.at("lib/words.ts"), soon, soon);
  await bundle(site.request(), site.out);
  await assert.rejects(Deno.stat(join(site.out, "islands.production.json")), Deno.errors.NotFound);
});

Deno.test("an island that cannot be bundled says why", async () => {
  await using site = await project();
  await site.write("lib/words.ts", "export const word = ;");
  await assert.rejects(bundle(site.request(), site.out), /lib\/words\.ts:1:20/);
});

Deno.test("a project without islands, routes and static files builds, and bundles nothing", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(root, "deno.json"), "{}");
    const app = new App().use(staticFiles()).fsRoutes().get(
      "/",
      (ctx) => ctx.text(ctx.config.mode),
    );
    const builder = new Builder({ root });
    (await builder.build({ mode: "development", snapshot: "memory" }))(app);
    const answer = await app.handler()(new Request("http://127.0.0.1/"));
    assert.equal(await answer.text(), "development");
    assert.deepEqual([...Deno.readDirSync(root)].map(({ name }) => name), ["deno.json"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

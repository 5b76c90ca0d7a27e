import { join } from "node:path";
import type { Mode } from "./build.ts";

/** What to bundle for the browser. All paths are absolute but those of `imports`. */
export interface BundleRequest {
  mode: Mode;
  root: string;
  /** Script name without ending → source file. */
  entries: Record<string, string>;
  /** The import map: name → file below the root, or npm package. */
  imports: Record<string, string>;
}

/** Scripts by file name, and what went in: files below the root, but none of packages. */
type Bundle = { scripts: Record<string, string>; inputs: string[] };

/**
 * The scripts of a request: kept in `<outDir>/islands.<mode>.json` since an earlier start, or
 * bundled. They are bundled anew when the request differs, a file that went in, or this one,
 * or the lock file, which stands for the versions of packages and of esbuild. What is kept is a
 * line with the SHA-256 of the rest, and the rest, so it is seen to be torn or altered.
 */
export async function bundle(request: BundleRequest, outDir: string): Promise<Bundle["scripts"]> {
  const path = join(outDir, `islands.${request.mode}.json`);
  const [hash, json = ""] = new TextDecoder().decode(await read(path)).split("\n", 2);
  const kept: Bundle & { key?: string } = hash === await sha256(json) ? JSON.parse(json) : {};
  if (kept.key && kept.key === await keyOf(request, kept.inputs)) return kept.scripts;
  const started = Date.now();
  const made = await runEsbuild(request);
  // Of a file written in between, nobody knows what went in.
  const stats = await Promise.all(made.inputs.map((input) => Deno.stat(join(request.root, input))));
  if (stats.every(({ mtime }) => mtime && mtime.getTime() < started)) {
    const text = JSON.stringify({ key: await keyOf(request, made.inputs), ...made });
    // On a full or read-only disk each start bundles, and works.
    await keep(path, outDir, text).catch(() => {});
  }
  return made.scripts;
}

/** Needs to read the root and the environment, and to run esbuild's binary, which it ends. */
async function runEsbuild({ mode, root, entries, imports }: BundleRequest): Promise<Bundle> {
  const esbuild = await import("esbuild");
  const alias = Object.entries(imports)
    .map(([name, to]) => [name, to.replace(/^npm:((@[^/]+\/)?[^/@]+)(@[^/]*)?/, "$1")])
    .filter(([name, to]) => name !== to);
  // deno-fmt-ignore -- options that belong together
  const result = await esbuild.build({
    absWorkingDir: root, outdir: root, write: false, metafile: true, logLevel: "silent",
    entryPoints: entries, chunkNames: "chunk-[hash]", alias: Object.fromEntries(alias),
    bundle: true, splitting: true, format: "esm", charset: "utf8", tsconfigRaw: "{}",
    jsx: "automatic", jsxImportSource: "preact", minify: mode === "production",
    target: ["chrome120", "firefox121", "safari17"],
  }).finally(() => esbuild.stop());
  const scripts = result.outputFiles.map(({ path, text }) => [/[^/\\]+$/.exec(path)?.[0], text]);
  const inputs = Object.keys(result.metafile.inputs).filter((path) => !/node_modules\//.test(path));
  return { scripts: Object.fromEntries(scripts), inputs };
}

/** Should two processes write at once, the hash tells. */
async function keep(path: string, outDir: string, json: string): Promise<void> {
  await Deno.mkdir(outDir, { recursive: true, mode: 0o700 });
  await Deno.writeTextFile(`${path}.new`, `${await sha256(json)}\n${json}`, { mode: 0o600 });
  await Deno.rename(`${path}.new`, path);
}

/** A hash of all that decides what is bundled. */
async function keyOf(request: BundleRequest, inputs: string[]): Promise<string> {
  const paths = [...inputs, "deno.lock"].map((path) => join(request.root, path));
  paths.push(import.meta.filename ?? "");
  const files = await Promise.all(paths.map(read));
  return await sha256(JSON.stringify([request, paths, files.map((file) => file.length)]), ...files);
}

/** Reads a file; one that cannot be read is as good as empty here. */
function read(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return Deno.readFile(path).catch(() => new Uint8Array());
}

/** In hex. */
export async function sha256(...parts: BlobPart[]): Promise<string> {
  const bytes = await new Blob(parts).arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

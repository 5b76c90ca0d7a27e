import { join } from "node:path";
import { type Bundle, bundle, type BundleRequest } from "./bundle.ts";

/**
 * The bundle of a request: kept in `<outDir>/islands.<mode>.json` since an earlier start, or
 * made. It is made anew when the request differs, a file that went in, or the lock file, which
 * stands for the versions of packages and of esbuild.
 *
 * The file is one line with the SHA-256 of the rest, and the rest: JSON. So it is seen to be
 * torn or altered, and one rename replaces it.
 */
export async function cachedBundle(request: BundleRequest, outDir: string): Promise<Bundle> {
  const path = join(outDir, `islands.${request.mode}.json`);
  const kept = await read(path);
  if (kept && kept.key === await keyOf(request, kept.inputs)) return kept;
  const started = Date.now();
  const made = await bundle(request);
  // Written while it was bundled: nobody knows which state went in.
  const times = await Promise.all(made.inputs.map((input) => Deno.stat(join(request.root, input))));
  if (times.every(({ mtime }) => mtime && mtime.getTime() < started)) {
    const key = await keyOf(request, made.inputs);
    // On a full or read-only disk each start bundles, and works.
    await write(path, outDir, JSON.stringify({ key, ...made })).catch(() => {});
  }
  return made;
}

async function read(path: string): Promise<Bundle & { key: string } | undefined> {
  const text = new TextDecoder().decode(await readIfThere(path));
  const [hash, json = ""] = text.split("\n", 2);
  return hash && hash === await sha256(json) ? JSON.parse(json) : undefined;
}

async function write(path: string, outDir: string, json: string): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}`;
  await Deno.mkdir(outDir, { recursive: true, mode: 0o700 });
  try {
    const text = `${await sha256(json)}\n${json}`;
    await Deno.writeTextFile(temporary, text, { createNew: true, mode: 0o600 });
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** A hash of all that decides what a bundle holds. */
async function keyOf(request: BundleRequest, inputs: string[]): Promise<string> {
  const paths = [...inputs, "deno.lock"].map((path) => join(request.root, path));
  const files = await Promise.all(paths.map(readIfThere));
  return await sha256(JSON.stringify([request, paths, files.map((file) => file.length)]), ...files);
}

async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}

/** In hex. */
export async function sha256(...parts: BlobPart[]): Promise<string> {
  const bytes = await new Blob(parts).arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

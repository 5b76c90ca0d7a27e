/**
 * The import name `fresh/dev`: what this project uses of the Builder of Fresh 2.3.3 (MIT, by
 * the Fresh authors), written anew.
 */
import type { ComponentType } from "preact";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type App, setBuild } from "./app.ts";
import { type Island, type Mode, scriptPath } from "./build.ts";
import { cachedBundle, sha256 } from "./cache.ts";
import { isSource } from "./fs_routes.ts";

/** Where a builder finds what it builds; relative to `root`, by default the current folder. */
export interface BuildOptions {
  root?: string;
  /** Keeps the bundled islands from start to start. */
  outDir?: string;
  staticDir?: string;
  islandDir?: string;
  routeDir?: string;
  /** Browsers to bundle for, in esbuild's words. */
  target?: string | string[];
}

/** Makes routes, islands and static files ready for an app. */
// deno-lint-ignore no-explicit-any -- as in Fresh
export class Builder<State = any> {
  #options: Required<BuildOptions>;

  constructor(options: BuildOptions = {}) {
    const target = ["chrome120", "firefox121", "safari17"];
    const dirs = {
      outDir: "_fresh",
      staticDir: "static",
      islandDir: "islands",
      routeDir: "routes",
    };
    this.#options = { root: Deno.cwd(), target, ...dirs, ...options };
  }

  /**
   * Builds in memory, and gives the function that hands the build to an app; to be called
   * before `app.handler()`. An island or route that cannot be loaded or bundled throws.
   */
  async build(options: { mode?: Mode; snapshot: "memory" }): Promise<(app: App<State>) => void> {
    const { target, ...dirs } = this.#options;
    const mode = options.mode ?? "production";
    const root = resolve(dirs.root);
    const islandDir = resolve(root, dirs.islandDir);
    const sources = (await filesBelow(islandDir)).filter(isSource);
    const entries = Object.fromEntries(
      sources.map((path) => [scriptName(path), join(islandDir, path)]),
    );
    entries["boot"] = join(import.meta.dirname ?? "", "client.ts");
    const { imports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
    const request = { mode, root, target, imports, entries };
    const [{ scripts }, islandModules, routes, statics] = await Promise.all([
      sources.length > 0 ? cachedBundle(request, resolve(root, dirs.outDir)) : { scripts: {} },
      importAll(islandDir),
      importAll(resolve(root, dirs.routeDir)),
      readAll(resolve(root, dirs.staticDir)),
    ]);
    const id = (await sha256(JSON.stringify([scripts, ...statics.keys()]), ...statics.values()))
      .slice(0, 16);
    const islands = new Map<ComponentType, Island>();
    for (const [path, module] of islandModules) {
      for (const [exportName, value] of Object.entries(module as object)) {
        if (typeof value !== "function") continue;
        const script = scriptPath(id, scriptName(path));
        islands.set(value, { name: `${path} ${exportName}`, script, exportName });
      }
    }
    for (const [name, text] of Object.entries(scripts)) {
      statics.set(`/_fresh/js/${id}/${name}`, text);
    }
    return (app) => setBuild(app, { id, mode, root, routes, islands, files: statics });
  }
}

/** A script's name: unique, as islands of two folders may have one name. */
function scriptName(path: string): string {
  return "island-" +
    path.replace(/\.\w+$/, "").replace(/[^\w-]/g, (char) => `_${char.charCodeAt(0)}_`);
}

/** Paths of the files below a folder, with `/`; those that begin with a dot are left out. */
async function filesBelow(dir: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory, isFile } of Deno.readDir(dir)) {
      if (name.startsWith(".")) continue;
      if (isFile) found.push(name);
      if (!isDirectory) continue;
      found.push(...(await filesBelow(join(dir, name))).map((path) => `${name}/${path}`));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}

async function importAll(dir: string): Promise<Map<string, unknown>> {
  const paths = (await filesBelow(dir)).filter(isSource);
  const load = async (path: string) =>
    [path, await import(pathToFileURL(join(dir, path)).href)] as const;
  return new Map(await Promise.all(paths.map(load)));
}

async function readAll(dir: string): Promise<Map<string, string | Uint8Array<ArrayBuffer>>> {
  const paths = await filesBelow(dir);
  const load = async (path: string) => ["/" + path, await Deno.readFile(join(dir, path))] as const;
  return new Map(await Promise.all(paths.map(load)));
}

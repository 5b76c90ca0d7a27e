/** The import name `fresh/dev`: a Builder that builds in memory; see fresh.ts. */
import type { ComponentType } from "preact";
import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type App, setBuild } from "./app.ts";
import { type Build, type Island, type Mode, scriptPath } from "./build.ts";
import { bundle, sha256 } from "./bundle.ts";
import { isSource } from "./fs_routes.ts";

/** Where a builder finds what it builds; relative to `root`, by default the current folder. */
export interface BuildOptions {
  root?: string;
  /** Keeps the bundled islands from start to start. */
  outDir?: string;
  staticDir?: string;
  islandDir?: string;
  routeDir?: string;
}

/** Makes routes, islands and static files ready for an app. */
// deno-lint-ignore no-explicit-any -- as in Fresh
export class Builder<State = any> {
  #options: BuildOptions;

  constructor(options: BuildOptions = {}) {
    this.#options = options;
  }

  /**
   * Builds, and gives the function that hands the build to an app; to be called before
   * `app.handler()`. A route or island that cannot be loaded or bundled throws.
   */
  async build(options: { mode?: Mode; snapshot: "memory" }): Promise<(app: App<State>) => void> {
    const mode = options.mode ?? "production";
    const root = resolve(this.#options.root ?? ".");
    const dir = (name: keyof BuildOptions, usual: string) =>
      resolve(root, this.#options[name] ?? usual);
    const islandFiles = filesBelow(dir("islandDir", "islands"), isSource);
    const entries = islandFiles.map(([, file], i) => [`island-${i}`, file]);
    entries.push(["boot", join(import.meta.dirname ?? "", "client.ts")]);
    const { imports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
    const request = { mode, root, entries: Object.fromEntries(entries), imports };
    const [scripts, islandModules, routes, statics] = await Promise.all([
      islandFiles.length > 0
        ? bundle(request, dir("outDir", "_fresh"))
        : {} as Record<string, string>,
      load(islandFiles, importFile),
      load(filesBelow(dir("routeDir", "routes"), isSource), importFile),
      load(filesBelow(dir("staticDir", "static"), (path) => !/(^|\/)\./.test(path)), Deno.readFile),
    ]);
    const named = JSON.stringify([scripts, [...statics.keys()]]);
    const id = (await sha256(named, ...statics.values())).slice(0, 16);
    const islands = new Map<ComponentType, Island>();
    [...islandModules.values()].forEach((module, i) => {
      const script = scriptPath(id, `island-${i}.js`);
      for (const [exportName, value] of Object.entries(module)) {
        if (typeof value === "function") islands.set(value, { script, exportName });
      }
    });
    const files = new Map<string, string | Uint8Array<ArrayBuffer>>();
    for (const [path, bytes] of statics) files.set(`/${path}`, bytes);
    for (const [name, text] of Object.entries(scripts)) files.set(scriptPath(id, name), text);
    const build: Build = { id, mode, root, routes, islands, files };
    return (app) => setBuild(app, build);
  }
}

/** Files below a folder, if it is there: their path below it, with `/`, and their place. */
function filesBelow(dir: string, wanted: (path: string) => boolean): [string, string][] {
  const found = existsSync(dir) ? readdirSync(dir, { recursive: true, withFileTypes: true }) : [];
  return found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => {
    const file = join(parentPath, name);
    return [relative(dir, file).replaceAll("\\", "/"), file] as [string, string];
  }).filter(([path]) => wanted(path)).sort(([a], [b]) => a < b ? -1 : 1);
}

async function load<T>(files: [string, string][], how: (file: string) => Promise<T>) {
  const loaded = await Promise.all(files.map(([, file]) => how(file)));
  return new Map(files.map(([path], i) => [path, loaded[i] as T]));
}

// deno-lint-ignore no-explicit-any -- judged by what its name calls for
const importFile = (file: string): Promise<Record<string, any>> => import(pathToFileURL(file).href);

/**
 * The shape of the house: imports go down only, nothing goes in circles (types included), no file is a
 * giant, and shipped code knows nothing of tests.
 */
import assert from "node:assert/strict";
import { dirname, join, relative } from "@std/path";

const ROOT = new URL("..", import.meta.url).pathname;
const MAX_LINES = 300;
const MAX_SEAM_LINES = 1200;

/** From the ground up. A file may import from its own folder and from any floor below. */
const FLOORS: readonly (readonly string[])[] = [
  ["core/base", "core/web"],
  ["core/view"],
  ["core/doc", "core/trust"],
  ["core/wire"],
  ["core/net", "core/store"],
  ["core/sync"],
  ["core/node", "core/access.ts"],
  ["core/node.ts"],
  ["core/cli", "islands"],
  ["routes"],
  ["main.ts"],
];
/** Folders of one floor that may look at another of it, in this direction only. */
const SIDEWAYS: readonly string[] = [
  "core/doc -> core/trust",
  "core/node -> core/access.ts",
];

interface Source {
  readonly path: string;
  readonly lines: number;
  /** Local files it imports, relative to the root. */
  readonly imports: readonly string[];
}

function* files(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(join(ROOT, folder))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* files(path);
    else if (/\.(ts|tsx|js)$/.test(entry.name)) yield path;
  }
}

const importMap: Record<string, string> = JSON.parse(
  Deno.readTextFileSync(join(ROOT, "deno.json")),
).imports;

function read(path: string): Source {
  const text = Deno.readTextFileSync(join(ROOT, path));
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const imports = [...code.matchAll(/(?:from|import|import\()\s*"([^"]+)"/g)]
    .map((match) => importMap[match[1] ?? ""] ?? match[1] ?? "")
    .filter((name) => name.startsWith(".") && !name.endsWith(".json"))
    .map((name) =>
      importMap[name] || Object.values(importMap).includes(name)
        ? relative(".", name)
        : relative(ROOT, join(ROOT, dirname(path), name))
    );
  return { path, lines: text.split("\n").length - 1, imports };
}

const sources = ["core", "routes", "islands"].flatMap((folder) => [...files(folder)])
  .concat("main.ts").map(read);

/** The entry of {@linkcode FLOORS} that a path belongs to, the longest that fits. */
function room(path: string): string {
  const rooms = FLOORS.flat().filter((room) => path === room || path.startsWith(`${room}/`));
  const found = rooms.sort((a, b) => b.length - a.length)[0];
  assert(found, `${path} belongs to no room of the house: put it into one, or name the room here`);
  return found;
}

const floor = (room: string) => FLOORS.findIndex((rooms) => rooms.includes(room));

Deno.test("imports go down only", () => {
  const wrong = sources.flatMap(({ path, imports }) =>
    imports.filter((to) => {
      const [here, there] = [room(path), room(to)];
      return here !== there && floor(there) >= floor(here) &&
        !SIDEWAYS.includes(`${here} -> ${there}`);
    }).map((to) => `${path} -> ${to}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("islands see only the views and the base", () => {
  const wrong = sources.filter(({ path }) =>
    path.startsWith("islands/") || room(path) === "core/view"
  )
    .flatMap(({ path, imports }) =>
      imports.filter((to) => !/^(core\/(view|base)\/|islands\/|core\/web\/runtime\.ts$)/.test(to))
        .map((to) => `${path} -> ${to}`)
    );
  assert.deepEqual(wrong, []);
});

Deno.test("no import goes in a circle, types included", () => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const trail: string[] = [];
  const circles: string[] = [];
  const walk = (path: string) => {
    if (trail.includes(path)) {
      circles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      return;
    }
    if (done.has(path)) return;
    done.add(path);
    trail.push(path);
    for (const to of byPath.get(path)?.imports ?? []) walk(to);
    trail.pop();
  };
  for (const { path } of sources) walk(path);
  assert.deepEqual(circles, []);
});

Deno.test("no file is a giant", () => {
  const giants = sources.filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
  assert.deepEqual(giants, []);
});

Deno.test("the Fresh seam stays small", () => {
  const seam = sources.filter(({ path }) => room(path) === "core/web" && !/guard/.test(path));
  const lines = seam.reduce((sum, source) => sum + source.lines, 0);
  assert(lines < MAX_SEAM_LINES, `core/web has ${lines} lines`);
});

Deno.test("shipped code knows nothing of tests", () => {
  const wrong = sources.flatMap(({ path, imports }) =>
    imports.filter((to) => to.startsWith("test/")).map((to) => `${path} -> ${to}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("every import finds its file", () => {
  const wrong = sources.flatMap(({ path, imports }) =>
    imports.filter((to) => !/\.(ts|tsx|js)$/.test(to)).map((to) => `${path} -> ${to}`)
  );
  assert.deepEqual(wrong, []);
});

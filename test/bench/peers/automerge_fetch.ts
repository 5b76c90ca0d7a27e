import { Contestant } from "./contestant.ts";
import type { Fetched } from "./cold_documents.ts";

const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;
const SYNC_PROGRAM = new URL("automerge_sync.ts", import.meta.url).pathname;
const REPO_PROGRAM = new URL("automerge_repo.mjs", import.meta.url).pathname;
const REPO_VERSION = "2.5.6";
/** What automerge-repo rests on: newer ones of the second need packages of systems that are not this one. */
const PACKAGES = {
  private: true,
  dependencies: {
    "@automerge/automerge": "3.5.0",
    "@automerge/automerge-repo": REPO_VERSION,
    "@automerge/automerge-repo-network-websocket": REPO_VERSION,
    "@automerge/automerge-repo-storage-nodefs": REPO_VERSION,
  },
  overrides: { "cbor-extract": "2.2.0" },
};

export const REPO_NAME = `automerge-repo ${REPO_VERSION}`;

/** One who has all and from whom all can be fetched anew into an empty folder. */
export interface Source extends AsyncDisposable {
  fetch(folder: string): Promise<Fetched>;
}

/** Automerge's sync protocol, from documents that lie in `documents`. */
export async function automergeSource(documents: string): Promise<Source> {
  const start = (args: readonly string[]) =>
    new Contestant(
      Deno.execPath(),
      ["run", `--config=${CONFIG}`, "-P=test", "--quiet", SYNC_PROGRAM, ...args],
      { cwd: documents },
    );
  const server = start(["serve", documents]);
  const { port } = await server.line<{ port: number }>();
  return {
    fetch: async (folder) => {
      await using client = start(["fetch", String(port), folder]);
      return await client.line<Fetched>();
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** automerge-repo, installed into `folder`; why not, if it cannot be had. */
export async function repoSource(folder: string, documents: string): Promise<Source | string> {
  const problem = await install(folder);
  if (problem !== undefined) return problem;
  await Deno.copyFile(REPO_PROGRAM, `${folder}/automerge_repo.mjs`);
  const start = (args: readonly string[], stdin = "") =>
    new Contestant("node", ["automerge_repo.mjs", ...args], { cwd: folder, stdin });
  const server = start(["serve", documents, `${folder}/store`]);
  const ready = await server.line<{ port: number }>();
  return {
    fetch: async (store) => {
      await using client = start(["fetch", String(ready.port), store], JSON.stringify(ready));
      return await client.line<Fetched>();
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function install(folder: string): Promise<string | undefined> {
  await Deno.mkdir(folder);
  await Deno.writeTextFile(`${folder}/package.json`, JSON.stringify(PACKAGES));
  try {
    const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const { success, stderr } = await new Deno.Command("npm", { args, cwd: folder }).output();
    if (success) return undefined;
    const [why = ""] = new TextDecoder().decode(stderr).split("\n");
    return `cannot be installed by npm: ${why}`;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "not installed, it needs npm";
  }
}

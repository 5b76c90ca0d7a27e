import * as Automerge from "@automerge/automerge";
import type { ActorId } from "../base/ids.ts";
import wasm from "./wasm.js";

/** Automerge's own document, without the materialised copy that its JavaScript layer keeps. */
export type Handle = ReturnType<typeof Automerge.getBackend>;

let memory: WebAssembly.Memory | undefined;
let started: Promise<void> | undefined;

/** Starts Automerge in this thread, once; everything else here needs that. */
export function startAutomerge(): Promise<void> {
  started ??= start();
  return started;
}

async function start(): Promise<void> {
  const instantiate = WebAssembly.instantiate;
  // Automerge keeps its instance to itself, and with it the only way to see how much memory it holds.
  const watched = async (module: WebAssembly.Module, imports: WebAssembly.Imports) => {
    const instance = await instantiate(module, imports);
    const exported = instance.exports["memory"];
    if (exported instanceof WebAssembly.Memory) memory = exported;
    return instance;
  };
  WebAssembly.instantiate = watched as typeof WebAssembly.instantiate;
  try {
    await Automerge.initializeWasm(wasm);
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}

/** Bytes of memory that Automerge holds in this thread; they never become fewer. */
export function automergeMemoryBytes(): number {
  return memory?.buffer.byteLength ?? 0;
}

/** Makes an empty document in which `actor` writes. To be freed with `free`. */
export function newHandle(actor: ActorId): Handle {
  return Automerge.getBackend(Automerge.init({ actor }));
}

/** Whether Automerge's own code failed in the midst of something: what it worked on is not to be used. */
export function isPanic(error: unknown): boolean {
  return error instanceof Error && error.name === "PanicError";
}

/** Whether this thread's Automerge is dead (out of memory or stack), and every document in it. */
export function isDeath(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError ||
    (error instanceof Error && /Module terminated|call stack/.test(error.message));
}

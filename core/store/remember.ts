import type { Log } from "../base/log.ts";
import { StoreError } from "./store_error.ts";

/** Writes down what may be lost as well, when a peer was seen say: a full disk is no reason to fail. */
export function remember(log: Log, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log("debug", error.message);
  }
}

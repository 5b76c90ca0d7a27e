/** How much a line matters; `debug` is dropped unless asked for. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Takes one line about what happened, and facts that belong to it. */
export type Log = (level: LogLevel, text: string, facts?: Record<string, unknown>) => void;

/** A log that keeps nothing. */
export const silentLog: Log = () => {};

// Control characters from a peer must not reach the terminal.
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Makes a log that writes one line each to `write`, `debug` only when `verbose`. */
export function lineLog(write: (line: string) => void, verbose = false): Log {
  return (level, text, facts) => {
    if (level === "debug" && !verbose) return;
    const tail = facts ? ` ${JSON.stringify(facts)}` : "";
    write(`${level}: ${text}${tail}`.replace(CONTROLS, "\u00b7"));
  };
}

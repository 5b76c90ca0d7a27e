/** Where a command prints to. */
export interface Output {
  /** One result: `text` for a person, or `facts` as one line of JSON with `--json`. */
  result(text: string, facts: object): void;
  /** What is no result, a hint say: only for a person. */
  note(text: string): void;
}

// Foreign text must not move the cursor, clear the screen or turn the writing direction.
// deno-lint-ignore no-control-regex
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Makes foreign text harmless in a terminal. */
export function inert(text: string): string {
  return text.replace(UNSAFE, "\u00b7");
}

/** Prints through `write`, one call a line. */
export function lineOutput(json: boolean, write: (line: string) => void): Output {
  return {
    result: (text, facts) => write(json ? JSON.stringify(facts) : inert(text)),
    note: (text) => {
      if (!json) write(inert(text));
    },
  };
}

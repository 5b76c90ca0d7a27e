const encoder = new TextEncoder();

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest = encoder.encode(text);
  while (rest.length > 0) rest = rest.subarray(to.writeSync(rest));
}

/** Writes one line to stdout. */
export function print(line: string): void {
  write(Deno.stdout, `${line}\n`);
}

/** Writes one line to stderr. It never throws: a log that cannot be written must end nothing. */
export function complain(line: string): void {
  complainPart(`${line}\n`);
}

/** Writes a part of a line to stderr, as {@linkcode complain} does. */
export function complainPart(text: string): void {
  try {
    write(Deno.stderr, text);
  } catch {
    // A closed pipe, a full disk: there is nobody to tell it to.
  }
}

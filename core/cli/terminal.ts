const encoder = new TextEncoder();

function write(to: { writeSync(bytes: Uint8Array): number }, line: string): void {
  let rest = encoder.encode(`${line}\n`);
  while (rest.length > 0) rest = rest.subarray(to.writeSync(rest));
}

/** Writes one line to stdout. */
export function print(line: string): void {
  write(Deno.stdout, line);
}

/** Writes one line to stderr. It never throws: a log that cannot be written must end nothing. */
export function complain(line: string): void {
  try {
    write(Deno.stderr, line);
  } catch {
    // A closed pipe, a full disk: there is nobody to tell it to.
  }
}

/** Writes one JSON object as a line to stdout, at once. */
export function writeLine(object: unknown): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(object)}\n`);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

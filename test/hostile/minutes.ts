/** Whether tests that need minutes run: `deno task hostile` says so. */
const runs = Deno.env.get("EARSHOT_MINUTES") === "1";

/** A test that needs minutes, which `deno task test` leaves out and says so. */
export function minutesTest(name: string, fn: () => Promise<void>): void {
  const suffix = runs ? "" : " [left out: it needs minutes, `deno task hostile` runs it]";
  Deno.test({ name: `${name}${suffix}`, ignore: !runs, fn });
}

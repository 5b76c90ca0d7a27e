/** How one test ended. */
export interface Result {
  readonly name: string;
  readonly state: "ok" | "failed" | "skipped";
  readonly seconds: number;
}

/**
 * Reads what Deno 2.9 writes for `deno test --junit-path`: `<testcase name="…" time="…">` with `<failure>` or
 * `<skipped>` in it if it did not go well. Tests that a filter left out have no time; they and steps, which
 * are within their tests, are left out.
 */
export function readJunit(xml: string): Result[] {
  const results: Result[] = [];
  for (const [, head = "", body = ""] of xml.matchAll(/<testcase ([^>]*)>(.*?)<\/testcase>/gs)) {
    const seconds = /\btime="([\d.]+)"/.exec(head)?.[1];
    const name = plain(/\bname="([^"]*)"/.exec(head)?.[1] ?? "");
    if (seconds === undefined || results.some((test) => name.startsWith(`${test.name} > `))) {
      continue;
    }
    const [, inner] = /^\s*<(\w+)/.exec(body) ?? [];
    const state = inner === undefined ? "ok" : inner === "skipped" ? "skipped" : "failed";
    results.push({ name, state, seconds: Number(seconds) });
  }
  return results;
}

function plain(xml: string): string {
  return xml.replaceAll("&quot;", '"').replaceAll("&apos;", "'").replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

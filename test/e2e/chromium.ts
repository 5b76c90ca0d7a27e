import { type Browser, type BrowserContext, chromium } from "playwright-core";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:/Program Files/Google/Chrome/Application/chrome.exe",
];

/** Keeps the browser from talking to anyone but the tests' own servers. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where a Chromium is, or undefined; the environment's `CHROMIUM` goes first. */
export function findChromium(): string | undefined {
  const given = Deno.env.get("CHROMIUM");
  return (given ? [given] : PLACES).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}

/**
 * Registers a test that has a browser; where no Chromium is, the test is ignored and its name
 * says so. The browser is fresh, started with `flags` besides, and closed afterwards.
 */
export function browserTest(
  name: string,
  run: (browser: Browser) => Promise<void>,
  flags: string[] = [],
): void {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    Deno.test({ name: `${name} (skipped: no Chromium found)`, ignore: true, fn: () => {} });
    return;
  }
  Deno.test(name, async () => {
    const browser = await chromium.launch({ executablePath, args: [...FLAGS, ...flags] });
    try {
      await run(browser);
    } finally {
      await browser.close();
    }
  });
}

/**
 * Opens a browser that keeps its profile in `directory`, as one does that a person uses: what
 * it stores is there when the directory is opened again. Close the context when done.
 */
export async function openProfile(directory: string): Promise<BrowserContext> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("Cannot open a browser: no Chromium found");
  return await chromium.launchPersistentContext(directory, { executablePath, args: FLAGS });
}

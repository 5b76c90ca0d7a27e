import { join } from "@std/path";
import { pathToFileURL } from "node:url";
import { writeFileAtomic } from "../store/atomic_file.ts";

/** What opens a page on a system. */
export interface Opener {
  readonly command: string;
  readonly args: readonly string[];
}

const PAGE_FILE = "open.html";

/**
 * Tells how to open a page in the browser of a desktop, or `null` where there is no desktop.
 *
 * @param env gives a variable of the environment.
 */
export function openerOf(
  os: typeof Deno.build.os,
  env: (name: string) => string | undefined,
  page: string,
): Opener | null {
  if (os === "darwin") return { command: "open", args: [page] };
  if (os === "windows") return { command: "rundll32", args: ["url.dll,FileProtocolHandler", page] };
  if (env("DISPLAY") || env("WAYLAND_DISPLAY")) return { command: "xdg-open", args: [page] };
  return null;
}

/** A page that leads on to `url` at once. */
export function leadingPage(url: string): string {
  return `<!doctype html><title>Earshot</title><meta http-equiv="refresh" content="0;url=${url}">\n`;
}

/**
 * Opens `url` in the browser where there is a desktop. Command lines can be read by every user of a
 * machine, so the browser is given a private file that leads to the address with the token. The token
 * ends with this start, and the next one writes the file anew.
 */
export function openBrowser(directory: string, url: string): void {
  const path = join(directory, PAGE_FILE);
  const opener = openerOf(Deno.build.os, (name) => Deno.env.get(name), pathToFileURL(path).href);
  if (!opener) return;
  writeFileAtomic(path, leadingPage(url));
  try {
    new Deno.Command(opener.command, {
      args: [...opener.args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn().unref();
  } catch (error) {
    // No such program: the printed address is there to be opened by hand.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

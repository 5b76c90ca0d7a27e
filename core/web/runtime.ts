/** The import name `fresh/runtime`, for routes and islands; see fresh.ts. */
import type { ComponentChildren } from "preact";
import { half } from "./half.ts";

export { type ErrorStatus, HttpError } from "./error.ts";

/** True in the browser. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

/**
 * Puts its children into the page's `<head>`, where the last title, and of elements with one
 * `key` the last, counts. Unlike Fresh's, it does nothing once the page is in the browser.
 */
export function Head(props: { children?: ComponentChildren }): ComponentChildren {
  half.collectHead(props.children);
  return null;
}

/** The URL of a static file that a browser may keep for a year: it carries the build's id. */
export function asset(path: string): string {
  if (!path.startsWith("/") || path.startsWith("//") || path.includes("__frsh_c")) return path;
  const [, file, query, hash] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(path) ?? [];
  return `${file}${query ? query + "&" : "?"}__frsh_c=${half.buildId}${hash ?? ""}`;
}

import type { ComponentChildren } from "preact";

/** What `fresh/runtime` is told by the half it runs in, neither of which it imports. */
export const half = {
  buildId: "",
  /** Takes what goes into the page's `<head>`, while the server renders. */
  collectHead: (_children: ComponentChildren): void => {},
};

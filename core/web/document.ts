import type { ComponentChild, ComponentChildren, VNode } from "preact";
import { Fragment, h, isValidElement, options, toChildArray } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { type Build, scriptPath } from "./build.ts";
import { half } from "./half.ts";
import { comment, markIsland, PageIslands, rendering, SlotContent, writeProps } from "./marks.ts";

// Stand where the last children of head and body go; no content can guess them.
const [HEAD_END, BODY_END] = [`head-${crypto.randomUUID()}`, `body-${crypto.randomUUID()}`];

// Preact calls `__b` before it renders an element.
const hooks = options as { __b?: (vnode: VNode) => void };
const earlier = hooks.__b;
hooks.__b = (vnode) => {
  if (rendering.page) {
    if (typeof vnode.type === "function") markIsland(rendering.page, vnode);
    else if (vnode.type === "head" || vnode.type === "body") leaveRoom(vnode);
  }
  earlier?.(vnode);
};

function leaveRoom(vnode: VNode): void {
  const { children } = vnode.props as { children?: ComponentChildren };
  // An element that is rendered again, such as a constant, has its room.
  if (isValidElement(children) && children.type === Room) return;
  const room = h(Room, { head: vnode.type === "head" }, children);
  vnode.props = { ...vnode.props, children: room } as never;
}

function Room({ head, children }: { head: boolean; children?: ComponentChildren }): VNode[] {
  if (!head) return [h(Fragment, null, children), comment(BODY_END)];
  half.collectHead(children);
  return [comment(HEAD_END)];
}

/**
 * Renders a document; content without `<head>` and `<body>` gets them. Islands bring one module
 * script, and their props as JSON in a script that is data: `script-src 'self'` is enough for
 * them. A page without islands has no script.
 */
export function renderDocument(content: ComponentChild, build: Build): string {
  const page = new PageIslands(build.islands);
  const head: ComponentChildren[] = [];
  rendering.page = page;
  half.buildId = build.id;
  half.collectHead = (children) => head.push(children);
  try {
    let html = toHtml(content);
    if (!html.includes(BODY_END)) html = toHtml(h("body", null, jsxTemplate([html])));
    if (!html.includes(HEAD_END)) {
      const meta = h("meta", { charset: "utf-8" });
      html = toHtml(h("html", null, h("head", null, meta), jsxTemplate([html])));
    }
    let rest = "";
    // Islands in a slot may bring further slots: the list grows on the way.
    for (const slot of page.slots) {
      if (slot.shown) continue;
      rest += toHtml(h("template", { id: `frsh-${slot.id}` }, h(SlotContent, { slot })));
    }
    html = html.replace(`<!--${BODY_END}-->`, () => rest + scripts(page, build));
    return "<!DOCTYPE html>" + html.replace(`<!--${HEAD_END}-->`, () => toHtml(settle(head)));
  } finally {
    rendering.page = null;
    half.collectHead = () => {};
  }
}

const toHtml = (content: ComponentChildren) => renderToString(h(Fragment, null, content));

function scripts(page: PageIslands, build: Build): string {
  if (page.used.length === 0) return "";
  const state = JSON.stringify({ islands: page.used, props: writeProps(page), build: build.id });
  return `<script type="application/json" id="frsh-state">${state.replaceAll("<", "\\u003c")}` +
    `</script><script type="module" src="${scriptPath(build.id, "boot.js")}"></script>`;
}

/** One title, and one element for each key: the last, in the place of the first. */
function settle(head: ComponentChildren[]): ComponentChild[] {
  const settled = new Map<unknown, ComponentChild>();
  for (const child of toChildArray(head)) {
    if (!isValidElement(child)) continue;
    settled.set(child.type === "title" ? "title" : child.key ?? child, child);
  }
  return [...settled.values()];
}

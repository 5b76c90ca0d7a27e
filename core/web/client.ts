/** Brings the islands of a page to life: the only script that a page names. */
import { computed, signal } from "@preact/signals";
import { parse } from "devalue";
import { type ComponentChildren, type ComponentType, h, render, type VNode } from "preact";
import type { Island } from "./build.ts";
import { half } from "./half.ts";

/** What the server wrote into the page; `props` is in devalue's format. */
type State = { islands: Island[]; props: string; build: string };

// What the marks refer to, by index. Slots hold what the server made.
let components: ComponentType[] = [];
let props: Record<string, unknown>[] = [];
const slots = new Map<number, ComponentChildren>();
const Slot = ({ id }: { id: number }): ComponentChildren => slots.get(id);

async function boot(state: State): Promise<void> {
  half.buildId = state.build;
  const modules = await Promise.all(state.islands.map(({ script }) => import(script)));
  components = state.islands.map(({ exportName }, i) => modules[i][exportName]);
  props = parse(state.props, {
    Signal: ([value]: [unknown]) => signal(value),
    Computed: ([value]: [unknown]) => computed(() => value),
    Slot: ([id]: [number]) => h(Slot, { id }),
  });
  // All slots before the first island, whose render takes their nodes.
  const islands = findIslands(document.body);
  for (const template of document.querySelectorAll<HTMLTemplateElement>("template[id^=frsh-]")) {
    findIslands(template.content);
    slots.set(Number(template.id.slice(5)), toElements(template.content.firstChild, null));
  }
  for (const mark of islands) hydrate(mark);
}

/** Finds the outermost islands in a tree, and fills the slots that are shown there. */
function findIslands(root: Node): Comment[] {
  const islands: Comment[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  let depth = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const mark = node as Comment;
    const [kind, id] = mark.data.split(/(?<=:\w+):/);
    if (kind === "/frsh:island") depth--;
    if (kind === "frsh:island" && depth++ === 0) islands.push(mark);
    if (kind === "frsh:slot") slots.set(Number(id), toElements(mark.nextSibling, endOf(mark)));
  }
  return islands;
}

/** Turns what the server made, from `node` up to `end`, into elements. */
function toElements(node: Node | null, end: Node | null): ComponentChildren[] {
  const elements: ComponentChildren[] = [];
  for (; node && node !== end; node = node.nextSibling) {
    if (node instanceof Text) elements.push(node.data);
    else if (node instanceof Element) {
      elements.push(h(node.localName, attributesOf(node), toElements(node.firstChild, null)));
    } else if (node instanceof Comment && node.data.startsWith("frsh:island:")) {
      elements.push(islandAt(node));
      node = endOf(node);
    }
  }
  return elements;
}

function attributesOf(element: Element): Record<string, unknown> {
  // Preact sets properties where there are such, and `""` would make a boolean one false.
  const own = element as unknown as Record<string, unknown>;
  const value = (attribute: Attr) => typeof own[attribute.name] === "boolean" || attribute.value;
  return Object.fromEntries(Array.from(element.attributes, (one) => [one.name, value(one)]));
}

/** The element that an island's mark stands for. */
function islandAt(mark: Comment): VNode {
  const [, , island, at, key] = mark.data.split(":");
  const given = props[Number(at)] ?? {};
  const component = components[Number(island)] as ComponentType;
  return h(component, key ? { ...given, key: decodeURIComponent(key) } : given);
}

/** The mark that ends what `start` begins, unless the parser parted them, as for `<div>` in `<p>`. */
function endOf(start: Comment): Comment {
  let depth = 0;
  for (let node: Node | null = start; node; node = node.nextSibling) {
    if (!(node instanceof Comment)) continue;
    if (node.data.startsWith("frsh:")) depth++;
    else if (node.data.startsWith("/frsh:") && --depth === 0) return node;
  }
  throw new SyntaxError(`Cannot revive "${start.data}": invalid HTML around it tore it`);
}

/** Renders an island between its marks, taking the nodes that are there. */
function hydrate(mark: Comment): void {
  // Preact looks past comments for the place of a node, but not past text.
  const end = new Text();
  endOf(mark).replaceWith(end);
  const childNodes: Node[] = [];
  for (let node = mark.nextSibling; node && node !== end; node = node.nextSibling) {
    childNodes.push(node);
  }
  const parent = mark.parentNode as Element;
  // All that Preact asks of an element to render into.
  const root = {
    namespaceURI: parent.namespaceURI,
    firstChild: childNodes[0] ?? null,
    childNodes,
    insertBefore: (node: Node, before: Node | null) => parent.insertBefore(node, before ?? end),
  };
  render(islandAt(mark), root as unknown as Element);
}

const state = document.getElementById("frsh-state")?.textContent;
if (state) await boot(JSON.parse(state));

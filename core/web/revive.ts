import { type ComponentChildren, type ComponentType, h, type VNode } from "preact";

/** What the marks on a page refer to, by index. */
export interface Revival {
  components: ComponentType[];
  props: Record<string, unknown>[];
  /** What the server made for slots. */
  slots: Map<number, ComponentChildren>;
}

/** Finds the outermost islands in a tree, and fills the slots that are shown there. */
export function findIslands(revival: Revival, root: Node): Comment[] {
  const islands: Comment[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  let depth = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const mark = node as Comment;
    if (mark.data.startsWith("frsh:island:") && depth++ === 0) islands.push(mark);
    if (mark.data === "/frsh:island") depth--;
    if (!mark.data.startsWith("frsh:slot:")) continue;
    const elements = toElements(revival, mark.nextSibling, endOf(mark));
    revival.slots.set(Number(mark.data.split(":")[2]), elements);
  }
  return islands;
}

/**
 * The mark that ends what `start` begins.
 * @throws {SyntaxError} if invalid HTML, such as `<div>` in `<p>`, had the parser part them
 */
export function endOf(start: Comment): Comment {
  let depth = 0;
  for (let node: Node | null = start; node; node = node.nextSibling) {
    if (!(node instanceof Comment)) continue;
    if (node.data.startsWith("frsh:")) depth++;
    else if (node.data.startsWith("/frsh:") && --depth === 0) return node;
  }
  throw new SyntaxError(`Cannot revive "${start.data}": invalid HTML around it tore it`);
}

/** The element that an island's mark stands for. */
export function islandAt(revival: Revival, mark: Comment): VNode {
  const [, , island, props, key] = mark.data.split(":");
  const given = revival.props[Number(props)] ?? {};
  const component = revival.components[Number(island)] as ComponentType;
  return h(component, key ? { ...given, key: decodeURIComponent(key) } : given);
}

/** Turns what the server made, from `node` up to `end`, into elements. */
export function toElements(
  revival: Revival,
  node: Node | null,
  end: Node | null,
): ComponentChildren[] {
  const elements: ComponentChildren[] = [];
  for (; node && node !== end; node = node.nextSibling) {
    if (node instanceof Text) elements.push(node.data);
    else if (node instanceof Element) {
      const children = toElements(revival, node.firstChild, null);
      elements.push(h(node.localName, attributesOf(node), children));
    } else if (node instanceof Comment && node.data.startsWith("frsh:island:")) {
      elements.push(islandAt(revival, node));
      node = endOf(node);
    }
  }
  return elements;
}

function attributesOf(element: Element): Record<string, unknown> {
  // Preact sets properties where there are such, and `""` would make a boolean one false.
  const flags = element as unknown as Record<string, unknown>;
  return Object.fromEntries(
    Array.from(element.attributes, ({ name, value }) => //
    [name, typeof flags[name] === "boolean" ? true : value]),
  );
}

import type { ComponentChildren, ComponentType, VNode } from "preact";
import { createContext, Fragment, h, isValidElement } from "preact";
import { useContext } from "preact/hooks";
import { computed, Signal } from "@preact/signals";
import { stringify } from "devalue";
import type { Island } from "./build.ts";

type Props = Record<string, unknown>;

/** An element that the server gave to an island, and whether the island showed it. */
type Slot = { id: number; content: ComponentChildren; shown: boolean };

/** The islands of a page, the props of each mark and the slots: marks name them by index. */
export class PageIslands {
  readonly used: Island[] = [];
  readonly props: Props[] = [];
  readonly slots: Slot[] = [];

  constructor(readonly known: ReadonlyMap<ComponentType, Island>) {}
}

/** The page that is being rendered. Rendering never waits, so there is one at a time. */
export const rendering: { page: PageIslands | null } = { page: null };

// Whether an island's own render is going on: an island in there is an ordinary component.
const Inside = createContext(false);
// Elements of islands that have their marks.
const marked = new WeakSet<VNode>();
const COMPUTED: unknown = Object.getPrototypeOf(computed(() => undefined));

/**
 * Has an island rendered between `frsh:island:ISLAND:PROPS:KEY` and `/frsh:island`. To be
 * called when an element is rendered, as an async page makes its elements before that.
 */
export function markIsland(page: PageIslands, vnode: VNode): void {
  const island = page.known.get(vnode.type as ComponentType);
  if (!island || marked.has(vnode)) return;
  const { type, key, props } = vnode;
  vnode.type = Marked as ComponentType;
  vnode.props = { island, type, id: String(key ?? ""), props } as never;
}

type MarkedProps = { island: Island; type: ComponentType; id: string; props: Props };

function Marked({ island, type, id, props }: MarkedProps): ComponentChildren {
  const inside = useContext(Inside);
  const { page } = rendering;
  const given = inside || !page ? props : withSlots(page, props);
  const element = h(type, given);
  marked.add(element);
  if (inside || !page) return element;
  if (!page.used.includes(island)) page.used.push(island);
  const at = page.props.push(given) - 1;
  return [
    comment(`frsh:island:${page.used.indexOf(island)}:${at}:${encodeURIComponent(id)}`),
    h(Inside.Provider, { value: true }, element),
    comment("/frsh:island"),
  ];
}

function withSlots(page: PageIslands, props: Props): Props {
  const entries = Object.entries(props).map(([name, value]) => {
    if (!holdsElement(value)) return [name, value];
    const slot: Slot = { id: page.slots.length, content: value, shown: false };
    page.slots.push(slot);
    return [name, h(ShownSlot, { slot })];
  });
  return Object.fromEntries(entries);
}

function holdsElement(value: unknown): value is ComponentChildren {
  // A signal passes for an element, as Preact shows it like one.
  if (value instanceof Signal) return false;
  return isValidElement(value) || Array.isArray(value) && value.some(holdsElement);
}

function ShownSlot({ slot }: { slot: Slot }): ComponentChildren {
  slot.shown = true;
  return [comment(`frsh:slot:${slot.id}`), h(SlotContent, { slot }), comment("/frsh:slot")];
}

/** What the server made for a slot; islands in it are marked again. */
export function SlotContent({ slot }: { slot: Slot }): ComponentChildren {
  return h(Inside.Provider, { value: false }, slot.content);
}

/** A comment; its text must have no `>`. */
export function comment(text: string): VNode {
  return h(Fragment, { UNSTABLE_comment: text } as never);
}

/**
 * The props of a page's islands as one text, in which what islands share stays one value.
 * @throws {DevalueError} with its `path`, if a prop cannot go to the browser, as a function
 */
export function writeProps(page: PageIslands): string {
  return stringify(page.props, {
    Computed: (value: unknown) =>
      value instanceof Signal && Object.getPrototypeOf(value) === COMPUTED && [value.peek()],
    Signal: (value: unknown) => value instanceof Signal && [value.peek()],
    Slot: (value: unknown) =>
      isValidElement(value) && value.type === ShownSlot &&
      [(value.props as unknown as { slot: Slot }).slot.id],
  });
}

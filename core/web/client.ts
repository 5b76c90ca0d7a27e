/** Brings the islands of a page to life: the only script that a page names. */
import { computed, signal } from "@preact/signals";
import { parse } from "devalue";
import { type ComponentChildren, type ComponentType, h, render } from "preact";
import { half } from "./half.ts";
import { endOf, findIslands, islandAt, type Revival, toElements } from "./revive.ts";

/** What the server wrote into the page. */
interface State {
  islands: [script: string, exportName: string][];
  /** In devalue's format. */
  props: string;
  build: string;
}

function Slot({ slots, id }: { slots: Revival["slots"]; id: number }): ComponentChildren {
  return slots.get(id);
}

async function boot(state: State): Promise<void> {
  half.buildId = state.build;
  const components = await Promise.all(
    state.islands.map(async ([script, name]) => (await import(script))[name] as ComponentType),
  );
  const slots: Revival["slots"] = new Map();
  const props = parse(state.props, {
    Signal: ([value]: [unknown]) => signal(value),
    Computed: ([value]: [unknown]) => computed(() => value),
    Slot: ([id]: [number]) => h(Slot, { slots, id }),
  });
  const revival: Revival = { components, props, slots };
  // All slots before the first island, whose render takes their nodes.
  const islands = findIslands(revival, document.body);
  for (const template of document.querySelectorAll<HTMLTemplateElement>("template[id^=frsh-]")) {
    findIslands(revival, template.content);
    const elements = toElements(revival, template.content.firstChild, null);
    slots.set(Number(template.id.slice("frsh-".length)), elements);
  }
  for (const mark of islands) hydrate(revival, mark);
}

/** Renders an island between its marks, taking the nodes that are there. */
function hydrate(revival: Revival, mark: Comment): void {
  // Preact looks past comments for the place of a node, but not past text.
  const end = new Text();
  endOf(mark).replaceWith(end);
  const childNodes: Node[] = [];
  for (let node = mark.nextSibling; node && node !== end; node = node.nextSibling) {
    childNodes.push(node);
  }
  const parent = mark.parentNode as Element;
  const root = {
    namespaceURI: parent.namespaceURI,
    firstChild: childNodes[0] ?? null,
    childNodes,
    insertBefore: (node: Node, before: Node | null) => parent.insertBefore(node, before ?? end),
  };
  render(islandAt(revival, mark), root as unknown as Element);
}

const state = document.getElementById("frsh-state")?.textContent;
if (state) await boot(JSON.parse(state));

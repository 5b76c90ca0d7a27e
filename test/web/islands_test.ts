import assert from "node:assert/strict";
import { computed, type Signal, signal } from "@preact/signals";
import { parse } from "devalue";
import { type ComponentChildren, type ComponentType, h } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import type { Build, Island } from "../../core/web/build.ts";
import { renderDocument } from "../../core/web/document.ts";

interface AnyProps {
  [name: string]: unknown;
  children?: ComponentChildren;
}
const Box = ({ children }: AnyProps) => h("div", null, children);
const Closed = (_: AnyProps) => h("hr", null);
const Outer = ({ children }: AnyProps) => h("section", null, h(Box, null, "own"), children);

const build: Build = {
  id: "ID",
  mode: "production",
  root: "/",
  routes: new Map(),
  islands: new Map<ComponentType, Island>(
    ([["Box", Box], ["Closed", Closed], ["Outer", Outer]] as const).map(([name, component]) => [
      component as ComponentType,
      { script: `/_fresh/js/ID/${name}.js`, exportName: name },
    ]),
  ),
  files: new Map(),
};

/** The body of a page, and the state in it. */
function render(content: ComponentChildren) {
  const html = renderDocument(h("div", { id: "page" }, content), build);
  const body = /<div id="page">(.*?)<\/div>(?:<template|<script|<\/body>)/s.exec(html)?.[1] ?? "";
  const json = /<script type="application\/json" id="frsh-state">(.*?)<\/script>/s.exec(html)?.[1];
  const state = json && JSON.parse(json) as { islands: Island[]; props: string; build: string };
  const props: Record<string, unknown>[] = state
    ? parse(state.props, {
      Signal: (held: [unknown]) => ({ signal: held }),
      Computed: ([value]: [unknown]) => ({ computed: value }),
      Slot: ([id]: [number]) => ({ slot: id }),
    })
    : [];
  return { html, body, state, props };
}

Deno.test("an island is between marks, which name it and its props", () => {
  const { html, body, state, props } = render([
    h(Box, { n: 1 }, "one"),
    h(Closed, null),
    h(Box, { n: 2, key: "a>b" }),
  ]);
  assert.equal(
    body,
    "<!--frsh:island:0:0:--><div>one</div><!--/frsh:island-->" +
      "<!--frsh:island:1:1:--><hr/><!--/frsh:island-->" +
      "<!--frsh:island:0:2:a%3Eb--><div></div><!--/frsh:island-->",
  );
  assert.deepEqual(state && state.islands, [
    { script: "/_fresh/js/ID/Box.js", exportName: "Box" },
    { script: "/_fresh/js/ID/Closed.js", exportName: "Closed" },
  ]);
  assert.deepEqual(props, [{ n: 1, children: "one" }, {}, { n: 2 }]);
  assert.match(html, /<script type="module" src="\/_fresh\/js\/ID\/boot.js"><\/script><\/body>/);
});

Deno.test("no page has inline code; one without islands has no script at all", () => {
  assert.doesNotMatch(render(h("p", null, "plain")).html, /<script/);
  const { html } = render(h(Box, { text: "</script><script>alert(1)</script>" }));
  for (const [tag] of html.matchAll(/<script[^>]*>/g)) {
    assert.match(tag, /type="application\/json"|src="\/_fresh/);
  }
  assert.equal(html.match(/<script/g)?.length, 2);
});

Deno.test("an island in an island's own render is an ordinary component", () => {
  assert.equal(
    render(h(Outer, null)).body,
    "<!--frsh:island:0:0:--><section><div>own</div></section><!--/frsh:island-->",
  );
});

Deno.test("what the server gives to an island is a slot, in which islands are islands", () => {
  const { body, props } = render(
    h(Outer, { title: h("i", null, "t") }, h("p", null, h(Box, { n: 1 }, h("b", null, "deep")))),
  );
  assert.equal(
    body,
    "<!--frsh:island:0:0:--><section><div>own</div>" +
      "<!--frsh:slot:1--><p><!--frsh:island:1:1:--><div>" +
      "<!--frsh:slot:2--><b>deep</b><!--/frsh:slot-->" +
      "</div><!--/frsh:island--></p><!--/frsh:slot--></section><!--/frsh:island-->",
  );
  assert.deepEqual(props, [{ title: { slot: 0 }, children: { slot: 1 } }, {
    n: 1,
    children: { slot: 2 },
  }]);
});

Deno.test("a slot that is not shown is in a template, and so are slots of islands in it", () => {
  const { html } = render(
    h(Closed, null, jsxTemplate(["<p>kept ", "</p>"], h(Closed, null, h("i", null)) as never)),
  );
  assert.match(
    html,
    /<template id="frsh-0"><p>kept <!--frsh:island:0:1:--><hr\/><!--\/frsh:island--><\/p><\/template>/,
  );
  assert.match(html, /<template id="frsh-1"><i><\/i><\/template>/);
});

Deno.test("props keep their types and what they share", () => {
  const shared = signal(1);
  const list = [1, shared];
  const when = new Date(0);
  const { props } = render([
    h(Closed, { shared, list, when, big: 2n, nan: NaN, set: new Set([1]), nothing: undefined }),
    h(Closed, { shared, list, twice: computed(() => shared.value * 2), text: shared }),
  ]);
  const [first, second] = props;
  assert.deepEqual(first?.["shared"], { signal: [1] });
  assert.equal(first?.["shared"], second?.["shared"]);
  assert.equal(first?.["list"], second?.["list"]);
  assert.equal(second?.["text"], first?.["shared"]);
  assert.deepEqual(second?.["twice"], { computed: 2 });
  assert.deepEqual([first?.["when"], first?.["big"], first?.["set"]], [when, 2n, new Set([1])]);
  assert.ok(Number.isNaN(first?.["nan"]));
  assert.ok("nothing" in (first ?? {}));
});

Deno.test("a signal as a child is a signal, not a slot", () => {
  const count: Signal<number> = signal(5);
  const { body, props } = render(h(Box, null, count));
  assert.equal(body, "<!--frsh:island:0:0:--><div>5</div><!--/frsh:island-->");
  assert.deepEqual(props, [{ children: { signal: [5] } }]);
});

Deno.test("a function cannot go to an island, and the page after it is whole", () => {
  assert.throws(
    () => render(h(Box, { onClick: () => {} })),
    (error: Error & { path?: string }) => {
      assert.match(error.message, /function/);
      assert.equal(error.path, "[0].onClick");
      return true;
    },
  );
  assert.equal(render(h(Box, null)).props.length, 1);
});

Deno.test("an element that is rendered again has its marks and its head again", () => {
  const island = h(Box, { n: 1 });
  const app = h("html", null, h("head", null, h("title", null, "T")), h("body", null, island));
  const pages = [1, 2].map(() => renderDocument(app, build));
  assert.equal(pages[0], pages[1]);
  assert.match(pages[1] ?? "", /<title>T<\/title>.*<!--frsh:island:0:0:-->/);
});

Deno.test("of two titles the last counts, text with $& stays what it is", () => {
  const html = renderDocument(
    h("html", null, h("head", null, h("title", null, "$& $1")), h("body", null, "$&")),
    build,
  );
  assert.equal(
    html,
    "<!DOCTYPE html><html><head><title>$&amp; $1</title></head><body>$&amp;</body></html>",
  );
});

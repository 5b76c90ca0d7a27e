import assert from "node:assert/strict";
import { type AddressBar, Navigation } from "../../../core/view/tab/navigation.ts";
import { pathOfPlace, placeOfPath, spaceOfPlace } from "../../../core/view/tab/place_path.ts";
import { noteId, space, spaceId } from "../../fakes/tab.ts";

Deno.test("a place and its path are one", () => {
  for (
    const place of [
      { type: "home", space: null },
      { type: "channel", space: null, name: "general" },
      { type: "channel", space: null, name: "a/b?c#d %é 日本" },
      { type: "note", space: null, note: noteId(5) },
      { type: "home", space: spaceId(7) },
      { type: "channel", space: spaceId(7), name: "a/b?c#d %é 日本" },
      { type: "note", space: spaceId(7), note: noteId(5) },
    ] as const
  ) assert.deepEqual(placeOfPath(pathOfPlace(place)), place);
});

Deno.test("any other path is the lobby's home", () => {
  const space = `/space/${spaceId(7)}`;
  for (
    const path of [
      ...["", "/x", "/channel", "/channel/", "/channel/a/b", "/note/x", "/channel/%ff", "/join"],
      ...["/space", "/space/", "/space/x", `${space}/x`, `${space}/note/x`, `${space}${space}`],
    ]
  ) {
    assert.deepEqual(placeOfPath(path), { type: "home", space: null }, path);
  }
  assert.deepEqual(placeOfPath(`${space}/`), { type: "home", space: spaceId(7) });
});

Deno.test("a place is in the lobby, in a private space, or in none that is here", () => {
  const spaces = [space(0), space(7)];
  assert.equal(spaceOfPlace(spaces, { type: "home", space: null }), spaces[0]);
  assert.equal(spaceOfPlace(spaces, { type: "home", space: spaceId(7) }), spaces[1]);
  assert.equal(spaceOfPlace(spaces, { type: "home", space: spaceId(8) }), undefined);
  assert.equal(spaceOfPlace([space(7)], { type: "home", space: null }), undefined);
});

Deno.test("going somewhere changes the address once; back is followed", () => {
  const paths = ["/"];
  let back = () => {};
  const bar: AddressBar = {
    location: {
      get pathname() {
        return paths.at(-1) ?? "";
      },
    },
    history: {
      pushState: (_state, _title, path) => void paths.push(String(path)),
      replaceState: (_state, _title, path) => void (paths[paths.length - 1] = String(path)),
    },
    addEventListener: (_type, listener) => void (back = listener),
    removeEventListener: () => void (back = () => {}),
  };
  const navigation = new Navigation(bar);
  navigation.start();
  navigation.go({ type: "channel", space: null, name: "a" });
  navigation.go({ type: "channel", space: null, name: "a" });
  assert.deepEqual(paths, ["/", "/channel/a"]);
  navigation.replace({ type: "channel", space: null, name: "b" });
  assert.deepEqual(paths, ["/", "/channel/b"]);
  assert.deepEqual(navigation.lastIn(null), { type: "channel", space: null, name: "b" });
  assert.equal(navigation.lastIn(spaceId(7)), undefined);
  paths.pop();
  back();
  assert.deepEqual(navigation.place.value, { type: "home", space: null });
  assert.deepEqual(navigation.lastIn(null), { type: "channel", space: null, name: "b" });
  navigation.close();
  paths.push("/channel/c");
  back();
  assert.deepEqual(navigation.place.value, { type: "home", space: null });
});

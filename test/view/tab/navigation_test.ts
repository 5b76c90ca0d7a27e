import assert from "node:assert/strict";
import { type AddressBar, Navigation } from "../../../core/view/tab/navigation.ts";
import { pathOfPlace, placeOfPath } from "../../../core/view/tab/place_path.ts";
import { noteId } from "../../fakes/tab.ts";

Deno.test("a place and its path are one", () => {
  for (
    const place of [
      { type: "home" },
      { type: "channel", name: "general" },
      { type: "channel", name: "a/b?c#d %é 日本" },
      { type: "note", note: noteId(5) },
    ] as const
  ) assert.deepEqual(placeOfPath(pathOfPlace(place)), place);
});

Deno.test("any other path is home", () => {
  for (
    const path of ["", "/x", "/channel", "/channel/", "/channel/a/b", "/note/x", "/channel/%ff"]
  ) {
    assert.deepEqual(placeOfPath(path), { type: "home" });
  }
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
  navigation.go({ type: "channel", name: "a" });
  navigation.go({ type: "channel", name: "a" });
  assert.deepEqual(paths, ["/", "/channel/a"]);
  navigation.replace({ type: "channel", name: "b" });
  assert.deepEqual(paths, ["/", "/channel/b"]);
  paths.pop();
  back();
  assert.deepEqual(navigation.place.value, { type: "home" });
  navigation.close();
  paths.push("/channel/c");
  back();
  assert.deepEqual(navigation.place.value, { type: "home" });
});

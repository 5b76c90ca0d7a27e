import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
/** What speaks TLS, on either side. */
const TLS = /\b(node:(tls|https|http2)|(connect|listen|start)Tls|createSecure\w+)/;

function* sources(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
    if (entry.isDirectory) yield* sources(`${folder}${entry.name}/`);
    else if (/\.tsx?$/.test(entry.name)) yield `${folder}${entry.name}`;
  }
}

Deno.test("hostile 1: nothing of the program speaks TLS, so there is no certificate to forge", () => {
  const files = ["core/", "routes/", "islands/"].flatMap((folder) => [...sources(folder)])
    .concat("main.ts");
  assert(files.length > 300, `only ${files.length} files: have they moved?`);
  const found = files.filter((file) => TLS.test(Deno.readTextFileSync(new URL(file, ROOT))));
  assert.deepEqual(found, []);
});

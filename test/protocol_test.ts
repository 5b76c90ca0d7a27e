/** PROTOCOL.md and the code say the same. */
import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);
const protocol = Deno.readTextFileSync(new URL("PROTOCOL.md", ROOT));

/** Rows of tables that name a constant and the file it is in. */
function constants(): { name: string; file: string }[] {
  return [...protocol.matchAll(/^\|.*?`([A-Z][A-Z0-9_]+)`[^|]*\|\s*`([\w./]+\.ts)`/gm)]
    .map(([, name = "", file = ""]) => ({ name, file }));
}

function sources(folder: URL): string[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) =>
    entry.isDirectory
      ? sources(new URL(`${entry.name}/`, folder))
      : /\.tsx?$/.test(entry.name)
      ? [Deno.readTextFileSync(new URL(entry.name, folder))]
      : []
  );
}

Deno.test("every limit that PROTOCOL.md lists is in the file that it names", () => {
  const listed = constants();
  assert(listed.length > 20, `only ${listed.length} limits found: has the table changed?`);
  const wrong = listed.filter(({ name, file }) => {
    const text = Deno.readTextFileSync(new URL(`core/${file}`, ROOT));
    return !new RegExp(`const ${name}\\b`).test(text);
  });
  assert.deepEqual(wrong, []);
});

Deno.test("every rule that code or tests cite is in PROTOCOL.md, and each id is given once", () => {
  const rules = [...protocol.matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map(([, id = ""]) => id);
  assert(rules.length > 50, `only ${rules.length} rules found: has their form changed?`);
  assert.deepEqual(rules.filter((id, index) => rules.indexOf(id) !== index), []);
  const families = new Set(rules.map((id) => id.split("-")[0]));
  const cited = ["core/", "test/"].flatMap((folder) => sources(new URL(folder, ROOT)))
    .flatMap((text) => [...text.matchAll(/\b([A-Z]{2,9})-(\d+)\b/g)])
    .filter(([, family = ""]) => families.has(family)).map(([id]) => id);
  assert.deepEqual([...new Set(cited)].filter((id) => !rules.includes(id)), []);
});

/** The table of the hostile tests, hostile.md, and what of it is in the tests. */
import { join } from "@std/path";

const TESTS = new URL("../", import.meta.url).pathname;
/** There are so many attacks. */
export const ATTACKS = 41;

/** A row of the table: some attacks, and the files of their tests, or that there can be none. */
export interface Row {
  readonly numbers: readonly number[];
  readonly attack: string;
  /** Relative to test/. */
  readonly files: readonly string[];
  readonly isApplicable: boolean;
}

/** Reads the table. */
export function readTable(): Row[] {
  const text = Deno.readTextFileSync(join(TESTS, "hostile.md"));
  return [...text.matchAll(/^\| ([\d, ]+?) +\| (.+?) +\| (.+?) +\|$/gm)].map(
    ([, numbers = "", attack = "", where = ""]) => ({
      numbers: numbers.split(", ").map(Number),
      attack,
      files: [...where.matchAll(/`([\w/]+_test\.ts)`/g)].map(([, file = ""]) => file),
      isApplicable: !where.startsWith("not applicable"),
    }),
  );
}

/** The numbers that the name of a test bears: "hostile 31, 32: …". */
export function numbersOf(name: string): number[] {
  const [, list = ""] = /\bhostile (\d+(?:, \d+)*)/.exec(name) ?? [];
  return list === "" ? [] : list.split(", ").map(Number);
}

/** The numbers that names of tests bear, by file, relative to test/; files without any are left out. */
export function numbersByFile(folder = ""): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const entry of Deno.readDirSync(join(TESTS, folder))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory) {
      for (const [file, numbers] of numbersByFile(path)) found.set(file, numbers);
    } else if (entry.name.endsWith("_test.ts") && path !== "hostile_test.ts") {
      const text = Deno.readTextFileSync(join(TESTS, path));
      const names = text.matchAll(/["`][^"`\n]*\bhostile \d[^"`\n]*/g);
      const numbers = new Set([...names].flatMap(([name]) => numbersOf(name)));
      if (numbers.size > 0) found.set(path, numbers);
    }
  }
  return found;
}

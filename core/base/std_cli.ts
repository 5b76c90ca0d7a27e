/**
 * Answers the import name `@std/cli` with the one function Earshot uses, `parseArgs`, over the npm
 * parser minimist, from which the original descends. Where JSR can be reached, deno.json may point
 * `@std/cli` at `jsr:@std/cli@^1` instead and this file goes.
 *
 * @module
 */
// @ts-types="@types/minimist"
import minimist from "minimist";

/** What {@linkcode parseArgs} is told; a part of the options of `@std/cli`. */
export interface ParseOptions<
  Text extends string,
  Flag extends string,
  Negatable extends string,
  List extends string,
> {
  /** Options that take a text. */
  readonly string?: readonly Text[];
  /** Options that take nothing. */
  readonly boolean?: readonly Flag[];
  /** Options of `boolean` that `--no-…` turns off. */
  readonly negatable?: readonly Negatable[];
  /** Options of `string` that may be given more than once. */
  readonly collect?: readonly List[];
  readonly default?: { readonly [name in string]?: unknown };
  readonly alias?: { readonly [name in string]: string };
  /** Called for each option that is not declared, and for each positional argument; false drops it. */
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** The options given, and in `_` the arguments that are no option. */
export type Args<Text extends string, Flag extends string, List extends string> =
  & { readonly _: readonly (string | number)[] }
  & { readonly [name in Exclude<Text, List>]?: string }
  & { readonly [name in Flag]: boolean }
  & { readonly [name in List]: readonly string[] };

/** Parses a command line as `parseArgs` of `@std/cli` does. */
export function parseArgs<
  const Text extends string = never,
  const Flag extends string = never,
  const Negatable extends Flag = never,
  const List extends Text = never,
>(
  args: readonly string[],
  options: ParseOptions<Text, Flag, Negatable, List> = {},
): Args<Text, Flag, List> {
  const { unknown } = options;
  const negatable = new Set<string>(options.negatable);
  const parsed = minimist([...args], {
    string: [...(options.string ?? []), "_"],
    boolean: [...(options.boolean ?? [])],
    ...(options.default ? { default: options.default } : {}),
    ...(options.alias ? { alias: options.alias } : {}),
    ...(unknown
      ? {
        unknown: (arg: string) => {
          const [, key, value] = /^--?([^=]+)(?:=(.*))?$/.exec(arg) ?? [];
          return unknown(arg, key, value) !== false;
        },
      }
      : {}),
  });
  for (const arg of args) {
    const negated = /^--no-(.+)$/.exec(arg)?.[1];
    if (arg === "--") break;
    if (negated !== undefined && !negatable.has(negated)) unknown?.(arg, `no-${negated}`, true);
  }
  const lists = Object.fromEntries(
    (options.collect ?? []).map((name) => {
      const value: unknown = parsed[name];
      return [name, value === undefined ? [] : Array.isArray(value) ? value : [value]];
    }),
  );
  return { ...parsed, ...lists } as unknown as Args<Text, Flag, List>;
}

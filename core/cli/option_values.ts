import { UsageError } from "./usage.ts";

/** Refuses an option that is not declared; for `parseArgs`. @throws {UsageError} */
export function refuseUnknown(arg: string): boolean {
  if (arg.startsWith("-") && arg !== "-") {
    throw new UsageError(`Unknown option "${arg.split("=")[0]}": --help lists the options`);
  }
  return true;
}

/** The value of an option. @throws {UsageError} if there is none. */
export function given(value: string, option: string): string {
  if (value === "") throw new UsageError(`--${option} needs a value`);
  return value;
}

/** The value of an option that may be given once, or `null`. @throws {UsageError} */
export function single(
  value: string | readonly string[] | undefined,
  option: string,
): string | null {
  if (value === undefined) return null;
  if (typeof value !== "string") throw new UsageError(`--${option} was given more than once`);
  return given(value, option);
}

/** A whole number from 1 to `max`. @throws {UsageError} for any other. */
export function countOf(value: string, option: string, max: number): number {
  const count = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (count < 1 || count > max) {
    throw new UsageError(`--${option} is a number from 1 to ${max}, not "${value}"`);
  }
  return count;
}

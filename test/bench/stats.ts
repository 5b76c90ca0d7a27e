import { writeLine } from "../e2e/write_line.ts";

/** The value below which the share `q` (0 to 1) of `values` lies, by nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}

/** Minimum, median, 95th percentile and maximum, rounded to a tenth. */
export function spread(values: readonly number[]): Record<string, number> {
  const round = (value: number) => Math.round(value * 10) / 10;
  return {
    runs: values.length,
    min: round(Math.min(...values)),
    p50: round(quantile(values, 0.5)),
    p95: round(quantile(values, 0.95)),
    max: round(Math.max(...values)),
  };
}

/** Prints one line of the bench. */
export function report(bench: string, figures: Record<string, unknown>): void {
  writeLine({ bench, ...figures });
}

/** Waits for an exponentially distributed time, `mean` milliseconds on average. */
export function pause(mean: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, -mean * Math.log(1 - Math.random()));
  return promise;
}

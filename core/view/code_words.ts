const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** A code in groups of four digits, for the eye. */
export function groupedCode(code: string): string {
  return code.replace(/(\d{4})(?=\d)/g, "$1 ");
}

/** How long a code still counts, for the eye: minutes and seconds. */
export function leftClock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND_MS));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** How long a code still counts, for who hears it: another text once a minute only. */
export function leftWords(ms: number): string {
  const minutes = Math.ceil(ms / MINUTE_MS);
  if (minutes > 1) return `Counts for ${minutes} more minutes`;
  return ms > 0 ? "Counts for less than a minute more" : "This code has ended";
}

/** How many wrong tries are left. */
export function triesWords(tries: number): string {
  if (tries <= 0) return "No try is left";
  return tries === 1 ? "1 try is left" : `${tries} tries are left`;
}

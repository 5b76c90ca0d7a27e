const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_TIME_MS = 8.64e15;

/** How times are written: the person's own language and time zone unless told. */
export interface WhenStyle {
  readonly locale?: string;
  readonly timeZone?: string;
}

// Making a formatter costs a thousand times what using it does.
const formatters = new Map<string, Intl.DateTimeFormat>();

function format(at: number, style: WhenStyle, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify([style, options]);
  let formatter = formatters.get(key);
  if (!formatter) {
    const { locale, timeZone } = style;
    formatter = new Intl.DateTimeFormat(locale, { ...options, ...(timeZone && { timeZone }) });
    formatters.set(key, formatter);
  }
  return formatter.format(Math.max(-MAX_TIME_MS, Math.min(MAX_TIME_MS, at || 0)));
}

/** A name for the day of a time, the same for all times of that day. */
export function dayOf(at: number, style: WhenStyle = {}): string {
  return format(at, style, { year: "numeric", month: "2-digit", day: "2-digit" });
}

/** The day in words: "Today", "Yesterday", or its date. */
export function dayWords(at: number, now: number, style: WhenStyle = {}): string {
  const day = dayOf(at, style);
  if (day === dayOf(now, style)) return "Today";
  if (day === dayOf(now - DAY_MS, style)) return "Yesterday";
  const year: Intl.DateTimeFormatOptions = Math.abs(now - at) > 180 * DAY_MS
    ? { year: "numeric" }
    : {};
  return format(at, style, { weekday: "long", day: "numeric", month: "long", ...year });
}

/** Hours and minutes. */
export function timeWords(at: number, style: WhenStyle = {}): string {
  return format(at, style, { hour: "numeric", minute: "2-digit" });
}

/** Date and time in full, for who wants to know exactly. */
export function fullWords(at: number, style: WhenStyle = {}): string {
  return format(at, style, { dateStyle: "full", timeStyle: "medium" });
}

/** How long ago, in one unit: "just now", "5 min ago", "3 h ago", "2 days ago", or the date. */
export function agoWords(at: number, now: number, style: WhenStyle = {}): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.floor(hours / 24);
  if (days < 7) return days === 1 ? "yesterday" : `${days} days ago`;
  return format(at, style, { day: "numeric", month: "short", year: "numeric" });
}

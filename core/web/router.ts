/** What a URL and method lead to. */
export interface Match<T> {
  /** Null if no pattern matches. */
  pattern: string | null;
  params: Record<string, string>;
  /** Undefined if the pattern answers other methods only. */
  target: T | undefined;
  methods: string[];
}

/** What answers at one pattern; `ALL` stands for every method. */
interface Entry<T> {
  pattern: string;
  matcher: URLPattern;
  methods: Map<string, T>;
}

/** Finds what answers a URL: a plain path goes first, then patterns in the order they came. */
export class Router<T> {
  #plain = new Map<string, Entry<T>>();
  #patterns = new Map<string, Entry<T>>();

  /** Adds a target; of two for one pattern and method, the earlier counts. */
  add(method: string, pattern: string, target: T): void {
    const table = /[*:{}+?()\\]/.test(pattern) ? this.#patterns : this.#plain;
    let entry = table.get(pattern);
    if (!entry) {
      entry = { pattern, matcher: new URLPattern({ pathname: pattern }), methods: new Map() };
      table.set(pattern, entry);
    }
    if (!entry.methods.has(method)) entry.methods.set(method, target);
  }

  /** Matches by path; `HEAD` falls to `GET`. */
  match(method: string, { pathname }: URL): Match<T> {
    const plain = this.#plain.get(pathname);
    if (plain) return found(plain, method, {});
    for (const entry of this.#patterns.values()) {
      const groups = entry.matcher.exec({ pathname })?.pathname.groups;
      if (groups) return found(entry, method, groups);
    }
    return { pattern: null, params: {}, target: undefined, methods: [] };
  }
}

function found<T>(
  { pattern, methods }: Entry<T>,
  method: string,
  groups: Record<string, string | undefined>,
): Match<T> {
  const target = methods.get(method) ??
    (method === "HEAD" ? methods.get("GET") : undefined) ?? methods.get("ALL");
  const params = Object.entries(groups).map(([name, value = ""]) => [name, decode(value)]);
  return { pattern, params: Object.fromEntries(params), target, methods: [...methods.keys()] };
}

/** As Fresh does: an escape of what is reserved in a URL, such as `%2F` and `%23`, stays. */
function decode(value: string): string {
  try {
    return decodeURI(value);
  } catch {
    return value; // A `%` that begins no escape stands for itself.
  }
}

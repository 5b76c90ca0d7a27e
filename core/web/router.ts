type Methods<T> = Map<string, T>;

/** Finds what answers a URL: a plain path goes first, then patterns in the order they came. */
export class Router<T> {
  #plain = new Map<string, Methods<T>>();
  #patterns = new Map<string, { matcher: URLPattern; methods: Methods<T> }>();

  /** Adds a target; of two for one pattern and method, the earlier counts. `ALL` is any method. */
  add(method: string, pattern: string, target: T): void {
    const methods = this.#plain.get(pattern) ?? this.#patterns.get(pattern)?.methods ?? new Map();
    if (!methods.has(method)) methods.set(method, target);
    if (!/[*:{}+?()\\]/.test(pattern)) this.#plain.set(pattern, methods);
    else this.#patterns.set(pattern, { matcher: new URLPattern({ pathname: pattern }), methods });
  }

  /**
   * Matches by path; `HEAD` falls to `GET`. The route is null if none matches, the target
   * undefined if the route answers other methods only.
   */
  match(method: string, { pathname }: URL) {
    const plain = this.#plain.get(pathname);
    if (plain) return found(pathname, plain, method, {});
    for (const [pattern, { matcher, methods }] of this.#patterns) {
      const groups = matcher.exec({ pathname })?.pathname.groups;
      if (groups) return found(pattern, methods, method, groups);
    }
    return found(null, new Map<string, T>(), method, {});
  }
}

function found<T>(
  route: string | null,
  methods: Methods<T>,
  method: string,
  groups: Record<string, string | undefined>,
) {
  const target = methods.get(method) ?? methods.get(method === "HEAD" ? "GET" : "ALL") ??
    methods.get("ALL");
  const params: Record<string, string> = {};
  for (const [name, value = ""] of Object.entries(groups)) params[name] = decode(value);
  return { route, params, target, methods: [...methods.keys()] };
}

/**
 * Decodes part of a URL; a `%` that begins no escape stands for itself. As Fresh does, by
 * default an escape of what is reserved, such as `%2F` and `%23`, stays.
 */
export function decode(text: string, by = decodeURI): string {
  try {
    return by(text);
  } catch {
    return text;
  }
}

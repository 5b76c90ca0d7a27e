/**
 * Keeps strangers on this machine out: other programs, other users, and above all web sites
 * that a browser here shows, which reach every port of 127.0.0.1.
 */

/** Who may pass. */
export interface GuardOptions {
  /**
   * The hosts this server answers for, as a browser writes them into `Host`:
   * `127.0.0.1:4747`. No names: `localhost` may be looked up elsewhere.
   */
  hosts(): string[];
  /**
   * Whether a request bears a credential: in `Authorization: Bearer TOKEN`, or, as a browser
   * cannot set that on a WebSocket, in a subprotocol `t.TOKEN`. Never a cookie: cookies of
   * 127.0.0.1 go to every port.
   */
  authorize(request: Request): boolean | Promise<boolean>;
  /**
   * Whether anyone may have it: pages without data, scripts, styles. The URL is the one that
   * routes see: its host is one of `hosts`, `//` in its path is folded.
   */
  isPublic(url: URL, method: string): boolean;
}

/** The part of a Fresh context that a guard needs. */
export interface Guarded {
  req: Request;
  next(): Response | Promise<Response>;
}

/**
 * What a page may do: load from its own origin only, run no inline script, be in no frame, and
 * make no HTML or script out of strings. Inline styles do not apply, but those that a script
 * sets on an element's `style` do, and adopted style sheets: CodeMirror uses those, instead of a
 * style element, when it is in a shadow root.
 */
export const CONTENT_SECURITY_POLICY: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const HEADERS: Record<string, string> = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/**
 * Makes the guard, a Fresh middleware. Put it around the whole app, with {@linkcode guarded}:
 * as a middleware of the app it guards as well, but the error pages of the root are made
 * outside of all middlewares and would lack its headers.
 *
 * A request passes if all of these hold, and they are judged in this order:
 * 1. `Host` is one of `hosts`, else 421. It is the header that counts: in `GET http://x/ …`
 *    the URL of the request is what the client wants it to be; it must agree with the header.
 *    This stops rebound names and 0.0.0.0, of which a browser tells nothing else.
 * 2. `Sec-Fetch-Site` is absent, `same-origin` or `none` (typed, a bookmark), or a link elsewhere
 *    was followed: a GET that opens a document in a tab of its own, which no site can look into.
 *    Else 403.
 * 3. `Origin` is that of the host, else 403. It may be absent: browsers leave it out of GET
 *    and HEAD only, never of what changes anything or of WebSockets. So whoever else leaves it
 *    out, such as the command line, is no browser and must bear a token, even for what is public.
 * 4. It is public, or `authorize` says yes, else 401.
 *
 * Every answer has {@linkcode CONTENT_SECURITY_POLICY} and its like, and `no-store`, unless it
 * brings such a header of its own.
 */
export function guard(options: GuardOptions): (ctx: Guarded) => Promise<Response> {
  return async (ctx) => withHeaders(await refusal(options, ctx.req) ?? await ctx.next());
}

/** Puts a guard around a handler, as `Deno.serve` takes it. */
export function guarded<Info>(
  handler: (request: Request, info: Info) => Response | Promise<Response>,
  options: GuardOptions,
): (request: Request, info: Info) => Promise<Response> {
  const check = guard(options);
  return (req, info) => check({ req, next: () => handler(req, info) });
}

async function refusal(options: GuardOptions, request: Request): Promise<Response | undefined> {
  const host = request.headers.get("host");
  const url = URL.parse(request.url);
  if (host === null || !url || url.host !== host || !options.hosts().includes(host)) {
    return refuse(421, `Open http://${options.hosts()[0]} instead: this server has no other name`);
  }
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none" && !isVisit(request)) {
    return refuse(403, "Another web site asked for this");
  }
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== `http://${host}`) {
    return refuse(403, "Another web site asked for this");
  }
  // As the app does, or `//api/` would be public where `/api/` is not.
  url.pathname = url.pathname.replace(/\/+/g, "/");
  const harmless = /^(GET|HEAD)$/.test(request.method) && !isUpgrade(request);
  const open = (harmless || origin !== null) && options.isPublic(url, request.method);
  if (open || await options.authorize(request)) return undefined;
  return refuse(401, "A token is needed", { "www-authenticate": "Bearer" });
}

/** Whether a browser opens a document by itself, not inside of another one. */
function isVisit({ method, headers }: Request): boolean {
  return method === "GET" && headers.get("sec-fetch-mode") === "navigate" &&
    headers.get("sec-fetch-dest") === "document";
}

function isUpgrade(request: Request): boolean {
  return request.headers.has("upgrade");
}

function refuse(status: number, text: string, headers: HeadersInit = {}): Response {
  return new Response(text + "\n", { status, headers });
}

function withHeaders(response: Response): Response {
  // The answer to an upgrade is no document, and only as it is does it upgrade.
  if (response.status === 101) return response;
  const added = Object.entries(HEADERS).filter(([name]) => !response.headers.has(name));
  const headers = new Headers(response.headers);
  for (const [name, value] of added) headers.set(name, value);
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}

import { fromBase64Url, toBase64Url } from "../base64url.ts";
import { BROWSER_KEY, BROWSER_SIGN, type BrowserProof, proofBytes } from "../browser_proof.ts";
import { StrangerError } from "./tab_socket.ts";

/** How this browser was let in at this host: its key, and the id the node gave for it. */
export interface LetIn {
  readonly browser: string;
  readonly pair: CryptoKeyPair;
}

/** Where a browser keeps how it was let in; shared by its tabs at this host. */
export interface KeyShelf {
  load(): Promise<LetIn | undefined>;
  keep(letIn: LetIn): Promise<void>;
}

/** POSTs JSON to a path of the node; the status and the JSON of the answer. */
export type Post = (
  path: string,
  body: unknown,
  token?: string,
) => Promise<{ readonly status: number; readonly body: unknown }>;

/** Takes the link's token out of a URL fragment `#t=TOKEN`. */
export function tokenInHash(hash: string): string | null {
  return hash.match(/^#t=([A-Za-z0-9_-]{16,128})$/)?.[1] ?? null;
}

function textIn(body: unknown, name: string): string {
  const value = (body as Record<string, unknown> | null)?.[name];
  // Something else may listen on the port while Earshot is away.
  if (typeof value !== "string") throw new TypeError("Cannot enter: this is not Earshot's answer");
  return value;
}

/** Gets session tokens: with the link's token on the first visit, with the browser's key afterwards. */
export class Entrance {
  readonly #host: string;
  readonly #shelf: KeyShelf;
  readonly #post: Post;
  #link: string | null;

  constructor(parts: { host: string; shelf: KeyShelf; post: Post; link: string | null }) {
    this.#host = parts.host;
    this.#shelf = parts.shelf;
    this.#post = parts.post;
    this.#link = parts.link;
  }

  /** Takes a link's token that the person gave later. */
  takeLink(token: string): void {
    this.#link = token;
  }

  /**
   * Gives a token for the local API.
   *
   * @throws {StrangerError} when this browser was not let in; any other error means that the node is away.
   */
  async session(): Promise<string> {
    const kept = await this.#load();
    const letIn = this.#link ? await this.#register(this.#link, kept) : kept;
    if (typeof letIn === "string") return letIn;
    if (!letIn) throw new StrangerError("This browser was not let in yet");
    return await this.#prove(letIn);
  }

  async #load(): Promise<LetIn | undefined> {
    try {
      return await this.#shelf.load();
    } catch (error) {
      // A browser that keeps nothing (private window, storage turned off) enters by the link each time.
      if (!this.#link) throw new StrangerError("This browser keeps no keys", { cause: error });
      return undefined;
    }
  }

  /** Lets this browser in; gives the link's own token where the browser can keep no key. */
  async #register(link: string, kept: LetIn | undefined): Promise<LetIn | string | undefined> {
    const pair = kept?.pair ??
      await crypto.subtle.generateKey(BROWSER_KEY, false, ["sign", "verify"]);
    const key = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    const { status, body } = await this.#post("/api/browser", { key: toBase64Url(key) }, link);
    if (status === 401 || status === 403) {
      // A link of an earlier start; the key from then still counts.
      this.#link = null;
      return kept;
    }
    const letIn = { browser: textIn(body, "browser"), pair };
    try {
      await this.#shelf.keep(letIn);
    } catch {
      // Nothing is lost now: the link's token counts until the node ends.
      return link;
    }
    this.#link = null;
    return letIn;
  }

  async #prove({ browser, pair }: LetIn): Promise<string> {
    const asked = await this.#post("/api/challenge", {});
    const challenge = textIn(asked.body, "challenge");
    fromBase64Url(challenge);
    const bytes = proofBytes(this.#host, challenge);
    const signed = await crypto.subtle.sign(BROWSER_SIGN, pair.privateKey, bytes);
    const proof: BrowserProof = {
      browser,
      challenge,
      signature: toBase64Url(new Uint8Array(signed)),
    };
    const { status, body } = await this.#post("/api/session", proof);
    if (status === 401 || status === 403) {
      throw new StrangerError("This browser is not let in any more");
    }
    return textIn(body, "token");
  }
}

import { createHash } from "node:crypto";
import { type Cbor, decodeCbor, encodeCbor } from "../base/cbor.ts";
import { readBytes, readList, readPeer, readSpace, readText } from "../base/fields.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import { fromBase64Url, toBase64Url } from "../view/base64url.ts";
import { INVITE_SECRET_BYTES } from "./invite.ts";

/** Where a node listens. */
export interface InviteAddress {
  /** An IPv4 or IPv6 address, or a name. */
  readonly host: string;
  readonly port: number;
}

/** What an invitation's link carries. */
export interface Invite {
  readonly space: SpaceId;
  /** 16 bytes; see `inviteKeys`. */
  readonly secret: Uint8Array;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Who made it. */
  readonly host: PeerId;
  /** Where its maker was, {@linkcode MAX_INVITE_ADDRESSES} at most. */
  readonly addresses: readonly InviteAddress[];
}

/** Addresses in an invitation. */
export const MAX_INVITE_ADDRESSES = 8;

const LINK_VERSION = 1;
const DEFAULT_BASE = "http://127.0.0.1:4747";
const MARK = "/join#";
const CHECK_BYTES = 4;
const MAX_LINK_UNITS = 4096;
const MAX_HOST_UNITS = 255;
const MAX_PORT = 65_535;
const BOUNDS = { depth: 3, values: 64 } as const;
/** No invitation is shorter: anything shorter that stands alone is something else. */
const MIN_FRAGMENT_UNITS = 40;

/** Writes an invitation as a link; `base` is the address of the local page, without a slash at its end. */
export function writeInviteLink(invite: Invite, base: string = DEFAULT_BASE): string {
  const { space, secret, expiresAt, host, addresses } = invite;
  const body = encodeCbor([
    LINK_VERSION,
    Uint8Array.fromHex(space),
    secret,
    expiresAt,
    Uint8Array.fromHex(host),
    addresses.slice(0, MAX_INVITE_ADDRESSES).map(({ host, port }) => [host, port]),
  ]);
  return `${base}${MARK}${toBase64Url(Uint8Array.from([...body, ...checkOf(body)]))}`;
}

/**
 * Reads an invitation: a whole link, or what stands behind its `#`; white space around it does not matter.
 * @throws {RangeError} if it is none; the message is for who typed or pasted it.
 */
export function readInviteLink(text: string): Invite {
  const bytes = bytesOf(fragmentOf(text));
  const body = bytes.subarray(0, -CHECK_BYTES);
  const check = checkOf(body);
  if (!check.every((byte, i) => byte === bytes[body.length + i])) throw mistyped();
  const fields = fieldsOf(body);
  const [version] = fields;
  if (typeof version === "number" && version > LINK_VERSION) {
    throw new RangeError("This invitation is of a newer version of Earshot: update this one first");
  }
  try {
    return readInvite(fields);
  } catch (error) {
    // Its check bytes hold, so someone made it so.
    if (!(error instanceof SyntaxError)) throw error;
    throw notAnInvite(error);
  }
}

function fragmentOf(text: string): string {
  const trimmed = text.slice(0, MAX_LINK_UNITS).trim();
  const at = trimmed.indexOf(MARK);
  if (at >= 0) return trimmed.slice(at + MARK.length);
  const isFragment = trimmed.length >= MIN_FRAGMENT_UNITS && /^#?[A-Za-z0-9_-]+$/.test(trimmed);
  if (!isFragment) throw notAnInvite();
  return trimmed.replace(/^#/, "");
}

function bytesOf(fragment: string): Uint8Array {
  try {
    const bytes = fromBase64Url(fragment);
    if (bytes.length > CHECK_BYTES) return bytes;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw mistyped();
}

function fieldsOf(body: Uint8Array): readonly Cbor[] {
  try {
    return readList(decodeCbor(body, BOUNDS), "invitation", 1);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw notAnInvite(error);
  }
}

function readInvite(fields: readonly Cbor[]): Invite {
  const [version, space, secret, expiresAt, host, addresses] = readList(fields, "invitation", 6, 6);
  if (version !== LINK_VERSION || typeof expiresAt !== "number") {
    throw new SyntaxError("Cannot read the invitation: not of this version");
  }
  return {
    space: readSpace(space),
    secret: readBytes(secret, "secret", INVITE_SECRET_BYTES),
    expiresAt,
    host: readPeer(host),
    addresses: readList(addresses, "addresses", 0, MAX_INVITE_ADDRESSES).map(readAddress),
  };
}

function readAddress(field: Cbor): InviteAddress {
  const [host, port] = readList(field, "address", 2, 2);
  if (typeof port !== "number" || port < 1 || port > MAX_PORT) {
    throw new SyntaxError("Cannot read an address: no such port");
  }
  return { host: readText(host, "host", MAX_HOST_UNITS), port };
}

function checkOf(body: Uint8Array): Uint8Array {
  const hash = createHash("sha256").update("earshot/invite/link/1").update(body).digest();
  return hash.subarray(0, CHECK_BYTES);
}

function mistyped(): RangeError {
  return new RangeError("This invitation was cut short or mistyped: copy the whole link again");
}

function notAnInvite(cause?: Error): RangeError {
  return new RangeError("This is not an Earshot invitation", cause && { cause });
}

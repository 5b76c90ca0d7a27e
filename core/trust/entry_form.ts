import { type Cbor, decodeCbor, encodeCbor } from "../base/cbor.ts";
import { readBoolean, readBytes, readList, readPeer, readSpace } from "../base/fields.ts";
import { type EntryHash, parseEntryHash, type PeerId } from "../base/ids.ts";
import { rankOf, type Role, ROLES } from "../base/role.ts";
import { cleanName } from "../view/words.ts";
import { CERTIFICATE_BYTES, readCertificate } from "./certificate.ts";
import { cutToCbor, readCut } from "./cut.ts";
import {
  type Entry,
  type EntryBody,
  type Identity,
  MAX_MEMBERS,
  MAX_PARENTS,
  type Seal,
  SEAL_BYTES,
} from "./entry_body.ts";
import { PEER_KEY_BYTES, SIGNATURE_BYTES } from "./peer_key.ts";
import { X25519_BYTES } from "./x25519.ts";

type Field = Cbor | undefined;
type Fields = readonly Field[];

/** The form of an entry that this program reads and writes. */
const ENTRY_VERSION = 1;
/** Of CBOR arrays: entry, body, cut, documents, document, actors, actor; and one to spare. */
const BOUNDS = { depth: 8, values: 16_384 } as const;
const MAX_NAME_UNITS = 1024;
const DOOR_BYTES = 32;

/** The first field of a body. */
const KINDS = {
  create: 1,
  invite: 2,
  join: 3,
  role: 4,
  remove: 5,
  rekey: 6,
} as const satisfies Record<EntryBody["type"], number>;

const hex = (id: string): Uint8Array => Uint8Array.fromHex(id);

function wrong(state: string): never {
  throw new SyntaxError(`Cannot read the entry: ${state}`);
}

/** Writes an entry as CBOR, in the one shortest form; whatever has an order is put into it. */
export function writeEntry({ space, author, parents, at, body }: Entry): Uint8Array {
  return encodeCbor([
    ENTRY_VERSION,
    space === null ? new Uint8Array(0) : hex(space),
    hex(author),
    parents.toSorted().map(hex),
    at,
    [KINDS[body.type], ...bodyFields(body)],
  ]);
}

function bodyFields(body: EntryBody): readonly Cbor[] {
  switch (body.type) {
    case "create":
      return [body.name, body.direct, identityToCbor(body.founder), sealsToCbor(body.seals)];
    case "invite":
      return [body.key, body.door, rankOf(body.role), body.expiresAt];
    case "join":
      return [
        identityToCbor(body.identity),
        rankOf(body.role),
        body.invite && [body.invite.key, body.invite.proof],
        body.replaces && hex(body.replaces),
        sealsToCbor(body.seals),
      ];
    case "role":
      return [hex(body.peer), rankOf(body.role), body.cut && cutToCbor(body.cut)];
    case "remove":
      return [hex(body.peer), cutToCbor(body.cut), sealsToCbor(body.seals)];
    case "rekey":
      return [sealsToCbor(body.seals)];
  }
}

const identityToCbor = ({ noiseKey, certificate }: Identity): Cbor => [noiseKey, certificate];

const sealsToCbor = (seals: readonly Seal[]): Cbor =>
  seals.toSorted((a, b) => a.peer < b.peer ? -1 : 1).map(({ peer, box }) => [hex(peer), box]);

/**
 * Reads an entry and checks all that it says of itself: forms, counts, orders, certificates; not who signed it.
 * @throws {SyntaxError} if it is not as an entry must be.
 */
export function readEntryForm(bytes: Uint8Array): Entry {
  const [version, space, author, parents, at, body] = exactly(
    decodeCbor(bytes, BOUNDS),
    "entry",
    6,
  );
  if (version !== ENTRY_VERSION) wrong(`version ${version}, not ${ENTRY_VERSION}`);
  const entry: Entry = {
    space: space instanceof Uint8Array && space.length === 0 ? null : readSpace(space),
    author: readPeer(author),
    parents: ascending(
      readList(parents, "parents", 0, MAX_PARENTS).map(readHash),
      "parents",
    ),
    at: readTime(at),
    body: readBody(body),
  };
  checkWhole(entry);
  return entry;
}

const readHash = (field: Field): EntryHash =>
  parseEntryHash(readBytes(field, "entry hash", 32).toHex());

function readTime(field: Field): number {
  return typeof field === "number" ? field : wrong("a time is not a number");
}

function readRole(field: Field): Role {
  return ROLES[typeof field === "number" ? field : -1] ?? wrong("no such role");
}

function readIdentity(field: Field): Identity {
  const [key, certificate] = exactly(field, "identity", 2);
  const noiseKey = readBytes(key, "Noise key", X25519_BYTES);
  const bytes = readBytes(certificate, "certificate", CERTIFICATE_BYTES);
  try {
    return { peer: readCertificate(bytes, noiseKey), noiseKey, certificate: bytes };
  } catch (cause) {
    throw new SyntaxError("Cannot read identity: its certificate does not hold", { cause });
  }
}

function readSeals(field: Field): readonly Seal[] {
  const seals = readList(field, "seals", 0, MAX_MEMBERS).map((item): Seal => {
    const [peer, box] = exactly(item, "seal", 2);
    return { peer: readPeer(peer), box: readBytes(box, "box", SEAL_BYTES) };
  });
  ascending(seals.map(({ peer }) => peer), "seals");
  return seals;
}

function readName(field: Field): string {
  if (typeof field !== "string" || field.length > MAX_NAME_UNITS) wrong("its name is no name");
  try {
    if (cleanName(field) === field) return field;
  } catch (error) {
    // Only that the name is refused matters here: the reason is for the person who typed it.
    if (!(error instanceof RangeError)) throw error;
  }
  return wrong("its name is not clean");
}

function readBody(field: Field): EntryBody {
  const [kind, ...fields] = readList(field, "body", 1);
  const read = typeof kind === "number" ? readers.get(kind) : undefined;
  return read ? read(fields) : wrong("no such kind");
}

const readers = new Map<number, (fields: Fields) => EntryBody>([
  [KINDS.create, (fields) => {
    const [name, direct, founder, seals] = counted(fields, 4);
    return {
      type: "create",
      name: readName(name),
      direct: readBoolean(direct, "direct"),
      founder: readIdentity(founder),
      seals: readSeals(seals),
    };
  }],
  [KINDS.invite, (fields) => {
    const [key, door, role, expiresAt] = counted(fields, 4);
    return {
      type: "invite",
      key: readBytes(key, "invite key", PEER_KEY_BYTES),
      door: readBytes(door, "door", DOOR_BYTES),
      role: readRole(role),
      expiresAt: readTime(expiresAt),
    };
  }],
  [KINDS.join, (fields) => {
    const [identity, role, invite, replaces, seals] = counted(fields, 5);
    return {
      type: "join",
      identity: readIdentity(identity),
      role: readRole(role),
      invite: invite === null ? null : readProof(invite),
      replaces: replaces === null ? null : readPeer(replaces),
      seals: readSeals(seals),
    };
  }],
  [KINDS.role, (fields) => {
    const [peer, role, cut] = counted(fields, 3);
    return {
      type: "role",
      peer: readPeer(peer),
      role: readRole(role),
      cut: cut === null ? null : readCut(cut),
    };
  }],
  [KINDS.remove, (fields) => {
    const [peer, cut, seals] = counted(fields, 3);
    return { type: "remove", peer: readPeer(peer), cut: readCut(cut), seals: readSeals(seals) };
  }],
  [KINDS.rekey, (fields) => {
    const [seals] = counted(fields, 1);
    return { type: "rekey", seals: readSeals(seals) };
  }],
]);

function readProof(field: Field): { key: Uint8Array; proof: Uint8Array } {
  const [key, proof] = exactly(field, "invite", 2);
  return {
    key: readBytes(key, "invite key", PEER_KEY_BYTES),
    proof: readBytes(proof, "proof", SIGNATURE_BYTES),
  };
}

/** What no field shows alone. PROTOCOL.md, MEMB-4. */
function checkWhole({ space, author, parents, body }: Entry): void {
  if ((body.type === "create") !== (space === null)) wrong("its space is not as for its kind");
  if ((body.type === "create") !== (parents.length === 0)) wrong("parents are not as for its kind");
  switch (body.type) {
    case "create":
      if (body.founder.peer !== author) wrong("its founder is not its author");
      return onlyFor(author, body.seals);
    case "join":
      if (body.identity.peer === author) wrong("its author joins itself");
      if (body.replaces !== null && (body.replaces !== author || body.invite)) {
        wrong("it replaces another than its author");
      }
      return onlyFor(body.identity.peer, body.seals);
    case "role":
      if ((body.cut !== null) !== (body.role === "reader")) wrong("a cut is not as for the role");
      return;
    case "remove":
      if (body.peer === author && body.seals.length > 0) wrong("who leaves begins an epoch");
      if (body.seals.some(({ peer }) => peer === body.peer)) wrong("a seal for who is removed");
      return;
    case "rekey":
      if (body.seals.length === 0) wrong("an epoch for nobody");
      return;
    case "invite":
      return;
  }
}

function onlyFor(only: PeerId, seals: readonly Seal[]): void {
  if (seals.some(({ peer }) => peer !== only)) wrong("a seal for another");
}

function exactly(field: Field, what: string, count: number): Fields {
  return readList(field, what, count, count);
}

function counted(fields: Fields, count: number): Fields {
  return fields.length === count ? fields : wrong(`${fields.length} fields, not ${count}`);
}

/** @throws {SyntaxError} unless each is above the one before. */
function ascending<Id extends string>(ids: readonly Id[], what: string): readonly Id[] {
  for (let i = 1; i < ids.length; i++) {
    if (ids[i - 1]! >= ids[i]!) wrong(`${what} are out of order`);
  }
  return ids;
}

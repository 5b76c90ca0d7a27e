import * as Automerge from "@automerge/automerge";
import { deflateRawSync } from "node:zlib";
import type { ActorId } from "../../core/base/ids.ts";
import { unpack } from "../../core/trust/change_chunk.ts";
import { chunkOf, readParts, writeParts } from "./change_parts.ts";

/** A change as Automerge decodes it. */
export type Decoded = ReturnType<typeof Automerge.decodeChange>;
type Unit = () => number;
/** An operation, with whatever a mutation put into it. */
type Op = Record<string, unknown> & { pred: string[] };

/** What mutations take foreign parts from. */
export interface Stock {
  readonly changes: readonly Uint8Array[];
  readonly decoded: readonly Decoded[];
  readonly actors: readonly ActorId[];
}

const NUMBERS = [0, 1, 2, 3, 7, 20_000, 2 ** 24, 2 ** 31 - 1, 2 ** 32 - 2, 2 ** 32, 2 ** 53 - 1];
const ACTIONS = [
  "set",
  "del",
  "inc",
  "makeMap",
  "makeList",
  "makeText",
  "mark",
  "link",
  "makeTable",
];
const VALUES = ["x", "", "é😀", "two", null, 1, -1, 1.5, true, new Uint8Array([1]), "\0"];

/** Gives an element, and fails on none. */
export function pick<T>(unit: Unit, items: readonly T[]): T {
  return items[Math.floor(unit() * items.length)] as T;
}

/**
 * Spoils a change in one to three ways, from its operations down to its bytes, and mends its checksum. Some come out
 * as they went in. `undefined` when Automerge cannot encode what became of it.
 */
export function mutate(unit: Unit, change: Decoded, stock: Stock): Uint8Array | undefined {
  const decoded = structuredClone(change);
  const ways = unit();
  if (ways > 0.15 && ways < 0.75) {
    for (let i = 0; i < 1 + unit() * 2; i++) {
      if (unit() < 0.35) mutateHeader(unit, decoded, stock);
      else mutateOps(unit, decoded, stock);
    }
  }
  try {
    const body = unpack(Automerge.encodeChange(decoded)).body;
    return chunk(unit, ways > 0.65 ? mutateBody(unit, body, stock) : body);
  } catch {
    // Automerge cannot encode it, or nobody can take apart what it encoded.
    return undefined;
  }
}

function mutateHeader(unit: Unit, change: Decoded, stock: Stock): void {
  const kind = Math.floor(unit() * 8);
  const one = pick(unit, stock.decoded);
  switch (kind) {
    case 0:
      change.deps = unit() < 0.5 ? [...one.deps] : [...change.deps, one.hash ?? ""].sort();
      break;
    case 1:
      change.deps = change.deps.slice(1);
      break;
    case 2:
      change.deps = Array.from(
        { length: Math.floor(unit() * 80) },
        () => pick(unit, stock.decoded).hash ?? "",
      ).sort();
      break;
    case 3:
      change.seq = Math.max(1, change.seq + pick(unit, [-1, 1, 2, 100, 2 ** 31]));
      break;
    case 4:
      change.startOp = Math.max(1, change.startOp + pick(unit, [-1, 1, 5, -3, 100, -100]));
      break;
    case 5:
      change.startOp = Math.max(1, pick(unit, NUMBERS));
      break;
    case 6:
      change.time = pick(unit, [-1, 0, 2 ** 52, -(2 ** 52)]);
      break;
    default:
      change.message = "m".repeat(Math.floor(unit() * 300));
  }
}

function mutateOps(unit: Unit, change: Decoded, stock: Stock): void {
  const ops = change.ops as unknown as Op[];
  const op = pick(unit, ops);
  if (!op) return;
  const id = () => `${1 + Math.floor(unit() * 60)}@${pick(unit, [...stock.actors, change.actor])}`;
  const foreign = pick(unit, pick(unit, stock.decoded).ops as unknown as Op[]);
  const at = Math.floor(unit() * ops.length);
  switch (Math.floor(unit() * 14)) {
    case 0:
      op["action"] = pick(unit, ACTIONS);
      break;
    case 1:
      op["obj"] = pick(unit, ["_root", `1@${"00".repeat(16)}`, id()]);
      break;
    case 2:
      op["insert"] = op["insert"] ? undefined : true;
      break;
    case 3:
      op["value"] = pick(unit, VALUES);
      break;
    case 4:
      op["datatype"] = pick(unit, ["counter", "timestamp", "uint", "int", "float64", undefined]);
      break;
    case 5:
      op.pred = unit() < 0.5 ? [] : [id()];
      break;
    case 6:
      op.pred = [...op.pred, unit() < 0.5 ? id() : op.pred[0] ?? id()].sort();
      break;
    case 7:
      delete op["key"];
      op["elemId"] = pick(unit, ["_head", id()]);
      break;
    case 8:
      delete op["elemId"];
      op["key"] = pick(unit, ["k", "", "text", "name"]);
      break;
    case 9:
      if (foreign) ops.splice(at, 0, structuredClone(foreign));
      break;
    case 10:
      ops.splice(at, 1);
      break;
    case 11:
      ops.splice(at, 0, structuredClone(op));
      break;
    case 12:
      ops.reverse();
      break;
    default:
      for (const key of ["key", "elemId"]) {
        if (foreign?.[key] !== undefined && op[key] !== undefined) op[key] = foreign[key];
      }
  }
}

function mutateBody(unit: Unit, body: Uint8Array, stock: Stock): Uint8Array {
  const kind = unit();
  if (kind < 0.35) {
    const bytes = body.slice();
    for (let i = 0; i < 1 + unit() * 3; i++) {
      bytes[Math.floor(unit() * bytes.length)]! ^= 1 << Math.floor(unit() * 8);
    }
    return bytes;
  }
  const parts = readParts(body);
  const other = readParts(unpack(pick(unit, stock.changes)).body);
  const column = pick(unit, parts.columns);
  const foreign = pick(unit, other.columns);
  switch (Math.floor(unit() * 8)) {
    case 0:
      parts.head = other.head;
      break;
    case 1:
      parts.others = unit() < 0.5 ? other.others : [...parts.others, pick(unit, stock.actors)];
      break;
    case 2:
      parts.columns = other.columns;
      break;
    case 3:
      if (column && foreign) column.bytes = foreign.bytes;
      break;
    case 4:
      if (foreign) parts.columns.push(foreign);
      break;
    case 5:
      parts.columns.splice(Math.floor(unit() * parts.columns.length), 1);
      break;
    case 6:
      if (column) column.spec = pick(unit, [column.spec ^ 8, column.spec + 1, 0x94, 0xa5, 0x23]);
      break;
    default:
      // A run, its length or its value becomes another.
      if (column?.bytes.length) {
        const at = Math.floor(unit() * column.bytes.length);
        column.bytes = column.bytes.with(at, pick(unit, [0, 1, 2, 0x7e, 0x7f, 0x80, 0xff]));
      }
  }
  return writeParts(parts);
}

function chunk(unit: Unit, body: Uint8Array): Uint8Array {
  const plain = chunkOf(1, body, body);
  if (unit() > 0.1) return plain;
  return chunkOf(2, deflateRawSync(body), body);
}

import { addressRank, admitAddress } from "./address_rules.ts";
import { readHints } from "./hints.ts";
import type { NetworkInterface } from "./interfaces.ts";
import type { DnsRecord, Incoming } from "./mdns_packet.ts";
import { instanceName, RECORD_TTL_S, sameName, SERVICE, TXT_VERSION } from "./mdns_records.ts";
import type { Address } from "./transport.ts";

/** More addresses of one node on one interface are not tried. */
const MAX_ADDRESSES = 8;

/** Where a node may be dialled, and how well that is likely to work. */
export interface RankedAddress extends Address {
  /** Lower is better: see {@linkcode addressRank}. */
  readonly rank: number;
}

/** A node seen in one packet: a hint where to dial, and no more. */
export interface Sighting {
  readonly instance: string;
  readonly addresses: readonly RankedAddress[];
  /** The tags that it shows: see `hintTag`. */
  readonly hints: readonly Uint8Array[];
  readonly ttlMs: number;
}

/** What a response says of nodes. */
export interface Reading {
  readonly sightings: readonly Sighting[];
  /** Instances that said goodbye. */
  readonly goodbyes: readonly string[];
}

/**
 * Reads a response that came in on `on`. A node counts when the packet holds its SRV, its TXT with a
 * known version and an address that is a neighbour (MDNS-4, MDNS-9); everything else is passed over.
 */
export function readResponse(packet: Incoming, on: NetworkInterface): Reading {
  const records = [...packet.answers, ...packet.additionals].filter(isInternet);
  const goodbyes = new Set<string>();
  const sightings = new Map<string, Sighting>();
  for (const record of records) {
    const instance = record.type === "SRV"
      ? instanceOf(record.name)
      : record.type === "PTR" && sameName(record.name, SERVICE)
      ? instanceOf(record.data)
      : undefined;
    if (instance === undefined) continue;
    if (record.ttl === 0) goodbyes.add(instance);
    if (record.type !== "SRV" || sightings.has(instance)) continue;
    const sighting = readService(instance, record, records, on);
    if (sighting) sightings.set(instance, sighting);
  }
  for (const instance of goodbyes) sightings.delete(instance);
  return { sightings: [...sightings.values()], goodbyes: [...goodbyes] };
}

function readService(
  instance: string,
  service: DnsRecord,
  records: readonly DnsRecord[],
  on: NetworkInterface,
): Sighting | undefined {
  const { port, target } = (service.data ?? {}) as { port?: unknown; target?: unknown };
  if (typeof port !== "number" || port < 1 || typeof target !== "string") return undefined;
  const texts = records.flatMap((record) =>
    record.type === "TXT" && instanceOf(record.name) === instance ? stringsOf(record.data) : []
  );
  if (!texts.includes(TXT_VERSION)) return undefined;
  const hosts = new Set<string>();
  const targetName = target.toLowerCase();
  for (const { type, name, data } of records) {
    if ((type !== "A" && type !== "AAAA") || !sameName(name, targetName)) continue;
    const host = typeof data === "string" ? admitAddress(data, on) : undefined;
    if (host !== undefined && hosts.size < MAX_ADDRESSES) hosts.add(host);
  }
  if (hosts.size === 0) return undefined;
  const addresses = [...hosts].map((host) => ({ host, port, rank: addressRank(host, on) }));
  const hints = texts.map(readHints).find(({ length }) => length > 0) ?? [];
  return { instance, addresses, hints, ttlMs: Math.min(service.ttl ?? 0, RECORD_TTL_S) * 1_000 };
}

/** The nonce in an instance's name; `undefined` for any other name. */
function instanceOf(name: unknown): string | undefined {
  if (typeof name !== "string") return undefined;
  const instance = name.slice(0, 16).toLowerCase();
  return /^[0-9a-f]{16}$/.test(instance) && sameName(name, instanceName(instance))
    ? instance
    : undefined;
}

function isInternet(record: DnsRecord): boolean {
  return record.class === "IN" && typeof record.name === "string";
}

function stringsOf(data: unknown): string[] {
  const entries: unknown[] = Array.isArray(data) ? data : [data];
  return entries.flatMap((entry) =>
    entry instanceof Uint8Array ? [new TextDecoder().decode(entry)] : []
  );
}

import { writeHints } from "./hints.ts";
import type { DnsRecord, Outgoing, Question } from "./mdns_packet.ts";

/** The service that nodes announce and look for (MDNS-1). */
export const SERVICE = "_earshot._tcp.local";
/** The name under which all services of a network are listed (RFC 6763 §9). */
const SERVICES = "_services._dns-sd._udp.local";
/** How long a record holds, in seconds; each is asked for again in half that time (MDNS-5). */
export const RECORD_TTL_S = 120;
/** What a one-shot asker, who will not hear a goodbye, may keep (RFC 6762 §6.7). */
const LEGACY_TTL_S = 10;
/** The first string of TXT: the version of what a node speaks. Tags follow, and nothing else (MDNS-3). */
export const TXT_VERSION = "v=1";
/** A query that repeats every known peer could outgrow one Ethernet frame. */
const MAX_KNOWN_ANSWERS = 15;

/** Who announces: a nonce, where it listens, and tags for those who share a door with it. */
export interface Announced {
  /** 16 hex digits, the instance's name and the host's (MDNS-2). */
  readonly instance: string;
  readonly port: number;
  /** IPv4 and IPv6 addresses, without zone, of the interface that the packet goes out on. */
  readonly addresses: readonly string[];
  readonly hints: readonly Uint8Array[];
}

/** The full name of an instance of the service. */
export function instanceName(instance: string): string {
  return `${instance}.${SERVICE}`;
}

/** The PTR record that names an instance. */
function pointer(instance: string, ttl: number): DnsRecord {
  return { name: SERVICE, type: "PTR", ttl, data: instanceName(instance) };
}

/** Every record of a node, which always travel together (MDNS-4). */
function records(self: Announced, ttl: number, flush: boolean): DnsRecord[] {
  const name = instanceName(self.instance);
  const host = `${self.instance}.local`;
  const target = { priority: 0, weight: 0, port: self.port, target: host };
  return [
    pointer(self.instance, ttl),
    { name, type: "SRV", ttl, flush, data: target },
    { name, type: "TXT", ttl, flush, data: [TXT_VERSION, writeHints(self.hints)] },
    ...self.addresses.map((data): DnsRecord => {
      return { name: host, type: data.includes(":") ? "AAAA" : "A", ttl, flush, data };
    }),
  ];
}

/** What a node says last: the same records, held for no time. */
export function goodbye(self: Announced): Outgoing {
  return { type: "response", answers: records(self, 0, true) };
}

/**
 * Asks for every node but those of `known`, which need not answer (RFC 6762 §7.1). The asker names
 * itself among them, so it does not answer itself.
 */
export function query(known: readonly string[]): Outgoing {
  return {
    type: "query",
    questions: [{ name: SERVICE, type: "PTR" }],
    answers: known.slice(0, MAX_KNOWN_ANSWERS).map((instance) => pointer(instance, RECORD_TTL_S)),
  };
}

/** What a query wants of this node. */
export interface Wanted {
  /** The node's own records. */
  readonly self: boolean;
  /** That the service exists at all. */
  readonly service: boolean;
  /** Whether others may answer the same question, so that the answer takes a random pause. */
  readonly shared: boolean;
}

/** Reads what a query wants; `undefined` when it is nothing of this node, or already known. */
export function wanted(
  self: Announced,
  questions: readonly Question[],
  knownAnswers: readonly DnsRecord[],
): Wanted | undefined {
  const knows = (name: string, data: string) =>
    knownAnswers.some((known) =>
      known.type === "PTR" && sameName(known.name, name) && sameName(known.data, data) &&
      (known.ttl ?? 0) * 2 >= RECORD_TTL_S
    );
  let mine = false;
  let service = false;
  let shared = false;
  for (const { name, type } of questions) {
    const pointers = type === "PTR" || type === "ANY";
    if (pointers && sameName(name, SERVICE) && !knows(SERVICE, instanceName(self.instance))) {
      mine = shared = true;
    } else if (pointers && sameName(name, SERVICES) && !knows(SERVICES, SERVICE)) {
      service = shared = true;
    } else if (sameName(name, instanceName(self.instance))) {
      mine ||= type === "SRV" || type === "TXT" || type === "ANY";
    } else if (sameName(name, `${self.instance}.local`)) {
      mine ||= type === "A" || type === "AAAA" || type === "ANY";
    }
  }
  return mine || service ? { self: mine, service, shared } : undefined;
}

/** What a node tells all: of itself when it starts and when asked, of the service when asked. */
export function answer(self: Announced, want: Pick<Wanted, "self" | "service">): Outgoing {
  const answers: DnsRecord[] = want.self ? records(self, RECORD_TTL_S, true) : [];
  if (want.service) answers.push({ name: SERVICES, type: "PTR", ttl: RECORD_TTL_S, data: SERVICE });
  return { type: "response", answers };
}

/** The answer to a one-shot asker, sent to it alone: its id and questions, a short life. */
export function legacyAnswer(
  self: Announced,
  want: Wanted,
  asked: { readonly id: number; readonly questions: readonly Question[] },
): Outgoing {
  const answers = (answer(self, want).answers ?? []).map((record) => {
    return { ...record, ttl: LEGACY_TTL_S, flush: false };
  });
  return { type: "response", id: asked.id, questions: asked.questions, answers };
}

/** DNS names are equal without regard to case. */
export function sameName(one: unknown, other: string): boolean {
  return typeof one === "string" && one.toLowerCase() === other;
}

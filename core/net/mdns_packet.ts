/** A DNS question, as `multicast-dns` reads and writes it. */
export interface Question {
  readonly name: string;
  readonly type: string;
  readonly class?: string;
}

/** A DNS record, as `multicast-dns` reads and writes it; what `data` is depends on `type`. */
export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly class?: string;
  /** Seconds; 0 says goodbye. */
  readonly ttl?: number;
  /** Says that this is all there is of this name and type (RFC 6762 §10.2). */
  readonly flush?: boolean;
  readonly data?: unknown;
}

/** A packet to send. */
export interface Outgoing {
  readonly type: "query" | "response";
  readonly id?: number;
  readonly questions?: readonly Question[];
  readonly answers?: readonly DnsRecord[];
}

/** A packet that came, decoded but not believed. */
export interface Incoming {
  readonly type: string;
  readonly id: number;
  readonly questions: readonly Question[];
  readonly answers: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/** Where a packet came from: an address without zone. */
export interface Source {
  readonly address: string;
  readonly port: number;
}

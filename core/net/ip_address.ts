/** An IP address as its bytes: 4 of IPv4, 16 of IPv6. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bytes: Uint8Array;
}

/** An address of this machine with the number of leading bits that it shares with its neighbours. */
export interface Subnet extends IpAddress {
  readonly text: string;
  readonly prefix: number;
}

/** Reads an IPv4 or IPv6 address without zone; `undefined` when it is neither. */
export function parseIp(text: string): IpAddress | undefined {
  if (text.length > 45) return undefined;
  const bytes = text.includes(":") ? parseIpv6(text) : parseIpv4(text);
  return bytes && { family: bytes.length === 4 ? 4 : 6, bytes };
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) {
    return undefined;
  }
  const numbers = parts.map(Number);
  return numbers.every((number) => number <= 255) ? Uint8Array.from(numbers) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) =>
    half === "" ? [] : groups(half, index === halves.length - 1)
  );
  if (!head || (halves.length === 2 && !tail)) return undefined;
  const missing = 16 - head.length - (tail?.length ?? 0);
  if (tail ? missing < 2 : missing !== 0) return undefined;
  return Uint8Array.from([...head, ...Array(missing).fill(0), ...tail ?? []]);
}

/** The bytes of `a:b:c`; at the end of an address the last group may be an IPv4 address. */
function groups(text: string, atEnd: boolean): number[] | undefined {
  const bytes: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const ipv4 = atEnd && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (ipv4) bytes.push(...ipv4);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      const group = Number.parseInt(part, 16);
      bytes.push(group >> 8, group & 0xff);
    } else return undefined;
  }
  return bytes;
}

/** Whether the first `prefix` bits of the two are the same. */
export function sharesPrefix(one: IpAddress, other: IpAddress, prefix: number): boolean {
  if (one.family !== other.family) return false;
  for (let bit = 0; bit < prefix; bit += 8) {
    const mask = 0xff << Math.max(0, 8 - (prefix - bit)) & 0xff;
    if (((one.bytes[bit / 8] ?? 0) ^ (other.bytes[bit / 8] ?? 0)) & mask) return false;
  }
  return true;
}

/** 127.0.0.0/8 and ::1. */
export function isLoopback({ family, bytes }: IpAddress): boolean {
  return family === 4
    ? bytes[0] === 127
    : bytes.every((byte, index) => byte === (index === 15 ? 1 : 0));
}

/** fe80::/10: valid on one link only, so it needs a zone to be dialled. */
export function isLinkLocalIpv6({ family, bytes }: IpAddress): boolean {
  return family === 6 && bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
}

/** Takes the `%zone` off: the far end of a connection is often told without one. */
export function withoutZone(host: string): string {
  const at = host.indexOf("%");
  return at < 0 ? host : host.slice(0, at);
}

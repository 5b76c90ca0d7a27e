import { type Address, addressText } from "./transport.ts";

/** No answer in time. */
export class DialTimeout extends Error {
  override readonly name = "DialTimeout";
}

/** Why a dial failed, in plain words for people. */
export function dialReason(address: Address, error: unknown): string {
  return `${addressText(address)}: ${reason(error)}`;
}

function reason(error: unknown): string {
  if (error instanceof DialTimeout) {
    return "no answer (off, another network, or a firewall that drops what comes in)";
  }
  if (error instanceof Deno.errors.ConnectionRefused) {
    return "the machine is there, but nobody listens at this port (or a firewall refuses)";
  }
  if (error instanceof Deno.errors.AddrNotAvailable) return "not an address that can be dialled";
  if (error instanceof Deno.errors.NotCapable) return "this program may not use the network";
  const text = error instanceof Error ? error.message : String(error);
  if (/unreachable|no route/i.test(text)) return "no way there from this machine's networks";
  if (/lookup|resolve|getaddrinfo|not known/i.test(text)) return "no machine of that name";
  return text.slice(0, 200);
}

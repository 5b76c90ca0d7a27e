import { type Host, netnsMissing, Network } from "./netns.ts";

/** Where a node runs in an end-to-end test: a host on a cable of its own, or this machine's loopback. */
export interface Place {
  command(program: string, args: string[], options?: Deno.CommandOptions): Deno.Command;
  /** Options of start that keep the node's traffic inside the place. */
  readonly options: readonly string[];
}

/** This machine, its traffic kept to the loopback. */
export const loopback: Place = {
  command: (program, args, options = {}) => new Deno.Command(program, { ...options, args }),
  options: ["--interface", "127.0.0.1"],
};

/** Places for `count` nodes that see each other. */
export interface Places extends AsyncDisposable {
  readonly places: readonly Place[];
  /** The cables, where there are any. */
  readonly network: Network | null;
}

/** Hosts in network namespaces where they can be had, else as many nodes on the loopback. */
export async function openPlaces(count: number): Promise<Places> {
  if (await netnsMissing() !== undefined) {
    return {
      places: Array.from({ length: count }, () => loopback),
      network: null,
      [Symbol.asyncDispose]: async () => {},
    };
  }
  const network = await Network.open(count);
  const places = network.hosts.map(placeAt);
  return { places, network, [Symbol.asyncDispose]: () => network.close() };
}

/** A host on a cable, as a place. */
export const placeAt = (host: Host): Place => ({
  command: (program, args, options) => host.command(program, args, options),
  options: [],
});

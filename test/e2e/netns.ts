/**
 * Machines on a cable, for end-to-end tests: Linux network namespaces on one bridge. The bridge has a
 * namespace of its own, so nothing of this is seen by, or reaches, the network of the real machine.
 */

/** The network device inside each host. */
export const DEVICE = "eth0";

/** Names the machine by its first argument and becomes the program that follows. */
const NAMED = 'echo "$0" > /proc/sys/kernel/hostname && exec "$@"';

/** Says in plain words why namespaces cannot be had here; `undefined` when they can. */
export async function netnsMissing(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "needs Linux network namespaces";
  if (Deno.uid() !== 0) return "needs root for network namespaces";
  const probe = `earshot-${Deno.pid}-probe`;
  try {
    await ip("netns", "add", probe);
    await ip("netns", "del", probe);
    return undefined;
  } catch (error) {
    return `needs network namespaces: ${error instanceof Error ? error.message : error}`;
  }
}

/** One machine: a namespace with a loopback and one device plugged into the bridge. */
export class Host {
  readonly #bridge: string;
  readonly #port: string;
  /** The namespace, as in `ip netns exec NAME`. */
  readonly name: string;
  /** IPv4 address on the bridge's network. */
  readonly address: string;
  /** Link-local IPv6 address, without zone. */
  readonly address6: string;

  constructor(parts: {
    name: string;
    address: string;
    address6: string;
    bridge: string;
    port: string;
  }) {
    this.name = parts.name;
    this.address = parts.address;
    this.address6 = parts.address6;
    this.#bridge = parts.bridge;
    this.#port = parts.port;
  }

  /** What the machine is called: long enough not to come up in random bytes. */
  get hostname(): string {
    return `machine-of-${this.name}`;
  }

  /** A command that runs on this host; its process id is the program's own. */
  command(program: string, args: string[], options: Deno.CommandOptions = {}): Deno.Command {
    const named = ["unshare", "--uts", "sh", "-c", NAMED, this.hostname, program, ...args];
    return new Deno.Command("ip", { ...options, args: ["netns", "exec", this.name, ...named] });
  }

  /** Runs a program on this host to its end and gives what it wrote. @throws {Error} if it fails. */
  async run(program: string, ...args: string[]): Promise<string> {
    return await output(this.command(program, args, { stdin: "null" }), program, args);
  }

  /** Pulls the cable at the bridge: addresses stay, the carrier goes. */
  async unplug(): Promise<void> {
    await ip("-n", this.#bridge, "link", "set", this.#port, "down");
  }

  /** Mends the cable. */
  async plug(): Promise<void> {
    await ip("-n", this.#bridge, "link", "set", this.#port, "up");
  }
}

/** Hosts on one bridge. Closing it ends every process inside and removes everything. */
export class Network implements AsyncDisposable {
  static #count = 0;
  readonly #namespaces: string[];
  readonly #subnet: string;
  #closed = false;
  readonly hosts: readonly Host[];

  private constructor(namespaces: string[], hosts: Host[], subnet: string) {
    this.#namespaces = namespaces;
    this.#subnet = subnet;
    this.hosts = hosts;
  }

  /**
   * Makes `count` hosts, .1 and up of a subnet of 256.
   * @throws {Error} when {@linkcode netnsMissing} says why.
   */
  static async open(count: number, subnet = "10.77.0"): Promise<Network> {
    await sweep();
    const prefix = `earshot-${Deno.pid}-${Network.#count++}`;
    const bridge = `${prefix}-bridge`;
    const network = new Network([bridge], [], subnet);
    try {
      await ip("netns", "add", bridge);
      await ip("-n", bridge, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
      await ip("-n", bridge, "link", "set", "br0", "up");
      const hosts = network.hosts as Host[];
      for (let i = 0; i < count; i++) {
        network.#namespaces.push(`${prefix}-${i}`);
        hosts.push(await addHost(bridge, `${prefix}-${i}`, subnet, i));
      }
      return network;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  /**
   * Lays a second cable, from the first host to the second alone: it is their device "eth1", with the
   * addresses 10.78.0.1 and 10.78.0.2.
   */
  async addCable(first: Host, second: Host): Promise<void> {
    const [device, other] = ["eth1", ["peer", "name", "eth1", "netns", second.name]] as const;
    await ip("link", "add", device, "netns", first.name, "type", "veth", ...other);
    for (const [index, { name }] of [first, second].entries()) {
      await skipTwinSearch(name, device);
      await ip("-n", name, "addr", "add", `10.78.0.${index + 1}/24`, "dev", device);
      await ip("-n", name, "link", "set", device, "up");
    }
  }

  /** Plugs a host of another network into this one too: it is its device "eth1", with the address .100. */
  async join({ name }: Host): Promise<void> {
    const [bridge = ""] = this.#namespaces;
    const [device, port] = ["eth1", "guest"] as const;
    const peer = ["peer", "name", port, "netns", bridge];
    await ip("link", "add", device, "netns", name, "type", "veth", ...peer);
    await ip("-n", bridge, "link", "set", port, "master", "br0", "up");
    await skipTwinSearch(name, device);
    await ip("-n", name, "addr", "add", `${this.#subnet}.100/24`, "dev", device);
    await ip("-n", name, "link", "set", device, "up");
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const name of this.#namespaces) await remove(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function addHost(
  bridge: string,
  name: string,
  subnet: string,
  index: number,
): Promise<Host> {
  const port = `port${index}`;
  const address = `${subnet}.${index + 1}`;
  const peer = ["peer", "name", port, "netns", bridge];
  await ip("netns", "add", name);
  await ip("link", "add", DEVICE, "netns", name, "type", "veth", ...peer);
  await ip("-n", bridge, "link", "set", port, "master", "br0", "up");
  await skipTwinSearch(name, DEVICE);
  await ip("-n", name, "addr", "add", `${address}/24`, "dev", DEVICE);
  await ip("-n", name, "link", "set", "lo", "up");
  await ip("-n", name, "link", "set", DEVICE, "up");
  const shown = await ip("-n", name, "-6", "-o", "addr", "show", "dev", DEVICE, "scope", "link");
  const address6 = /inet6 (fe80[0-9a-f:]+)\//.exec(shown)?.[1];
  if (address6 === undefined) throw new Error(`Cannot make host "${name}": no IPv6 address`);
  return new Host({ name, address, address6, bridge, port });
}

/** Without this an IPv6 address is unusable for its first second, in which it is sought for twins. */
async function skipTwinSearch(name: string, device: string): Promise<void> {
  const setting = `/proc/sys/net/ipv6/conf/${device}/accept_dad`;
  await ip("netns", "exec", name, "sh", "-c", `echo 0 > ${setting}`);
}

/** Ends what runs in a namespace and deletes it; a namespace that is gone already is no error. */
async function remove(name: string): Promise<void> {
  try {
    for (const pid of (await ip("netns", "pids", name)).split("\n")) {
      if (pid !== "") kill(Number(pid));
    }
    await ip("netns", "del", name);
  } catch (error) {
    if ((await namespaces()).includes(name)) throw error;
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Removes what test processes left behind that were killed before they could clean up. */
async function sweep(): Promise<void> {
  for (const name of await namespaces()) {
    const owner = /^earshot-(\d+)-/.exec(name)?.[1];
    if (owner === undefined) continue;
    const alive = await Deno.stat(`/proc/${owner}`).then(() => true, () => false);
    if (!alive) await remove(name);
  }
}

async function namespaces(): Promise<string[]> {
  return (await ip("netns", "list")).split("\n").map((line) => line.split(" ")[0] ?? "");
}

async function ip(...args: string[]): Promise<string> {
  return await output(new Deno.Command("ip", { args, stdin: "null" }), "ip", args);
}

async function output(command: Deno.Command, program: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await command.output();
  if (!success) {
    const why = new TextDecoder().decode(stderr).trim();
    throw new Error(`Cannot run "${program} ${args.join(" ")}": ${why}`);
  }
  return new TextDecoder().decode(stdout);
}

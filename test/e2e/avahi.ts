import type { Host } from "./netns.ts";

/** Says in plain words why Avahi cannot be run here; `undefined` when it can. */
export async function avahiMissing(): Promise<string | undefined> {
  for (const program of ["dbus-daemon", "avahi-daemon", "avahi-browse"]) {
    const command = new Deno.Command("sh", {
      args: ["-c", `command -v ${program}`],
      stdout: "null",
    });
    if (!(await command.output()).success) return `needs ${program}`;
  }
  return undefined;
}

/** Avahi, the mDNS of most Linux desktops, on a host of its own, with a message bus of its own. */
export class Avahi implements AsyncDisposable {
  readonly #host: Host;
  readonly #folder: string;
  readonly #children: Deno.ChildProcess[] = [];

  private constructor(host: Host, folder: string) {
    this.#host = host;
    this.#folder = folder;
  }

  /** Starts bus and daemon and waits until both answer. */
  static async start(host: Host): Promise<Avahi> {
    const folder = await Deno.makeTempDir({ prefix: "earshot-avahi-" });
    const avahi = new Avahi(host, folder);
    const bus = `${folder}/bus.conf`;
    const conf = `${folder}/avahi.conf`;
    await Deno.writeTextFile(bus, busConfiguration(folder));
    await Deno.writeTextFile(
      conf,
      "[server]\nhost-name=third\n[publish]\npublish-workstation=no\n",
    );
    await Deno.mkdir(`${folder}/run`);
    avahi.#start("dbus-daemon", "--config-file", bus, "--nofork", "--nopidfile");
    // `ip netns exec` gives a view of the file system of its own, so this hides /run from nobody else.
    const hide = `mount --bind ${folder}/run /run`;
    const wait = `until [ -S ${folder}/bus ]; do sleep 0.02; done`;
    const daemon = `exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f ${conf}`;
    avahi.#start("sh", "-c", `${hide} && ${wait} && ${daemon}`);
    return avahi;
  }

  /** What `avahi-browse -rpt` says of a service: one line for each instance, interface and family. */
  async browse(service: string): Promise<string[][]> {
    const command = this.#host.command("avahi-browse", ["-rpt", service], {
      env: this.#env,
      stdin: "null",
    });
    const { stdout } = await command.output();
    return new TextDecoder().decode(stdout).split("\n")
      .filter((line) => line.startsWith("=")).map((line) => line.split(";"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.reverse()) {
      child.kill("SIGKILL");
      await child.status;
    }
    await Deno.remove(this.#folder, { recursive: true });
  }

  get #env(): Record<string, string> {
    return { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${this.#folder}/bus` };
  }

  #start(program: string, ...args: string[]): void {
    const options = { env: this.#env, stdin: "null", stdout: "null", stderr: "null" } as const;
    this.#children.push(this.#host.command(program, args, options).spawn());
  }
}

function busConfiguration(folder: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
`;
}

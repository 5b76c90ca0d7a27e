import { Access } from "../access.ts";
import { steadyClock, systemClock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import { lineLog } from "../base/log.ts";
import { randomBytes } from "../base/random.ts";
import { EngineLostError } from "../doc/ordered_documents.ts";
import { EarshotNode } from "../node.ts";
import { dataDirectory, openDataDirectory } from "../store/data_directory.ts";
import { DirectoryLock } from "../store/directory_lock.ts";
import { readRunning, removeRunning, writeRunning } from "../store/running_file.ts";
import { Store } from "../store/store.ts";
import { StoreError } from "../store/store_error.ts";
import { openVault, type Vault } from "../store/vault.ts";
import { openBrowser } from "./browser.ts";
import { Cancelled } from "./hidden_line.ts";
import type { StartOptions } from "./options.ts";
import { startPassphrase, takePassphraseVariable } from "./passphrase_source.ts";
import { PortTakenError } from "./port_taken.ts";
import { stopSignals } from "./stop_signals.ts";
import { suggestedName } from "./suggested_name.ts";
import { complain, print } from "./terminal.ts";
import { buildUi, serveUi, type Ui } from "./ui.ts";

const STOPPED = 0;
const FAILED = 1;
const INTERRUPTED = 130;

/** Where the program is, and which version of it. */
export interface Program {
  readonly root: URL;
  readonly version: string;
}

/** Runs a node until it is told to stop. @returns the exit code. */
export async function start(options: StartOptions, program: Program): Promise<number> {
  try {
    return await run(options, program);
  } catch (error) {
    if (error instanceof Cancelled) return INTERRUPTED;
    if (error instanceof EngineLostError) {
      complain(`Cannot start: ${error.message}; start it again when the machine is less busy`);
    } else if (error instanceof StoreError || error instanceof PortTakenError) {
      complain(error.message);
    } else {
      throw error;
    }
    return FAILED;
  }
}

async function run(options: StartOptions, program: Program): Promise<number> {
  const stop = stopSignals();
  const stopping = new AbortController();
  void stop.then(() => stopping.abort());
  // Before the bundler starts, which would inherit it.
  const variable = takePassphraseVariable();
  // What is opened is closed in the opposite order.
  await using opened = new AsyncDisposableStack();
  const directory = options.data ?? dataDirectory(Deno.build.os, (name) => Deno.env.get(name));
  openDataDirectory(directory);
  const lock = await DirectoryLock.take(directory);
  if (!lock) {
    const running = readRunning(directory);
    complain(`Earshot already runs on this data${running ? `: open ${running.url}` : ""}`);
    return FAILED;
  }
  opened.defer(() => lock.close());
  // A node that was killed left it: it leads nowhere, or to whoever has that port now.
  removeRunning(directory);
  const building = buildUi(program.root);
  // It is awaited below; until then a failure of the node must not leave it unhandled.
  building.catch(() => {});
  const store = Store.open(directory);
  opened.defer(() => store.close());
  const ask = startPassphrase({
    file: options.passphraseFile,
    variable,
    signal: stopping.signal,
  });
  const vault = await openVault(directory, store.envelopes.isEmpty, ask);
  const node = await openNode(store, vault, options, program.version).catch((error) => {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new PortTakenError(options.syncPort, "--sync-port", { cause: error });
  });
  opened.defer(() => node.close());
  const ui = await Promise.race([stop, building]);
  if (!ui) return STOPPED;
  const url = openUi(opened, { node, store, directory, options, ui });
  announce(node, url, options);
  // What ran so far (the bundler, the browser) is not needed again.
  if (options.open) openBrowser(directory, url);
  await Deno.permissions.revoke({ name: "run" });
  await stop;
  return STOPPED;
}

function openNode(
  store: Store,
  vault: Vault,
  options: StartOptions,
  version: string,
): Promise<EarshotNode> {
  return EarshotNode.open({
    version,
    store,
    vault,
    name: options.name,
    suggestedName: suggestedName(account(), Deno.hostname()),
    lobby: options.lobby,
    network: {
      port: options.syncPort,
      interfaces: options.interfaces,
      peers: options.peers,
      discovery: options.discovery,
    },
    clock: systemClock,
    steady: steadyClock,
    random: randomBytes,
    log: lineLog(complain, options.verbose),
  });
}

function account(): string {
  const names = ["LOGNAME", "USER", "USERNAME"].map((name) => Deno.env.get(name));
  return names.find((name) => name) ?? "";
}

interface UiParts {
  readonly node: EarshotNode;
  readonly store: Store;
  readonly directory: string;
  readonly options: StartOptions;
  readonly ui: Ui;
}

/** Serves the page and tells the command line where; gives the address with the token. */
function openUi(
  opened: AsyncDisposableStack,
  { node, store, directory, options, ui }: UiParts,
): string {
  const access = new Access({ keys: store.browsers, clock: systemClock, random: randomBytes });
  const log = lineLog(complain, options.verbose);
  const server = serveUi(ui, { node, access }, options.port, { clock: systemClock, log });
  opened.defer(() => server.close());
  const { port } = server;
  const token = access.linkToken;
  const url = `http://127.0.0.1:${port}/#t=${token}`;
  writeRunning(directory, { url, token, port, pid: Deno.pid, peer: node.peer });
  opened.defer(() => removeRunning(directory));
  return url;
}

function announce(node: EarshotNode, url: string, { json }: StartOptions): void {
  if (!json) return say(`Earshot is ready: ${url}`);
  const { peer, port } = node;
  say(JSON.stringify({ event: "ready", url, peer, name: node.name, port }));
  const tell = (peer: PeerId, linked: boolean) =>
    say(JSON.stringify({ event: linked ? "linked" : "unlinked", peer }));
  for (const peer of node.linked) tell(peer, true);
  node.onLinked = tell;
}

/** Prints a line; a node goes on when nobody reads it any more. */
function say(line: string): void {
  try {
    print(line);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) complain(`Cannot print: ${error}`);
  }
}

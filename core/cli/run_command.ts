import { dataDirectory } from "../store/data_directory.ts";
import { readRunning } from "../store/running_file.ts";
import { StoreError } from "../store/store_error.ts";
import { apiClient, ClientError, type LocalNode } from "./client.ts";
import { read, search, send } from "./messages.ts";
import { listNotes, showNote, writeNote } from "./notes.ts";
import type { ClientOptions } from "./client_options.ts";
import { lineOutput, type Output } from "./output.ts";
import { channels, peers, status } from "./overview.ts";
import {
  createSpace,
  invite,
  join,
  leaveSpace,
  listSpaces,
  members,
  rebuild,
  removeMember,
} from "./spaces.ts";
import { complain, print } from "./terminal.ts";

const DONE = 0;
const FAILED = 1;
const INTERRUPTED = 130;

/** Asks the running node and prints the answer. @returns the exit code. */
export async function runCommand(options: ClientOptions): Promise<number> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    await dispatch(options, lineOutput(options.json, print), stop.signal);
    return stop.signal.aborted ? INTERRUPTED : DONE;
  } catch (error) {
    // The reader of a pipe has gone (`read --follow | head`): that is no failure of ours.
    if (error instanceof Deno.errors.BrokenPipe) return DONE;
    if (!(error instanceof ClientError || error instanceof StoreError)) throw error;
    complain(error.message);
    return FAILED;
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}

async function dispatch(
  options: ClientOptions,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const node = localNode(options.data);
  const client = apiClient(node);
  switch (options.type) {
    case "status":
      return await status(client, output, `${node.origin}/`);
    case "peers":
      return await peers(client, output);
    case "spaces":
      return await listSpaces(client, output);
    case "space.create":
      return await createSpace(client, output, options.name);
    case "space.leave":
      return await leaveSpace(client, output, options.space);
    case "members":
      return await members(client, output, options.space);
    case "invite":
      return await invite(client, output, options);
    case "join":
      return await join(client, output, options.by);
    case "remove":
      return await removeMember(client, output, options);
    case "rebuild":
      return await rebuild(client, output);
    case "channels":
      return await channels(client, output, options.space);
    case "send": {
      const text = options.text === "-" ? await stdinText() : options.text;
      return await send(client, output, { ...options, text });
    }
    case "read":
      return await read(client, output, options, signal);
    case "search":
      return await search(client, output, options);
    case "notes":
      return await listNotes(client, output, options.space);
    case "notes.show":
      return await showNote(client, output, options);
    case "notes.write":
    case "notes.append": {
      const append = options.type === "notes.append";
      return await writeNote(client, output, { ...options, text: await stdinText(), append });
    }
  }
}

async function stdinText(): Promise<string> {
  const text = await new Response(Deno.stdin.readable).text();
  return text.replaceAll("\r\n", "\n");
}

function localNode(data: string | null): LocalNode {
  const running = readRunning(data ?? dataDirectory(Deno.build.os, (name) => Deno.env.get(name)));
  if (!running) {
    throw new ClientError(
      "No Earshot runs here: start it with `deno run -P main.ts`" +
        (data === null ? "" : ` --data ${data}`),
    );
  }
  return { origin: `http://127.0.0.1:${running.port}`, token: running.token };
}

/** A TCP echo in a process of its own: what the same message costs without Earshot. */
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
Deno.stdout.writeSync(new TextEncoder().encode(`${(listener.addr as Deno.NetAddr).port}\n`));
for await (const connection of listener) {
  connection.setNoDelay();
  connection.readable.pipeTo(connection.writable).catch(() => connection.close());
}

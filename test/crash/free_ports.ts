/** Where ports begin that no system gives to connections that go out, and where they end. */
const [FIRST, LAST] = [15_000, 30_000];

/**
 * Ports of the loopback that stay one's own while a node that had one is down: nobody is given one of these
 * by chance.
 */
export function freePorts(count: number): number[] {
  const ports: number[] = [];
  for (let i = 0; ports.length < count; i++) {
    const port = FIRST + (Deno.pid * 17 + i) % (LAST - FIRST);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      ports.push(port);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  return ports;
}

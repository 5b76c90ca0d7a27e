import assert from "node:assert/strict";
import { silentLog } from "../../core/base/log.ts";
import { type Served, StandingServer } from "../../core/cli/standing_server.ts";
import { FakeClock } from "../fakes/clock.ts";
import { settle } from "../fakes/settle.ts";

/** A server that fails or ends when the test says so. */
class FakeServed implements Served {
  readonly addr: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 4747 };
  readonly #end = Promise.withResolvers<void>();
  readonly finished = this.#end.promise;
  shutdowns = 0;

  constructor(readonly port: number, readonly signal: AbortSignal) {
    signal.addEventListener("abort", () => this.#end.resolve());
  }

  shutdown(): Promise<void> {
    this.shutdowns++;
    return this.finished.catch(() => {});
  }

  finish(): void {
    this.#end.resolve();
  }

  fail(): void {
    this.#end.reject(new Error("Too many open files"));
  }
}

function scene() {
  const clock = new FakeClock();
  const served: FakeServed[] = [];
  const taken = { times: 0 };
  const server = StandingServer.open(0, (port, signal) => {
    if (taken.times-- > 0) throw new Deno.errors.AddrInUse("taken");
    const one = new FakeServed(port, signal);
    served.push(one);
    return one;
  }, { clock, log: silentLog });
  return { clock, served, taken, server };
}

Deno.test("standing server: one that failed is cut off and another stands at its port", async () => {
  const { clock, served, taken, server } = scene();
  assert.deepEqual([server.port, served[0]?.port], [4747, 0]);
  served[0]?.fail();
  await settle();
  assert.equal(served[0]?.signal.aborted, true);
  assert.equal(served.length, 1, "not before a pause");
  taken.times = 2;
  for (let i = 0; i < 3; i++) {
    clock.advance(200);
    await settle();
  }
  assert.deepEqual(served.map(({ port }) => port), [0, 4747]);
  assert.equal(served[1]?.signal.aborted, false);
  served[1]?.fail();
  await settle();
  clock.advance(200);
  await settle();
  assert.equal(served.length, 3);
  const closing = server.close();
  served[2]?.finish();
  await closing;
  assert.equal(clock.waiting, 0);
});

Deno.test("standing server: what is under way at its end is finished, but not waited for long", async () => {
  const { clock, served, server } = scene();
  const closing = server.close();
  await settle();
  assert.equal(served[0]?.shutdowns, 1);
  clock.advance(500);
  await closing;
  served[0]?.finish();
  await server.close();
  assert.equal(clock.waiting, 0);
});

Deno.test("standing server: an answer that hangs does not keep a real one from its end", async () => {
  const clock = new FakeClock();
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<Response>()];
  const server = StandingServer.open(
    0,
    (port, signal) =>
      Deno.serve({ port, signal, hostname: "127.0.0.1", onListen: () => {} }, () => {
        asked.resolve();
        return answer.promise;
      }),
    { clock, log: silentLog },
  );
  const hanging = fetch(`http://127.0.0.1:${server.port}/`);
  await asked.promise;
  const closing = server.close();
  clock.advance(500);
  await closing;
  answer.resolve(new Response("late"));
  assert.equal(await (await hanging).text(), "late");
});

Deno.test("standing server: closed in its pause it serves no more", async () => {
  const { clock, served, server } = scene();
  served[0]?.fail();
  await settle();
  await server.close();
  clock.advance(10_000);
  await settle();
  assert.equal(served.length, 1);
  assert.equal(clock.waiting, 0);
});

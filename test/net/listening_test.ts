import assert from "node:assert/strict";
import type { LogLevel } from "../../core/base/log.ts";
import { LISTEN_AGAIN_MS, Listening } from "../../core/net/listening.ts";
import type { Transport } from "../../core/net/transport.ts";
import { FakeClock } from "../fakes/clock.ts";
import { settle } from "../fakes/settle.ts";

/** A machine on whose addresses nobody may listen as long as `error` is there. */
class Machine implements Pick<Transport, "listen"> {
  readonly clock = new FakeClock();
  readonly asked: (readonly string[])[] = [];
  readonly levels: LogLevel[] = [];
  hosts: string[] = ["10.0.0.1", "fe80::1%eth0"];
  error: Error | undefined;
  open = 0;

  readonly listening = new Listening({
    transport: this,
    hosts: () => this.hosts,
    port: 0,
    accept: () => {},
    clock: this.clock,
    log: (level) => this.levels.push(level),
  });

  listen(hosts: readonly string[], port: number) {
    this.asked.push(hosts);
    if (this.error) return Promise.reject(this.error);
    this.open++;
    return Promise.resolve({
      port: port || 4000,
      close: () => {
        this.open--;
        return Promise.resolve();
      },
    });
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.listening.close();
    assert.deepEqual([this.open, this.clock.waiting], [0, 0]);
  }
}

Deno.test("listening: an address that may not be used yet is waited for", async () => {
  await using machine = new Machine();
  machine.error = new Deno.errors.AddrNotAvailable("tentative");
  await machine.listening.open();
  await machine.pass(LISTEN_AGAIN_MS);
  assert.deepEqual([machine.listening.port, machine.levels], [0, ["warn", "debug"]]);
  machine.error = undefined;
  await machine.pass(LISTEN_AGAIN_MS);
  assert.deepEqual([machine.listening.port, machine.open], [4000, 1]);
  assert.equal(machine.clock.waiting, 0);
});

Deno.test("listening: an interface that comes up with an address not to be used yet is listened on", async () => {
  await using machine = new Machine();
  machine.hosts = [];
  await machine.listening.open();
  assert.deepEqual(machine.asked, []);
  machine.hosts = ["10.0.0.1", "fe80::1%eth0"];
  machine.error = new Deno.errors.AddrNotAvailable("tentative");
  machine.listening.renew();
  await machine.pass(0);
  machine.error = undefined;
  await machine.pass(LISTEN_AGAIN_MS);
  assert.deepEqual([machine.listening.port, machine.open], [4000, 1]);
});

Deno.test("listening: a port that is taken is told at the start, and waited for later", async () => {
  await using machine = new Machine();
  machine.error = new Deno.errors.AddrInUse("taken");
  await assert.rejects(machine.listening.open(), Deno.errors.AddrInUse);
  machine.error = undefined;
  await machine.listening.open();
  machine.hosts = ["10.0.0.2"];
  machine.error = new Deno.errors.AddrInUse("taken");
  machine.listening.renew();
  await machine.pass(0);
  assert.equal(machine.open, 0);
  // The network changes meanwhile: one more try, and one timer.
  machine.hosts = ["10.0.0.3"];
  machine.listening.renew();
  await machine.pass(0);
  assert.equal(machine.clock.waiting, 1);
  machine.error = undefined;
  await machine.pass(LISTEN_AGAIN_MS);
  assert.deepEqual([machine.open, machine.asked.at(-1)], [1, ["10.0.0.3"]]);
});

import assert from "node:assert/strict";
import { type Asker, askFor, NODE_NEEDS, PASSPHRASE_NEEDS } from "../../core/cli/permissions.ts";

class Person implements Asker {
  said: string[] = [];
  asked: string[] = [];
  constructor(readonly terminal: boolean, readonly granted: Set<string>, readonly refuses = "") {}

  query(permission: Deno.PermissionDescriptor) {
    return Promise.resolve(this.granted.has(permission.name));
  }
  request(permission: Deno.PermissionDescriptor) {
    this.asked.push(permission.name);
    return Promise.resolve(permission.name !== this.refuses);
  }
  say(text: string) {
    this.said.push(text);
  }
}

const ALL = new Set(NODE_NEEDS.map(({ name }) => name as string));

Deno.test("nobody is asked when everything is granted", async () => {
  const person = new Person(true, ALL);
  assert.equal(await askFor(NODE_NEEDS, person), true);
  assert.deepEqual([person.asked, person.said], [[], []]);
});

Deno.test("without a terminal the exact command is printed, and nothing asked", async () => {
  const pipe = new Person(false, new Set(["net"]));
  assert.equal(await askFor(NODE_NEEDS, pipe), false);
  assert.deepEqual(pipe.asked, []);
  assert.match(pipe.said.join("\n"), /deno run -P main\.ts$/);
});

Deno.test("in a terminal only what is missing is asked for, with its reason", async () => {
  const person = new Person(true, new Set(["net", "read", "sys"]));
  assert.equal(await askFor(NODE_NEEDS, person), true);
  assert.deepEqual(person.asked, ["write", "env", "run"]);
  assert.match(person.said.join("\n"), /write: to keep your messages, notes and keys/);
});

Deno.test("a refusal ends the asking and is said", async () => {
  const person = new Person(true, new Set(), "read");
  assert.equal(await askFor(NODE_NEEDS, person), false);
  assert.deepEqual(person.asked, ["net", "read"]);
  assert.match(person.said.at(-1) ?? "", /cannot start without "read"/);
});

Deno.test("changing the passphrase needs no network and runs nothing", async () => {
  const person = new Person(true, new Set());
  assert.equal(await askFor(PASSPHRASE_NEEDS, person), true);
  assert.deepEqual(person.asked, ["read", "write", "env"]);
});

import type { Ancestry } from "./ancestry.ts";
import { wrong } from "./change_ops.ts";
import type { OpId } from "./entry.ts";
import type { KeyWrite } from "./key_writes.ts";
import type { Past } from "./place.ts";

/** What is kept of a write. */
type Write = Omit<KeyWrite, "value">;

interface Key {
  /** All writes, each after those it replaces. */
  readonly writes: Write[];
  /** Those that no other replaces; `undefined` when it must be found out again. */
  newest: readonly OpId[] | undefined;
}

/** What was written under the keys of one document, and what replaced what. */
export class WrittenKeys {
  readonly #keys = new Map<string, Key>();

  /**
   * Makes sure that each write replaces just what its author saw at its key: what was written there in its
   * past, or before it in its change, and not yet replaced.
   *
   * @throws {RangeError} if one does not.
   */
  check(writes: readonly Write[], ancestry: Ancestry, past: Past): void {
    const isAll = ancestry.isAll(past);
    const here = new Map<string, OpId>();
    for (const { key, op, replaced } of writes) {
      const own = here.get(key);
      const seen = own ? [own] : this.#seen(key, ancestry, past, isAll);
      here.set(key, op);
      const isSame = seen.length === replaced.length &&
        replaced.every((op) => seen.some((other) => isEqual(op, other)));
      if (!isSame) throw wrong("it does not replace just what is there");
    }
  }

  /** Adds writes that were checked. */
  add(writes: readonly Write[]): void {
    for (const { key, op, replaced } of writes) {
      const write = { key, op, replaced };
      const known = this.#keys.get(key);
      if (!known) {
        this.#keys.set(key, { writes: [write], newest: [write.op] });
        continue;
      }
      known.writes.push(write);
      known.newest = known.newest && without(known.newest, write.replaced).concat(write.op);
    }
  }

  /** Takes out writes, the newest that were added. */
  remove(writes: readonly Pick<Write, "key">[]): void {
    for (const { key } of writes) {
      const known = this.#keys.get(key);
      known?.writes.pop();
      if (known) known.newest = undefined;
      if (known?.writes.length === 0) this.#keys.delete(key);
    }
  }

  #seen(key: string, ancestry: Ancestry, past: Past, isAll: boolean): readonly OpId[] {
    const known = this.#keys.get(key);
    if (!known) return [];
    if (!isAll) return newest(known.writes.filter(({ op }) => ancestry.find(op, past)));
    return known.newest ??= newest(known.writes);
  }
}

function newest(writes: readonly Write[]): OpId[] {
  const left = new Map<string, OpId>();
  for (const { op, replaced } of writes) {
    for (const { counter, actor } of replaced) left.delete(`${counter}@${actor}`);
    left.set(`${op.counter}@${op.actor}`, op);
  }
  return [...left.values()];
}

function without(ops: readonly OpId[], gone: readonly OpId[]): OpId[] {
  return ops.filter((op) => !gone.some((other) => isEqual(op, other)));
}

function isEqual(a: OpId, b: OpId): boolean {
  return a.counter === b.counter && a.actor === b.actor;
}

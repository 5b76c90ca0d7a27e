import type { Snapshot, SpaceView } from "../view/view.ts";
import { type Client, ClientError } from "./client.ts";

/** A snapshot of a space that is there. */
export type SpaceSnapshot = Snapshot & { readonly space: SpaceView };

/**
 * Asks for the space that `wanted` names: by its name, or the start of its id; `null` is the first one.
 *
 * @throws {ClientError} when there is none, or more than one.
 */
export async function spaceNamed(client: Client, wanted: string | null): Promise<SpaceSnapshot> {
  const first = await client.ask({ type: "snapshot" });
  if (wanted === null) {
    return withSpace(first, "There is no space here yet: `space create NAME` makes one");
  }
  const text = wanted.normalize().trim();
  const ofName = first.spaces.filter(({ name }) => sameName(name, text));
  const found = ofName.length > 0 ? ofName : first.spaces.filter(({ id }) => id.startsWith(text));
  if (found.length > 1) {
    const ids = found.map(({ id }) => id.slice(0, 8)).join(", ");
    throw new ClientError(
      `${found.length} spaces are called "${wanted}": use the start of an id (${ids})`,
    );
  }
  const none = `There is no space "${wanted}": \`spaces\` lists them`;
  const [space] = found;
  if (!space) throw new ClientError(none);
  return withSpace(await client.ask({ type: "snapshot", space: space.id }), none);
}

function sameName(one: string, other: string): boolean {
  return one.toLocaleLowerCase() === other.toLocaleLowerCase();
}

function withSpace(snapshot: Snapshot, otherwise: string): SpaceSnapshot {
  const { space } = snapshot;
  if (!space) throw new ClientError(otherwise);
  return { ...snapshot, space };
}

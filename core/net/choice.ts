/** Nodes, this one included, up to which all are linked with all. */
export const FULL_MESH = 32;
/** Beyond that: links that a node chooses among all whom it finds. */
export const CHOSEN_LINKS = 8;
/** Links that it chooses in each circle besides; those chosen for several count in each. */
export const CIRCLE_LINKS = 4;
/** Links at once, whoever chose them. */
export const MAX_LINKS = 48;
/** Nodes of a circle that keep their places as candidates, whoever else is found. */
export const CIRCLE_PLACES = 16;

/** Names nodes that must hang together among themselves; what it stands for is nothing to the mesh. */
export type Circle = string;

/** All whom discovery finds. */
export const ALL: Circle = "all";

/** A node that may be linked. */
export interface Choosable {
  /** Its place in this node's order: by chance, another one at each node. The lowest goes first. */
  readonly rank: number;
  readonly circles: readonly Circle[];
  /** It is linked, taken for linked, or being dialled. */
  readonly isThere: boolean;
  /** It may be dialled: it is not waiting after a dial that failed. */
  readonly isReady: boolean;
  /** Dials in a row that failed: who never failed goes first, so that no number of made up names keeps others out. */
  readonly failures: number;
  /** The circles for which it is chosen; {@linkcode choose} writes here. */
  readonly chosenFor: Set<Circle>;
}

/**
 * Chooses in each circle {@linkcode CIRCLE_LINKS} nodes by chance ({@linkcode CHOSEN_LINKS} of all), and others for
 * those that cannot be had. Who is chosen stays chosen: newcomers choose for themselves. A link that stands for
 * another reason is chosen like any other, in its turn and no sooner: else those who share one circle would be each
 * other's links in every other, and that would fall apart. After "k-out" random graphs, which hang together for any
 * k of 2 or more, all but surely (Fenner, Frieze 1982).
 */
export function choose(known: readonly Choosable[]): void {
  const members = new Map<Circle, Choosable[]>();
  for (const node of [...known].sort((a, b) => a.failures - b.failures || a.rank - b.rank)) {
    if (!node.isThere && !node.isReady) {
      node.chosenFor.clear();
      continue;
    }
    for (const circle of node.circles) {
      const others = members.get(circle);
      if (others) others.push(node);
      else members.set(circle, [node]);
    }
  }
  for (const [circle, nodes] of members) {
    const chosen = nodes.filter(({ chosenFor }) => chosenFor.has(circle)).length;
    const lacking = (circle === ALL ? CHOSEN_LINKS : CIRCLE_LINKS) - chosen;
    if (lacking <= 0) continue;
    const others = nodes.filter(({ chosenFor }) => !chosenFor.has(circle));
    for (const node of others.slice(0, lacking)) node.chosenFor.add(circle);
  }
}

/** A link, as far as room goes. */
export interface Standing {
  readonly circles: readonly Circle[];
  /** This node chose it, for a circle or for ever. */
  readonly isChosen: boolean;
}

/**
 * Which of links, the oldest first, ends when there are too many: the newest that this node did not choose, and
 * without which every circle still has enough; the newest of all when there is none such.
 */
export function spareLink<T extends Standing>(links: readonly T[]): T | undefined {
  const held = new Map<Circle, number>();
  for (const { circles } of links) {
    for (const circle of circles) held.set(circle, (held.get(circle) ?? 0) + 1);
  }
  const isSpare = ({ circles, isChosen }: Standing) =>
    !isChosen && circles.every((circle) => (held.get(circle) ?? 0) > CIRCLE_LINKS);
  return links.findLast(isSpare) ?? links.at(-1);
}

/**
 * Which of candidates loses its place when there are too many: the last in order, unless a circle of it has no
 * {@linkcode CIRCLE_PLACES} others ahead of it.
 */
export function sparePlace<T extends Pick<Choosable, "rank" | "circles">>(
  candidates: readonly T[],
): T | undefined {
  const ahead = new Map<Circle, number>();
  let spare: T | undefined;
  for (const candidate of [...candidates].sort((a, b) => a.rank - b.rank)) {
    let isFirst = false;
    for (const circle of candidate.circles) {
      const before = ahead.get(circle) ?? 0;
      if (before < CIRCLE_PLACES) isFirst = true;
      ahead.set(circle, before + 1);
    }
    if (!isFirst) spare = candidate;
  }
  return spare;
}

import type { PeerId } from "../base/ids.ts";

/**
 * What is read as what, in small letters: Cyrillic, Greek and Latin letters and digits that look like a
 * letter, in small or as a capital. `i` stands with `l`, for `I` looks like it. After Unicode's confusables
 * (UTS 39), cut down to what a name would use.
 */
const LOOKS: Readonly<Record<string, string>> = {
  a: "аɑα",
  ae: "æӕ",
  b: "вьбβ68",
  c: "сϲ",
  d: "ԁđð",
  e: "еєε",
  g: "ɡԍ9",
  h: "нһħ",
  j: "јϳ",
  k: "кκ",
  l: "1iıɩιіӏł|",
  m: "м",
  n: "пηπ",
  o: "0оοσø",
  oe: "œ",
  p: "рρþ",
  q: "ԛ",
  r: "г",
  s: "5ѕ",
  t: "тτŧ",
  u: "υμ",
  v: "νѵ",
  w: "ԝшω",
  x: "хχ",
  y: "уүγ",
  z: "2ζ",
  "3": "з",
  "4": "ч",
};
/** Greek capitals that look like another letter than their small ones do. */
const CAPITALS: Readonly<Record<string, string>> = { Η: "h", Μ: "m", Ν: "n", Υ: "y" };

const LETTERS = new Map(
  Object.entries(LOOKS).flatMap(([letter, alike]) => [...alike].map((one) => [one, letter])),
);
// Accents, which Unicode gives to no script, but not those that make another Japanese syllable; Hebrew
// points; spaces; and what is not seen at all.
const UNSEEN = /(?![\u3099\u309a])\p{Script=Inherited}|[\u0591-\u05c7]|[\p{Z}\p{C}\p{DI}]/gu;

/**
 * What is left of a name at a glance: two names that are the same here are easily taken for each other. To
 * compare, never to show.
 */
export function skeleton(name: string): string {
  const plain = name.normalize("NFKC").normalize("NFD").replace(UNSEEN, "");
  const small = [...plain].map((letter) => CAPITALS[letter] ?? letter).join("")
    // By way of capitals ß is ss, and both kinds of small sigma are one.
    .toUpperCase().toLowerCase();
  return [...small].map((letter) => LETTERS.get(letter) ?? letter).join("")
    .replaceAll("rn", "m").replaceAll("vv", "w").normalize("NFC");
}

/** One who has a name. */
export interface NamedPeer {
  readonly peer: PeerId;
  readonly name: string;
  /** Whether this person compared words with them. */
  readonly verified: boolean;
  /** Since when they have borne the name, in milliseconds since 1970, if that is known. */
  readonly firstAt: number | undefined;
}

/** Whom a name may be taken for. */
export interface NameLikeness {
  /** Everyone else whose name looks the same. */
  readonly alike: readonly PeerId[];
  /** Whether one of them is verified or has borne it for longer: a known name with another key. */
  readonly newKey: boolean;
}

/** Tells for each of `people` whom they may be taken for by their name. Who is verified is no new key. */
export function nameLikeness(people: readonly NamedPeer[]): ReadonlyMap<PeerId, NameLikeness> {
  const byLook = Map.groupBy(people, ({ name }) => skeleton(name));
  const likeness = (person: NamedPeer, group: readonly NamedPeer[]): NameLikeness => {
    const others = group.filter(({ peer }) => peer !== person.peer);
    const since = person.firstAt ?? Infinity;
    const newKey = !person.verified &&
      others.some(({ verified, firstAt = Infinity }) => verified || firstAt < since);
    return { alike: others.map(({ peer }) => peer), newKey };
  };
  return new Map(
    [...byLook.values()].flatMap((group) =>
      group.map((person) => [person.peer, likeness(person, group)] as const)
    ),
  );
}

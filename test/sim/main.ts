/**
 * `deno task sim`: one line of JSON per figure.
 *
 * `--seeds N --from S` tells N stories of each kind, from seed S on: whole nodes that are cut off and crash, members
 * that come and go, hostile devices among honest ones; `--story faults`, `members` or `hostile` only those. It ends
 * with an error at the first that ends badly.
 *
 * `--crowd` passes posts on in crowds of up to 5,000 nodes that know no more than how to relay; `--svg FILE` draws
 * that.
 *
 * @module
 */
import minimist from "minimist";
import { CHOSEN_LINKS, FULL_MESH } from "../../core/net/choice.ts";
import { writeLine } from "../e2e/write_line.ts";
import { Crowd, type Spread } from "./crowd.ts";
import { type CrowdFigures, crowdPlot } from "./crowd_plot.ts";
import { tellHostileStory } from "./hostile_story.ts";
import { tellMembersStory } from "./members_story.ts";
import { tellStory } from "./story.ts";

const SIZES = [10, 30, 100, 300, 1000, 5000];
/** Up to so many links a node, all are linked with all. */
const FULL_LINKS = FULL_MESH - 1;
/** The links of a node in a bigger crowd: those it chose, and as many that others chose. */
const DEGREE = 2 * CHOSEN_LINKS;
/** Posts after which an author's tree has settled. */
const SETTLING = 12;
/** The share of links that break while a post spreads. */
const CUT = 0.02;

const { seeds = 0, from = 1, story: only, crowd = false, svg } = minimist(Deno.args, {
  boolean: ["crowd"],
});
const STORIES = { faults: tellStory, members: tellMembersStory, hostile: tellHostileStory };
if (seeds > 0) {
  for (const [story, tell] of Object.entries(STORIES)) {
    if (only === undefined || only === story) await tellAll(story, tell);
  }
}
if (crowd || svg !== undefined) {
  const figures = SIZES.map(measure);
  if (svg !== undefined) Deno.writeTextFileSync(String(svg), crowdPlot(figures, FULL_LINKS + 1));
}

async function tellAll(story: string, tell: (seed: number) => Promise<void>): Promise<void> {
  const start = performance.now();
  for (let seed = Number(from); seed < Number(from) + Number(seeds); seed++) {
    try {
      await tell(seed);
    } catch (cause) {
      throw new Error(`Story "${story}" of seed ${seed} ended badly`, { cause });
    }
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  writeLine({ sim: "story", story, from: Number(from), seeds: Number(seeds), seconds });
}

function measure(nodes: number): CrowdFigures {
  const degree = nodes - 1 <= FULL_LINKS ? FULL_LINKS : DEGREE;
  const made = new Crowd({ nodes, degree }, Number(from));
  const author = made.someone;
  const first = made.post(author);
  let later = first;
  for (let n = 0; n < SETTLING; n++) later = made.post(author);
  const broken = made.post(author, CUT);
  const a = (spread: Spread) => ({
    messages: round(spread.messages / nodes),
    bytes: Math.round(spread.bytes / nodes),
    pushed: spread.pushed,
    hops: spread.hops,
    allMs: Math.round(spread.allMs),
  });
  const links = round(2 * made.links / nodes);
  writeLine({ sim: "crowd", nodes, links, first: a(first), later: a(later), broken: a(broken) });
  return {
    nodes,
    first: first.messages / nodes,
    later: later.messages / nodes,
    firstBytes: first.bytes / nodes,
    laterBytes: later.bytes / nodes,
    ms: later.allMs,
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

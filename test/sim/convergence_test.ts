/**
 * Seeded stories of nodes that write, lose links, are cut off and crash. `EARSHOT_SEEDS=1000` tells more of
 * them, `EARSHOT_SEEDS=17..17` one.
 */
import { seeds } from "./seeds.ts";
import { tellStory } from "./story.ts";

const DEFAULT_SEEDS = 30;

Deno.test("simulation: all nodes become the same, and nothing acknowledged is lost", async () => {
  for (const seed of seeds(DEFAULT_SEEDS)) {
    try {
      await tellStory(seed);
    } catch (cause) {
      const command =
        `EARSHOT_SEEDS=${seed}..${seed} deno test -P=test test/sim/convergence_test.ts`;
      throw new Error(`Seed ${seed} failed; again with: ${command}`, { cause });
    }
  }
});

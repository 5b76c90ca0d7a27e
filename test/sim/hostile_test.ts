/** Seeded stories with hostile devices among honest nodes: `EARSHOT_SEEDS` as in `convergence_test.ts`. */
import { tellHostileStory } from "./hostile_story.ts";
import { seeds } from "./seeds.ts";

const DEFAULT_SEEDS = 20;

Deno.test("simulation, hostile 12, 13, 14, 29: among the hostile the honest become the same and lose nothing", async () => {
  for (const seed of seeds(DEFAULT_SEEDS)) {
    try {
      await tellHostileStory(seed);
    } catch (cause) {
      const command = `EARSHOT_SEEDS=${seed}..${seed} deno test -P=test test/sim/hostile_test.ts`;
      throw new Error(`Seed ${seed} failed; again with: ${command}`, { cause });
    }
  }
});

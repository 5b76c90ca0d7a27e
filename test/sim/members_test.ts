/** Seeded stories of one private space: `EARSHOT_SEEDS` as in `convergence_test.ts`. */
import { tellMembersStory } from "./members_story.ts";
import { seeds } from "./seeds.ts";

const DEFAULT_SEEDS = 20;

Deno.test("simulation: members agree on members and content, and the removed get nothing more", async () => {
  for (const seed of seeds(DEFAULT_SEEDS)) {
    try {
      await tellMembersStory(seed);
    } catch (cause) {
      const command = `EARSHOT_SEEDS=${seed}..${seed} deno test -P=test test/sim/members_test.ts`;
      throw new Error(`Seed ${seed} failed; again with: ${command}`, { cause });
    }
  }
});

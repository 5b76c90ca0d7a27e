import assert from "node:assert/strict";
import { netnsMissing } from "../e2e/netns.ts";
import { tempFolder } from "../e2e/temp_folder.ts";
import { runChurn } from "./churn_run.ts";

const missing = await netnsMissing();

Deno.test({
  name:
    `nodes that come and go, and cables that are pulled, under load: in the end all have the same${
      missing ? ` (skipped: ${missing})` : ""
    }`,
  ignore: missing !== undefined,
  async fn() {
    await using folder = await tempFolder();
    const { kills, stops, cuts, acknowledged } = await runChurn({
      nodes: 4,
      seed: 5,
      rate: 100,
      folder: folder.path,
      pauseMs: 0,
      downMs: 0,
      enough: (blows) => blows === 12,
    });
    assert(kills > 0 && stops > 0 && cuts > 0);
    assert(acknowledged > 0);
  },
});

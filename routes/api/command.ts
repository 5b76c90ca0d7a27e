import { HttpError } from "fresh";
import { MAX_REQUEST_BYTES } from "../../core/base/limits.ts";
import { parseRequest } from "../../core/view/parse_request.ts";
import { answer } from "../(_shared)/answer.ts";
import { boundedText } from "../(_shared)/body.ts";
import { define } from "../(_shared)/define.ts";

/** One request and its answer, for the command line. A refusal of the node is an answer too. */
export const handler = define.handlers({
  async POST(ctx) {
    const parsed = parseRequest(await boundedText(ctx.req, MAX_REQUEST_BYTES));
    if (parsed.type === "request") {
      return ctx.json(await answer(ctx.state.node, parsed.request));
    }
    if (parsed.id === null) throw new HttpError(400, parsed.refusal.text);
    return ctx.json({ id: parsed.id, refusal: parsed.refusal });
  },
});

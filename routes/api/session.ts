import { HttpError } from "fresh";
import { textFields } from "../(_shared)/body.ts";
import { define } from "../(_shared)/define.ts";

/** Gives a session token to a browser that signed a challenge with a key that was let in. */
export const handler = define.handlers({
  async POST(ctx) {
    const proof = await textFields(ctx.req, "browser", "challenge", "signature");
    const token = ctx.state.access.openSession(ctx.url.host, proof);
    if (!token) throw new HttpError(403, "This browser was not let in");
    return ctx.json({ token });
  },
});

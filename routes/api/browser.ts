import { HttpError } from "fresh";
import { fromBase64Url } from "../../core/view/base64url.ts";
import { textFields } from "../(_shared)/body.ts";
import { define } from "../(_shared)/define.ts";

/** Lets a browser in: whoever bears this start's link gives a public key and gets its id. */
export const handler = define.handlers({
  async POST(ctx) {
    // A session is not enough: who is let in lets nobody else in.
    if (!ctx.state.access.hasLink(ctx.req)) throw new HttpError(403, "Only the link lets in");
    const { key } = await textFields(ctx.req, "key");
    try {
      const browser = ctx.state.access.addBrowser(ctx.url.host, fromBase64Url(key));
      return ctx.json({ browser });
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      throw new HttpError(400, error.message);
    }
  },
});

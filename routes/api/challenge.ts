import { define } from "../(_shared)/define.ts";

/** Gives a browser something to sign. Open to anyone at this host, and worth nothing by itself. */
export const handler = define.handlers({
  POST: (ctx) => ctx.json({ challenge: ctx.state.access.challenge() }),
});

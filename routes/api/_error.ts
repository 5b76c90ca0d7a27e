import { HttpError } from "fresh";
import { define } from "../(_shared)/define.ts";

/** Says in plain text why the API did not answer. */
export const handler = define.handlers((ctx) => {
  const { status, message } = ctx.error instanceof HttpError ? ctx.error : new HttpError(500);
  return ctx.text(`${message}\n`, { status });
});

import { define } from "../(_shared)/define.ts";
import { TabLine } from "../(_shared)/tab_line.ts";

/** A tab's line to the node. The guard has checked the token, which is not echoed. */
export const handler = define.handlers({
  GET(ctx) {
    const { socket, response } = ctx.upgrade({ protocol: "earshot" });
    const line = new TabLine(ctx.state.node, socket);
    socket.onopen = () => line.opened();
    socket.onmessage = ({ data }) => {
      // deno-lint-ignore no-console -- a defect of the node; Fresh writes those of handlers there too
      line.received(data).catch(console.error);
    };
    socket.onclose = () => line.closed();
    return response;
  },
});

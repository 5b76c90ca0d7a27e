import { define } from "../(_shared)/define.ts";
import { TabLine } from "../(_shared)/tab_line.ts";

const PROTOCOL = "earshot";

/** A tab's line to the node. The guard has checked the token, which is not echoed. */
export const handler = define.handlers({
  GET(ctx) {
    const offered = ctx.req.headers.get("sec-websocket-protocol")?.split(/\s*,\s*/) ?? [];
    if (ctx.req.headers.get("upgrade") === null || !offered.includes(PROTOCOL)) {
      return ctx.text(`Open this as a WebSocket with the subprotocol "${PROTOCOL}"\n`, {
        status: 400,
      });
    }
    const { socket, response } = ctx.upgrade({ protocol: PROTOCOL });
    const line = new TabLine(ctx.state.node, socket);
    socket.onopen = () => line.opened();
    // deno-lint-ignore no-console -- a defect of the node; Fresh writes those of handlers there too
    const failed = (error: unknown) => console.error(error);
    socket.onmessage = ({ data }) => void line.received(data).catch(failed);
    socket.onclose = () => void line.closed().catch(failed);
    return response;
  },
});

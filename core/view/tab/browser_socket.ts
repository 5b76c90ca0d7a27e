import type { Entrance, Post } from "./entrance.ts";
import type { OpenSocket } from "./tab_socket.ts";

const ANSWER_MS = 5_000;

/** POSTs over `fetch`, to the page's own origin, without cookies. */
export const fetchPost: Post = async (path, body, token) => {
  const response = await fetch(path, {
    method: "POST",
    credentials: "omit",
    redirect: "error",
    headers: {
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, body: json ? JSON.parse(text) : null };
};

/** Opens WebSockets to the node at `host`, each with a new session. */
export function browserSockets(host: string, entrance: Entrance): OpenSocket {
  return async (listener) => {
    const token = await entrance.session();
    const socket = new WebSocket(`ws://${host}/api/socket`, ["earshot", `t.${token}`]);
    socket.onmessage = ({ data }) => listener.text(data);
    socket.onclose = () => listener.closed();
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve(), { once: true });
      socket.addEventListener("close", () => reject(new Error("The socket did not open")), {
        once: true,
      });
    });
    return { send: (text) => socket.send(text), close: () => socket.close() };
  };
}

/** What to do when something happens on a WebSocket. */
export interface WebSocketHandlers {
  open?(socket: WebSocket): void;
  message?(socket: WebSocket, event: MessageEvent): void;
  close?(socket: WebSocket, code: number, reason: string): void;
  error?(socket: WebSocket, event: Event | ErrorEvent): void;
}

/** Tells handlers from the options of an upgrade. */
export function isHandlers(given: object = {}): given is WebSocketHandlers {
  return ["open", "message", "close", "error"].some((name) => name in given);
}

/** Has a socket's events answered by handlers. */
export function attach(socket: WebSocket, handlers: WebSocketHandlers): void {
  socket.onopen = () => handlers.open?.(socket);
  socket.onmessage = (event) => handlers.message?.(socket, event);
  socket.onclose = ({ code, reason }) => handlers.close?.(socket, code, reason);
  socket.onerror = (event) => handlers.error?.(socket, event);
}

// deno-fmt-ignore -- a table
/** An HTTP status of a request that failed, as registered with IANA. */
export type ErrorStatus =
  | 400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413 | 414 | 415
  | 416 | 417 | 418 | 421 | 422 | 423 | 424 | 425 | 426 | 428 | 429 | 431 | 451
  | 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 510 | 511;

// deno-fmt-ignore -- a table
const TEXTS: { [status in ErrorStatus]?: string } = {
  400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
  405: "Method Not Allowed", 409: "Conflict", 410: "Gone", 413: "Content Too Large",
  415: "Unsupported Media Type", 422: "Unprocessable Content", 429: "Too Many Requests",
  500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
};

/** Answers a request with an error status: by the nearest `_error.tsx`, else as plain text. */
export class HttpError extends Error {
  status: ErrorStatus;

  /** Without a message, the status's usual name is the message. */
  constructor(status: ErrorStatus, message?: string, options?: ErrorOptions) {
    super(message ?? TEXTS[status] ?? `Error ${status}`, options);
    this.name = "HttpError";
    this.status = status;
  }
}

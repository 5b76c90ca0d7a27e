// deno-fmt-ignore -- a table
const TEXTS = {
  400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
  404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
  407: "Proxy Authentication Required", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
  411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large",
  414: "URI Too Long", 415: "Unsupported Media Type", 416: "Range Not Satisfiable",
  417: "Expectation Failed", 418: "I'm a teapot", 421: "Misdirected Request",
  422: "Unprocessable Content", 423: "Locked", 424: "Failed Dependency", 425: "Too Early",
  426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
  431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons",
  500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
  503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
  506: "Variant Also Negotiates", 507: "Insufficient Storage", 508: "Loop Detected",
  510: "Not Extended", 511: "Network Authentication Required",
} as const;

/** An HTTP status of a request that failed, as registered with IANA. */
export type ErrorStatus = keyof typeof TEXTS;

/** Answers a request with an error status: by the nearest `_error.tsx`, else as plain text. */
export class HttpError extends Error {
  status: ErrorStatus;

  /** Without a message, the status's name is the message. */
  constructor(status: ErrorStatus, message?: string, options?: ErrorOptions) {
    super(message ?? TEXTS[status], options);
    this.name = "HttpError";
    this.status = status;
  }
}

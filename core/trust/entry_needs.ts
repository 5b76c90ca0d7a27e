import { rankOf } from "../base/role.ts";
import type { Entry } from "./entry_body.ts";

/** The rank that the author of an entry needs. PROTOCOL.md, MEMB-5. */
export function rankNeeded({ author, body }: Entry): number {
  switch (body.type) {
    case "create":
      return rankOf("reader");
    case "remove":
      return rankOf(body.peer === author ? "reader" : "admin");
    case "join":
      if (body.invite) return rankOf("member");
      return rankOf(body.replaces === null ? "admin" : body.role);
    case "invite":
    case "role":
    case "rekey":
      return rankOf("admin");
  }
}

/** Whether someone ends its own membership and nothing else. */
export function isLeaving({ author, body }: Entry): boolean {
  return body.type === "remove" && body.peer === author;
}

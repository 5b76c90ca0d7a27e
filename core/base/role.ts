/** What a member of a space may do: all, write, or read only; from the highest down. */
export const ROLES = ["admin", "member", "reader"] as const;

/** One of {@linkcode ROLES}. */
export type Role = typeof ROLES[number];

/** What a member of a space may do, from least to most. */
export const ROLES = ["reader", "member", "admin"] as const;

/** `reader` reads, `member` writes too and lets in whom an admin invited, `admin` decides who belongs. */
export type Role = (typeof ROLES)[number];

/** How much a role may: more than every lower number may. */
export function rankOf(role: Role): number {
  return ROLES.indexOf(role);
}

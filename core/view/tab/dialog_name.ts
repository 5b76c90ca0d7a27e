/** What can stand over the space. */
export type DialogName = "channel" | "note" | "profile" | "connections" | "switch";

/** Between two beats of a link. PROTOCOL.md, BEAT. */
export const BEAT_MS = 1000;
/** A peer that says nothing for this long is shown nowhere, though its link may still stand. */
export const SILENT_MS = 3 * BEAT_MS;
/** A digest that differs for so many beats in a row asks for a repair. */
export const REPAIR_BEATS = 2;
/** Repairs that bring nothing come ever less often, down to one in so many beats. */
export const MAX_REPAIR_BEATS = 64 * REPAIR_BEATS;
/** Lists of vectors of one peer that are served, at most one in this time. */
export const EXCHANGE_MS = BEAT_MS;
/** A document of which nothing came for so long may rest. */
export const REST_AFTER_MS = 10 * 60 * 1000;
/** How often documents that may rest are looked for. */
export const REST_EVERY_MS = 60 * 1000;
/** Changes of a place, one's own or a peer's, are told at most once in this time. */
export const PRESENCE_MS = 50;
/** Parts of one list. Ten thousand documents of twenty actors each need 120. */
export const MAX_LIST_PARTS = 4096;
/** Between two times that a person signs that it is here, for those who have no link with it. */
export const FAR_BEAT_MS = 5 * BEAT_MS;
/** When nothing came of a person for this long, it is asked for at another peer. */
export const FAR_LATE_MS = FAR_BEAT_MS + 2 * BEAT_MS;
/** One without a link of whom nothing came for this long is shown nowhere. */
export const FAR_SILENT_MS = 4 * FAR_BEAT_MS;

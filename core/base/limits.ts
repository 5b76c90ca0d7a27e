/** Bounds on what a person, a tab or a peer may give. PROTOCOL.md lists them; each has a test. */

/** The text of one message, in UTF-8 bytes. */
export const MAX_TEXT_BYTES = 16 * 1024;
/** A name or title, in Unicode code points after NFC. */
export const MAX_NAME_POINTS = 64;
/** One Automerge change as stored and sent, in bytes: with its envelope it fits in one frame. */
export const MAX_CHANGE_BYTES = 60 * 1024;
/** One Automerge change after inflation, in bytes. */
export const MAX_INFLATED_BYTES = 1024 * 1024;
/** Operations of one change, and rows of any column they lie in; an edit of a note makes 16,385 at most. */
export const MAX_CHANGE_ROWS = 20_000;
/** Dependencies of one change. */
export const MAX_DEPS = 64;
/** How far ahead of this node's clock a peer's clock may be before it is clamped, in milliseconds. */
export const MAX_AHEAD_MS = 10 * 60 * 1000;
/** Messages in one segment of a channel, after which the next segment begins. */
export const SEGMENT_MESSAGES = 1000;
/** Segments of one channel. */
export const MAX_SEGMENTS = 1_000_000;
/** Messages given in one page of a channel's history. */
export const MAX_PAGE_MESSAGES = 200;
/** One insertion into a note, in UTF-16 code units; longer ones become several changes. */
export const MAX_SPLICE_UNITS = 16 * 1024;
/** Splices of one edit of a note. */
export const MAX_SPLICES = 1000;
/** The text of a note, in UTF-16 code units. */
export const MAX_NOTE_UNITS = 1024 * 1024;
/** Changes of a note from which on it opens slower, and is told to and kept apart from others. */
export const LONG_NOTE_EDITS = 20_000;
/** A request of a tab or of the command line, in bytes of JSON. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
/** Documents of one space. */
export const MAX_DOCUMENTS = 10_000;
/** All changes of one author in a space, in bytes. */
export const MAX_AUTHOR_BYTES = 1024 * 1024 * 1024;
/**
 * A sealed document as it travels, in bytes: a segment takes about 50 kB, a note of 260,000 edits 130 to 400
 * kB. What is longer stays single envelopes, and travels so.
 */
export const MAX_SEALED_BYTES = 4 * 1024 * 1024;

import { BASED_DOCUMENTS } from "./based_documents.ts";
import { LATER_WORDS, MESSAGE_WORDS, WORDS_BY_NUMBER } from "./message_words.ts";
import { NOTE_TEXTS } from "./note_text_table.ts";

/** `PRAGMA application_id` of the database: "Ears". It tells a database of Earshot from any other. */
export const APPLICATION_ID = 0x45617273;

/**
 * What brings a database from version i (its `user_version`) to version i + 1. Released ones never change.
 *
 * Ids are interned: spaces, peers, documents and logs have a number here, which no other node knows.
 * `envelopes`, `bases`, `based_logs`, `docs` and `logs` are the truth. `messages`, `shadowed_messages`, `segments`, `notes`, `people` and what
 * `channels` says besides its id are a projection of them. `entries`, `successors` and `disputes` were
 * signed by peers and are passed on too. `note_texts` is a cache. The rest is this node's own.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE spaces (id INTEGER PRIMARY KEY, space TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE peers (id INTEGER PRIMARY KEY, peer TEXT NOT NULL UNIQUE) STRICT;

  CREATE TABLE docs (
    id INTEGER PRIMARY KEY,
    space INTEGER NOT NULL REFERENCES spaces(id),
    doc TEXT NOT NULL,
    UNIQUE (space, doc)
  ) STRICT;

  -- One row per actor of a document; seq is the highest that is held: the vectors.
  CREATE TABLE logs (
    id INTEGER PRIMARY KEY,
    doc INTEGER NOT NULL REFERENCES docs(id),
    actor TEXT NOT NULL,
    author INTEGER NOT NULL REFERENCES peers(id),
    seq INTEGER NOT NULL,
    UNIQUE (doc, actor)
  ) STRICT;

  -- The id is the order of admission, in which every change comes after those it rests on.
  CREATE TABLE envelopes (
    id INTEGER PRIMARY KEY,
    doc INTEGER NOT NULL REFERENCES docs(id),
    log INTEGER NOT NULL REFERENCES logs(id),
    seq INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    hash BLOB NOT NULL,
    signature BLOB NOT NULL,
    change BLOB NOT NULL,
    UNIQUE (log, seq)
  ) STRICT;
  CREATE UNIQUE INDEX envelopes_by_hash ON envelopes (doc, hash);
  CREATE INDEX envelopes_by_doc ON envelopes (doc);

  -- A channel is known by id from its first segment or read mark on, and by name when that came.
  CREATE TABLE channels (
    id INTEGER PRIMARY KEY,
    space INTEGER NOT NULL REFERENCES spaces(id),
    channel TEXT NOT NULL,
    name TEXT,
    made_by INTEGER REFERENCES peers(id),
    op INTEGER NOT NULL DEFAULT 0,
    op_actor TEXT NOT NULL DEFAULT '',
    UNIQUE (space, channel)
  ) STRICT;

  CREATE TABLE segments (
    channel INTEGER NOT NULL REFERENCES channels(id),
    segment INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    PRIMARY KEY (channel, segment)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    channel INTEGER NOT NULL REFERENCES channels(id),
    message BLOB NOT NULL,
    at INTEGER NOT NULL,
    author INTEGER NOT NULL REFERENCES peers(id),
    segment INTEGER NOT NULL,
    log INTEGER NOT NULL REFERENCES logs(id),
    seq INTEGER NOT NULL,
    op INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (channel, message)
  ) STRICT;
  CREATE INDEX messages_by_time ON messages (channel, at, message, author);
  CREATE INDEX messages_by_log ON messages (log, seq);

  -- A note is known by id from its first change on, and by title when that came.
  CREATE TABLE notes (
    space INTEGER NOT NULL REFERENCES spaces(id),
    note TEXT NOT NULL,
    title TEXT,
    made_by INTEGER REFERENCES peers(id),
    changed_at INTEGER NOT NULL DEFAULT 0,
    op INTEGER NOT NULL DEFAULT 0,
    op_actor TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (space, note)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE people (
    space INTEGER NOT NULL REFERENCES spaces(id),
    peer INTEGER NOT NULL REFERENCES peers(id),
    name TEXT NOT NULL,
    colour INTEGER NOT NULL,
    op INTEGER NOT NULL,
    op_actor TEXT NOT NULL,
    PRIMARY KEY (space, peer)
  ) STRICT, WITHOUT ROWID;

  -- A peer holds every envelope of the space up to this id. heard grows with each word of the peer.
  CREATE TABLE holders (
    space INTEGER NOT NULL REFERENCES spaces(id),
    peer INTEGER NOT NULL REFERENCES peers(id),
    up_to INTEGER NOT NULL,
    heard INTEGER NOT NULL,
    PRIMARY KEY (space, peer)
  ) STRICT, WITHOUT ROWID;
  -- What it holds besides.
  CREATE TABLE holdings (
    log INTEGER NOT NULL REFERENCES logs(id),
    peer INTEGER NOT NULL REFERENCES peers(id),
    seq INTEGER NOT NULL,
    PRIMARY KEY (log, peer)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX holdings_by_peer ON holdings (peer);

  CREATE TABLE receipts (
    id INTEGER PRIMARY KEY,
    request TEXT NOT NULL UNIQUE,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX receipts_by_time ON receipts (at);

  CREATE TABLE read_marks (
    channel INTEGER PRIMARY KEY REFERENCES channels(id),
    message BLOB NOT NULL
  ) STRICT;

  CREATE TABLE browsers (
    browser TEXT PRIMARY KEY,
    key BLOB NOT NULL,
    added_at INTEGER NOT NULL,
    used INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE addresses (
    peer INTEGER NOT NULL REFERENCES peers(id),
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (peer, host, port)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX addresses_by_time ON addresses (at);

  CREATE TABLE seen (
    peer INTEGER PRIMARY KEY REFERENCES peers(id),
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX seen_by_time ON seen (at);
  `,
  `
  -- The membership log of a private space; the id is the order of admission, parents first.
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    space INTEGER NOT NULL REFERENCES spaces(id),
    hash BLOB NOT NULL,
    bytes BLOB NOT NULL,
    signature BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    UNIQUE (space, hash)
  ) STRICT;

  -- Sealed by the vault; nothing here can be read without the keys of this device.
  CREATE TABLE secrets (name TEXT PRIMARY KEY, box BLOB NOT NULL) STRICT;

  -- What this person says of others; 0 is never.
  CREATE TABLE person_marks (
    peer INTEGER PRIMARY KEY REFERENCES peers(id),
    verified_at INTEGER NOT NULL DEFAULT 0,
    muted_at INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- No number comes twice: a tab may dismiss one that has gone.
  CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    space INTEGER REFERENCES spaces(id),
    peer INTEGER REFERENCES peers(id),
    text TEXT NOT NULL,
    detail TEXT
  ) STRICT;

  -- This person, as shown in every space.
  CREATE TABLE profile (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    colour INTEGER NOT NULL
  ) STRICT;

  -- A device that went on under a new key, by a statement signed with the old one.
  CREATE TABLE successors (
    old INTEGER PRIMARY KEY REFERENCES peers(id),
    new INTEGER NOT NULL REFERENCES peers(id),
    signature BLOB NOT NULL
  ) STRICT;

  -- The name under which each peer was met, and since when it has borne it.
  CREATE TABLE known_names (
    peer INTEGER PRIMARY KEY REFERENCES peers(id),
    name TEXT NOT NULL,
    first_at INTEGER NOT NULL
  ) STRICT;

  -- Of each log of which a change is void: those of the lowest such place, two at most. Two are the proof
  -- that their author signed both.
  CREATE TABLE disputes (
    id INTEGER PRIMARY KEY,
    doc INTEGER NOT NULL REFERENCES docs(id),
    log INTEGER NOT NULL REFERENCES logs(id),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    signature BLOB NOT NULL,
    change BLOB NOT NULL,
    UNIQUE (doc, log, seq, hash)
  ) STRICT;

  -- The text of a note as it was before a part of it became void.
  CREATE TABLE note_copies (
    id INTEGER PRIMARY KEY,
    space INTEGER NOT NULL REFERENCES spaces(id),
    note TEXT NOT NULL,
    at INTEGER NOT NULL,
    text TEXT NOT NULL
  ) STRICT;

  -- A hidden one was here and was forgotten.
  CREATE TABLE space_states (
    space INTEGER PRIMARY KEY REFERENCES spaces(id),
    hidden INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- Messages under an id that another segment of the channel has too, where it counts.
  CREATE TABLE shadowed_messages (
    channel INTEGER NOT NULL REFERENCES channels(id),
    message BLOB NOT NULL,
    segment INTEGER NOT NULL,
    at INTEGER NOT NULL,
    author INTEGER NOT NULL REFERENCES peers(id),
    log INTEGER NOT NULL REFERENCES logs(id),
    seq INTEGER NOT NULL,
    op INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (channel, message, segment)
  ) STRICT, WITHOUT ROWID;

  -- The epoch of a private space that a peer was seen to have heard of last.
  CREATE TABLE heard_epochs (
    space INTEGER NOT NULL REFERENCES spaces(id),
    peer INTEGER NOT NULL REFERENCES peers(id),
    epoch BLOB NOT NULL,
    PRIMARY KEY (space, peer)
  ) STRICT, WITHOUT ROWID;

  -- What changes of this device wrote that became void, to be written again; entries is JSON.
  CREATE TABLE rewrites (
    id INTEGER PRIMARY KEY,
    doc INTEGER NOT NULL REFERENCES docs(id),
    entries TEXT NOT NULL
  ) STRICT;

  -- Devices of whose key another copy was seen to write.
  CREATE TABLE clones (peer INTEGER PRIMARY KEY REFERENCES peers(id)) STRICT;

  -- The program's version of the projection in which each space is.
  CREATE TABLE projections (
    space INTEGER PRIMARY KEY REFERENCES spaces(id),
    version INTEGER NOT NULL
  ) STRICT;
  INSERT INTO projections SELECT id, 1 FROM spaces;

  -- The hash of the newest change of each log, and the highest seq that was ever held of it.
  ALTER TABLE logs ADD COLUMN head BLOB;
  ALTER TABLE logs ADD COLUMN peak INTEGER NOT NULL DEFAULT 0;
  UPDATE logs SET peak = seq, head = (
    SELECT hash FROM envelopes WHERE envelopes.log = logs.id AND envelopes.seq = logs.seq
  );
  `,
  MESSAGE_WORDS,
  BASED_DOCUMENTS,
  LATER_WORDS,
  NOTE_TEXTS,
  WORDS_BY_NUMBER,
];

/** The version of the database that this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

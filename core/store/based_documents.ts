/** The migration that makes room for documents that rest as Automerge saves them. */
export const BASED_DOCUMENTS = `
  -- A document as Automerge saved it: the changes of based_logs up to their seqs. The envelope of the last one of
  -- each such log stays; its signature seals the log. It has none where what came after it was taken out, and a
  -- sealed document vouches for it. received_at is that of the newest change in it.
  CREATE TABLE bases (
    doc INTEGER PRIMARY KEY REFERENCES docs(id),
    received_at INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;

  -- heads: the first 16 bytes of the hash of each change, from the first on; bytes: the length of those without
  -- an envelope.
  CREATE TABLE based_logs (
    log INTEGER PRIMARY KEY REFERENCES logs(id),
    seq INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    heads BLOB NOT NULL
  ) STRICT;

  -- Sealed documents that vouch for the envelopes here that have no signature of their own.
  CREATE TABLE kept_sealed (
    id INTEGER PRIMARY KEY,
    doc INTEGER NOT NULL REFERENCES docs(id),
    sealed BLOB NOT NULL
  ) STRICT;
  CREATE INDEX kept_sealed_by_doc ON kept_sealed (doc);
`;

/** The migration that makes room for texts of notes. */
export const NOTE_TEXTS = `
  -- A note's text at heads (JSON), when its logs had that digest.
  CREATE TABLE note_texts (
    id INTEGER PRIMARY KEY,
    space INTEGER NOT NULL REFERENCES spaces(id),
    note TEXT NOT NULL,
    digest BLOB NOT NULL,
    heads TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (space, note)
  ) STRICT;
`;

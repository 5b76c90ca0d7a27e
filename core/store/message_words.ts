/** The migration that makes the index of words and takes up the messages that are there. */
export const MESSAGE_WORDS = `
  CREATE VIRTUAL TABLE message_words USING fts5 (
    text, content = 'messages', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2'
  );
  INSERT INTO message_words (message_words) VALUES ('rebuild');
  CREATE TRIGGER message_words_added AFTER INSERT ON messages BEGIN
    INSERT INTO message_words (rowid, text) VALUES (new.id, new.text);
  END;
  CREATE TRIGGER message_words_gone AFTER DELETE ON messages BEGIN
    INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.id, old.text);
  END;
  CREATE TRIGGER message_words_changed AFTER UPDATE OF text ON messages BEGIN
    INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO message_words (rowid, text) VALUES (new.id, new.text);
  END;
`;

/**
 * The migration after which messages are taken up into the index of words later, see `WordIndex`. Those that it has
 * are kept in step by the database itself: so whatever happens when, the index is that of the messages up to `up_to`.
 */
export const LATER_WORDS = `
  DROP TRIGGER message_words_added;
  DROP TRIGGER message_words_gone;
  DROP TRIGGER message_words_changed;

  CREATE TABLE words_taken (id INTEGER PRIMARY KEY CHECK (id = 1), up_to INTEGER NOT NULL) STRICT;
  INSERT INTO words_taken SELECT 1, coalesce(max(id), 0) FROM messages;

  -- The number of a message that is gone may come again.
  CREATE TRIGGER message_words_added AFTER INSERT ON messages
  WHEN new.id <= (SELECT up_to FROM words_taken) BEGIN
    INSERT INTO message_words (rowid, text) VALUES (new.id, new.text);
  END;
  CREATE TRIGGER message_words_gone AFTER DELETE ON messages
  WHEN old.id <= (SELECT up_to FROM words_taken) BEGIN
    INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.id, old.text);
  END;
  CREATE TRIGGER message_words_changed AFTER UPDATE OF text ON messages
  WHEN old.id <= (SELECT up_to FROM words_taken) BEGIN
    INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO message_words (rowid, text) VALUES (new.id, new.text);
  END;
`;

/**
 * The migration after which a message that comes costs the index nothing: instead of what is inserted, what is deleted
 * sees to it that a number that may come again is above `up_to`.
 */
export const WORDS_BY_NUMBER = `
  DROP TRIGGER message_words_added;
  DROP TRIGGER message_words_gone;
  CREATE TRIGGER message_words_gone AFTER DELETE ON messages
  WHEN old.id <= (SELECT up_to FROM words_taken) BEGIN
    INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.id, old.text);
    UPDATE words_taken SET up_to = min(up_to, (SELECT coalesce(max(id), 0) FROM messages));
  END;
`;

-- The study database, version 1. Times are microseconds of the boot's own monotonic clock; utc texts are RFC 3339.
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE plans(plan INTEGER PRIMARY KEY, sha256 TEXT UNIQUE NOT NULL, text TEXT NOT NULL, added_utc TEXT NOT NULL) STRICT;
-- The texts of consents, with their boxes, by their hash.
CREATE TABLE texts(sha256 TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE participants(participant TEXT PRIMARY KEY, cohort TEXT, enrolled_utc TEXT NOT NULL) STRICT;
-- number: the order in which participants came; state: held, used or freed.
CREATE TABLE assignments(
  participant TEXT PRIMARY KEY REFERENCES participants, number INTEGER UNIQUE NOT NULL, condition TEXT, seed INTEGER NOT NULL, state TEXT NOT NULL
) STRICT;
-- All that is left of a participant whose records were erased.
CREATE TABLE withdrawals(participant TEXT PRIMARY KEY, utc TEXT NOT NULL) STRICT;
-- Where records were exported to, so that they can be named when a participant's records are erased.
CREATE TABLE exports(export INTEGER PRIMARY KEY, path TEXT NOT NULL, utc TEXT NOT NULL) STRICT;
-- state: active, done, declined or stopped.
CREATE TABLE sessions(
  session INTEGER PRIMARY KEY AUTOINCREMENT, participant TEXT NOT NULL REFERENCES participants, plan INTEGER NOT NULL REFERENCES plans,
  opened_utc TEXT NOT NULL, state TEXT NOT NULL
) STRICT;
-- A start of the program for a session. Each has its own clock.
CREATE TABLE boots(
  session INTEGER NOT NULL REFERENCES sessions, boot INTEGER NOT NULL, opened_utc TEXT NOT NULL, program TEXT NOT NULL, system TEXT NOT NULL,
  adapter TEXT, display_hz REAL, clock_step_ns INTEGER NOT NULL, window TEXT, language TEXT, PRIMARY KEY(session, boot)
) STRICT;
-- Items of a session. n counts 1, 2, 3 ... over all these tables together. digest is the beginning of SHA-256 over the digest of the item
-- before, the name of the table, a zero byte, and the JSON array of the other columns.
CREATE TABLE stages(
  session INTEGER NOT NULL, n INTEGER NOT NULL, boot INTEGER NOT NULL, at_us INTEGER NOT NULL,
  stage INTEGER NOT NULL, id TEXT NOT NULL, what TEXT NOT NULL, why TEXT, digest BLOB NOT NULL,
  PRIMARY KEY(session, n), FOREIGN KEY(session, boot) REFERENCES boots
) STRICT;
-- meta: what a trace says of its run, as JSON.
CREATE TABLE plays(
  session INTEGER NOT NULL, n INTEGER NOT NULL, boot INTEGER NOT NULL, at_us INTEGER NOT NULL,
  play INTEGER NOT NULL, stage INTEGER NOT NULL, practice INTEGER NOT NULL, meta TEXT NOT NULL, digest BLOB NOT NULL,
  PRIMARY KEY(session, n), FOREIGN KEY(session, boot) REFERENCES boots
) STRICT;
-- action: NULL where an episode begins. state: the world's own columns, as a JSON object. cause: press, held, none or reset.
-- shown_us: when `present` of the picture on which the action was chosen had returned. played_us: time in play, without pauses.
CREATE TABLE steps(
  session INTEGER NOT NULL, n INTEGER NOT NULL, boot INTEGER NOT NULL, at_us INTEGER NOT NULL,
  play INTEGER NOT NULL, episode INTEGER NOT NULL, step INTEGER NOT NULL, instance INTEGER NOT NULL, action INTEGER,
  reward REAL NOT NULL, terminated INTEGER NOT NULL, truncated INTEGER NOT NULL, x INTEGER NOT NULL, y INTEGER NOT NULL, facing INTEGER NOT NULL,
  state TEXT NOT NULL, checksum INTEGER, key TEXT, cause TEXT NOT NULL, shown_us INTEGER, due_us INTEGER, pressed_us INTEGER,
  done_us INTEGER NOT NULL, stall_us INTEGER NOT NULL, played_us INTEGER NOT NULL, digest BLOB NOT NULL,
  PRIMARY KEY(session, n), FOREIGN KEY(session, boot) REFERENCES boots
) STRICT;
CREATE TABLE keys(
  session INTEGER NOT NULL, n INTEGER NOT NULL, boot INTEGER NOT NULL, at_us INTEGER NOT NULL,
  code TEXT NOT NULL, down INTEGER NOT NULL, repeated INTEGER NOT NULL, digest BLOB NOT NULL,
  PRIMARY KEY(session, n), FOREIGN KEY(session, boot) REFERENCES boots
) STRICT;
CREATE TABLE events(
  session INTEGER NOT NULL, n INTEGER NOT NULL, boot INTEGER NOT NULL, at_us INTEGER NOT NULL,
  kind TEXT NOT NULL, value TEXT, digest BLOB NOT NULL,
  PRIMARY KEY(session, n), FOREIGN KEY(session, boot) REFERENCES boots
) STRICT;
-- value: JSON. Each change of an answer is a revision.
CREATE TABLE answers(
  session INTEGER NOT NULL, n INTEGER NOT NULL, boot INTEGER NOT NULL, at_us INTEGER NOT NULL,
  stage INTEGER NOT NULL, question TEXT NOT NULL, value TEXT NOT NULL, revision INTEGER NOT NULL, digest BLOB NOT NULL,
  PRIMARY KEY(session, n), FOREIGN KEY(session, boot) REFERENCES boots
) STRICT;
CREATE TABLE consents(
  session INTEGER NOT NULL, n INTEGER NOT NULL, boot INTEGER NOT NULL, at_us INTEGER NOT NULL,
  text TEXT NOT NULL REFERENCES texts, language TEXT NOT NULL, box TEXT NOT NULL, given INTEGER NOT NULL, digest BLOB NOT NULL,
  PRIMARY KEY(session, n), FOREIGN KEY(session, boot) REFERENCES boots
) STRICT;
CREATE TABLE annotations(
  session INTEGER NOT NULL, n INTEGER NOT NULL, boot INTEGER NOT NULL, at_us INTEGER NOT NULL,
  play INTEGER, episode INTEGER, step INTEGER, author TEXT NOT NULL, text TEXT NOT NULL, digest BLOB NOT NULL,
  PRIMARY KEY(session, n), FOREIGN KEY(session, boot) REFERENCES boots
) STRICT;

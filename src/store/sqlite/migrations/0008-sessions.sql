-- Sessions of the console and tokens to sign in with, by the hash of what the browser holds.

CREATE TABLE console_session (
  token_hash BLOB PRIMARY KEY,
  kind       TEXT NOT NULL, -- 'session' or 'sign_in'
  key_id     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX console_session_by_key ON console_session (key_id, kind, created_at, token_hash);
CREATE INDEX console_session_by_end ON console_session (expires_at);

-- What of a project's data is sensitive, and what a key sees of it.

ALTER TABLE project ADD COLUMN sensitive_fields TEXT NOT NULL DEFAULT '[]'; -- JSON array of JSON Pointers
ALTER TABLE project ADD COLUMN sensitive_last_four INTEGER NOT NULL DEFAULT 0; -- 1: they are shown
ALTER TABLE api_key ADD COLUMN view TEXT NOT NULL DEFAULT '"full"'; -- JSON

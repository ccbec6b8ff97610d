-- +goose Up
-- Documents of the installation that are changed as a whole: what it expects of its data,
-- and how far the data of each kind has come.
CREATE TABLE setting (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    doc  TEXT COLLATE "C" NOT NULL
);

-- A row that somebody mended: when (microseconds, 0 for never) and what was sent.
ALTER TABLE quarantine ADD COLUMN edited_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE quarantine ADD COLUMN original BYTEA;

-- +goose Down
ALTER TABLE quarantine DROP COLUMN original;
ALTER TABLE quarantine DROP COLUMN edited_at;
DROP TABLE setting;

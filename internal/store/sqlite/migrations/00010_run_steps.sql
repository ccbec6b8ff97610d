-- +goose Up
-- Runs can be found by what they work on and when they were asked for.
ALTER TABLE run ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
UPDATE run SET created = CAST(unixepoch(json_extract(doc, '$.created_at'), 'subsec') * 1000000 AS INTEGER);
CREATE INDEX run_flow ON run (flow, state);
CREATE INDEX run_subject ON run (subject, id);

CREATE TABLE run_step (
    run      TEXT NOT NULL REFERENCES run (id),
    name     TEXT NOT NULL,
    position INTEGER NOT NULL,
    state    TEXT NOT NULL,
    doc      TEXT NOT NULL,
    result   TEXT NOT NULL, -- when it is too large for the document
    PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_step_order ON run_step (run, position);

CREATE TABLE run_log (
    run    TEXT NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL,
    step   TEXT NOT NULL,
    doc    TEXT NOT NULL,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE run_log;
DROP TABLE run_step;
DROP INDEX run_subject;
DROP INDEX run_flow;
ALTER TABLE run DROP COLUMN created;
ALTER TABLE run DROP COLUMN subject;

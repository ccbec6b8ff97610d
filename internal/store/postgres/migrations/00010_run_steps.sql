-- +goose Up
-- Runs can be found by what they work on and when they were asked for.
ALTER TABLE run ADD COLUMN subject TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN created BIGINT NOT NULL DEFAULT 0;
UPDATE run SET created = (extract(epoch FROM (doc::json ->> 'created_at')::timestamptz) * 1000000)::bigint;
CREATE INDEX run_flow ON run (flow, state);
CREATE INDEX run_subject ON run (subject, id);

CREATE TABLE run_step (
    run      TEXT COLLATE "C" NOT NULL REFERENCES run (id),
    name     TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    state    TEXT COLLATE "C" NOT NULL,
    doc      TEXT COLLATE "C" NOT NULL,
    result   TEXT COLLATE "C" NOT NULL, -- when it is too large for the document
    PRIMARY KEY (run, name)
);
CREATE INDEX run_step_order ON run_step (run, position);

CREATE TABLE run_log (
    run    TEXT COLLATE "C" NOT NULL REFERENCES run (id),
    number BIGINT NOT NULL,
    step   TEXT COLLATE "C" NOT NULL,
    doc    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (run, number)
);

-- +goose Down
DROP TABLE run_log;
DROP TABLE run_step;
DROP INDEX run_subject;
DROP INDEX run_flow;
ALTER TABLE run DROP COLUMN created;
ALTER TABLE run DROP COLUMN subject;

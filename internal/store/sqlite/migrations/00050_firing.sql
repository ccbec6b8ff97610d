-- +goose Up
-- Which automations have fired on which runs: each once. A run of a schedule is named before
-- it is there, so that its row need not be.
CREATE TABLE firing (
    run  TEXT NOT NULL,
    rule TEXT NOT NULL,
    at   INTEGER NOT NULL,
    PRIMARY KEY (run, rule)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE firing;

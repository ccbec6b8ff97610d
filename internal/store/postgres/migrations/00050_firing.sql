-- +goose Up
-- Which automations have fired on which runs: each once. A run of a schedule is named before
-- it is there, so that its row need not be.
CREATE TABLE firing (
    run  TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    at   BIGINT NOT NULL,
    PRIMARY KEY (run, rule)
);

-- +goose Down
DROP TABLE firing;

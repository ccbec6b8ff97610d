-- +goose Up
CREATE TABLE schedule (
    name TEXT NOT NULL PRIMARY KEY,
    doc  TEXT NOT NULL
) STRICT;

-- +goose Down
DROP TABLE schedule;

-- +goose Up
CREATE TABLE schedule (
    name TEXT COLLATE "C" PRIMARY KEY,
    doc  TEXT COLLATE "C" NOT NULL
);

-- +goose Down
DROP TABLE schedule;

-- +goose Up
-- Times are microseconds since 1970, UTC. See package sqlstore for versions and rivals.
CREATE TABLE batch (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT, -- order of reception; never used twice
    id     TEXT NOT NULL UNIQUE,
    kind   TEXT NOT NULL,
    state  TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    doc    TEXT NOT NULL
) STRICT;
CREATE INDEX batch_content ON batch (sha256, kind);
CREATE INDEX batch_unfinished ON batch (kind, seq) WHERE state NOT IN ('loaded', 'failed');

CREATE TABLE quarantine (
    batch  INTEGER NOT NULL REFERENCES batch (seq),
    number INTEGER NOT NULL,
    rule   TEXT NOT NULL,
    reason TEXT NOT NULL,
    raw    BLOB NOT NULL, -- as sent, whatever its encoding
    PRIMARY KEY (batch, number)
) STRICT, WITHOUT ROWID;

-- Clustered by pickup time, the order in which learning reads it. That batch
-- exists is checked once a bulk insertion, not once a row by a reference.
CREATE TABLE trip (
    id             TEXT NOT NULL,
    batch          INTEGER NOT NULL,
    rivals         INTEGER NOT NULL,
    pickup         INTEGER NOT NULL,
    pickup_offset  INTEGER NOT NULL,
    dropoff        INTEGER NOT NULL,
    dropoff_offset INTEGER NOT NULL,
    from_zone      INTEGER NOT NULL,
    to_zone        INTEGER NOT NULL,
    from_lat       REAL,
    from_lon       REAL,
    to_lat         REAL,
    to_lon         REAL,
    distance_m     REAL NOT NULL,
    vehicle_id     TEXT NOT NULL,
    PRIMARY KEY (pickup, id, batch)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX trip_version ON trip (id, batch);
CREATE INDEX trip_batch ON trip (batch);

-- Records that are documents.
CREATE TABLE order_record (
    id     TEXT NOT NULL,
    batch  INTEGER NOT NULL,
    rivals INTEGER NOT NULL,
    day    TEXT NOT NULL,
    doc    TEXT NOT NULL,
    PRIMARY KEY (id, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_day ON order_record (day, id);
CREATE INDEX order_batch ON order_record (batch);

CREATE TABLE vehicle_record (
    id     TEXT NOT NULL,
    batch  INTEGER NOT NULL,
    rivals INTEGER NOT NULL,
    doc    TEXT NOT NULL,
    PRIMARY KEY (id, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX vehicle_batch ON vehicle_record (batch);

CREATE TABLE depot_record (
    id     TEXT NOT NULL,
    batch  INTEGER NOT NULL,
    rivals INTEGER NOT NULL,
    doc    TEXT NOT NULL,
    PRIMARY KEY (id, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX depot_batch ON depot_record (batch);

CREATE TABLE plan (
    id    TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    day   TEXT NOT NULL,
    head  TEXT NOT NULL, -- all but routes and unassigned
    body  TEXT NOT NULL
) STRICT;
CREATE INDEX plan_day ON plan (day, id);

CREATE TABLE prediction (
    id  TEXT NOT NULL PRIMARY KEY,
    at  INTEGER NOT NULL,
    doc TEXT NOT NULL
) STRICT;

CREATE TABLE run (
    id    TEXT NOT NULL PRIMARY KEY,
    flow  TEXT NOT NULL,
    state TEXT NOT NULL,
    doc   TEXT NOT NULL
) STRICT;

CREATE TABLE delivery (
    id      TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    state   TEXT NOT NULL,
    doc     TEXT NOT NULL,
    payload BLOB NOT NULL
) STRICT;
CREATE INDEX delivery_subject ON delivery (subject, id);

CREATE TABLE delivery_attempt (
    delivery TEXT NOT NULL REFERENCES delivery (id),
    number   INTEGER NOT NULL,
    doc      TEXT NOT NULL,
    PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key (
    prefix TEXT NOT NULL PRIMARY KEY,
    sha256 TEXT NOT NULL,
    name   TEXT NOT NULL,
    scopes TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT;

CREATE TABLE reply (
    key    TEXT NOT NULL PRIMARY KEY,
    hash   TEXT NOT NULL,
    status INTEGER NOT NULL, -- 0 while the first request is worked on
    header TEXT NOT NULL,
    body   BLOB NOT NULL,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX reply_at ON reply (at);

-- +goose Down
DROP TABLE reply;
DROP TABLE api_key;
DROP TABLE delivery_attempt;
DROP TABLE delivery;
DROP TABLE run;
DROP TABLE prediction;
DROP TABLE plan;
DROP TABLE depot_record;
DROP TABLE vehicle_record;
DROP TABLE order_record;
DROP TABLE trip;
DROP TABLE quarantine;
DROP TABLE batch;

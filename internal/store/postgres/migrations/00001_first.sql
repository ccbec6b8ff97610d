-- +goose Up
-- Times are microseconds since 1970, UTC. See package sqlstore for versions and rivals.
-- Documents are text, not jsonb: records are compared by their exact form.
CREATE TABLE batch (
    seq    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- order of reception; never used twice
    id     TEXT COLLATE "C" NOT NULL UNIQUE,
    kind   TEXT COLLATE "C" NOT NULL,
    state  TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    doc    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX batch_content ON batch (sha256, kind);
CREATE INDEX batch_unfinished ON batch (kind, seq) WHERE state NOT IN ('loaded', 'failed');

CREATE TABLE quarantine (
    batch  BIGINT NOT NULL REFERENCES batch (seq),
    number BIGINT NOT NULL,
    rule   TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    raw    BYTEA NOT NULL, -- as sent, whatever its encoding
    PRIMARY KEY (batch, number)
);

-- Its key begins with the pickup time, the order in which learning reads it. That
-- batch exists is checked once a bulk insertion, not once a row by a reference.
CREATE TABLE trip (
    id             TEXT COLLATE "C" NOT NULL,
    batch          BIGINT NOT NULL,
    rivals         INTEGER NOT NULL,
    pickup         BIGINT NOT NULL,
    pickup_offset  INTEGER NOT NULL,
    dropoff        BIGINT NOT NULL,
    dropoff_offset INTEGER NOT NULL,
    from_zone      INTEGER NOT NULL,
    to_zone        INTEGER NOT NULL,
    from_lat       DOUBLE PRECISION,
    from_lon       DOUBLE PRECISION,
    to_lat         DOUBLE PRECISION,
    to_lon         DOUBLE PRECISION,
    distance_m     DOUBLE PRECISION NOT NULL,
    vehicle_id     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (pickup, id, batch)
);
CREATE UNIQUE INDEX trip_version ON trip (id, batch);
CREATE INDEX trip_batch ON trip USING brin (batch) WITH (autosummarize = on); -- batches lie together

-- Records that are documents.
CREATE TABLE order_record (
    id     TEXT COLLATE "C" NOT NULL,
    batch  BIGINT NOT NULL,
    rivals INTEGER NOT NULL,
    day    TEXT COLLATE "C" NOT NULL,
    doc    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (id, batch)
);
CREATE INDEX order_day ON order_record (day, id);
CREATE INDEX order_batch ON order_record (batch);

CREATE TABLE vehicle_record (
    id     TEXT COLLATE "C" NOT NULL,
    batch  BIGINT NOT NULL,
    rivals INTEGER NOT NULL,
    doc    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (id, batch)
);
CREATE INDEX vehicle_batch ON vehicle_record (batch);

CREATE TABLE depot_record (
    id     TEXT COLLATE "C" NOT NULL,
    batch  BIGINT NOT NULL,
    rivals INTEGER NOT NULL,
    doc    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (id, batch)
);
CREATE INDEX depot_batch ON depot_record (batch);

CREATE TABLE plan (
    id    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    state TEXT COLLATE "C" NOT NULL,
    day   TEXT COLLATE "C" NOT NULL,
    head  TEXT COLLATE "C" NOT NULL, -- all but routes and unassigned
    body  TEXT COLLATE "C" NOT NULL
);
CREATE INDEX plan_day ON plan (day, id);

CREATE TABLE prediction (
    id  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at  BIGINT NOT NULL,
    doc TEXT COLLATE "C" NOT NULL
);

CREATE TABLE run (
    id    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    flow  TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    doc   TEXT COLLATE "C" NOT NULL
);

CREATE TABLE delivery (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    subject TEXT COLLATE "C" NOT NULL,
    state   TEXT COLLATE "C" NOT NULL,
    doc     TEXT COLLATE "C" NOT NULL,
    payload BYTEA NOT NULL
);
CREATE INDEX delivery_subject ON delivery (subject, id);

CREATE TABLE delivery_attempt (
    delivery TEXT COLLATE "C" NOT NULL REFERENCES delivery (id),
    number   BIGINT NOT NULL,
    doc      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (delivery, number)
);

CREATE TABLE api_key (
    prefix TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    sha256 TEXT COLLATE "C" NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    at     BIGINT NOT NULL
);

CREATE TABLE reply (
    key    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    hash   TEXT COLLATE "C" NOT NULL,
    status INTEGER NOT NULL, -- 0 while the first request is worked on
    header TEXT COLLATE "C" NOT NULL,
    body   BYTEA NOT NULL,
    at     BIGINT NOT NULL
);
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

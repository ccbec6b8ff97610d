-- +goose Up
-- What vehicles tell of themselves. Clustered by time, in which pages and the days of a vehicle
-- are read; the index of a batch is in that order too.
CREATE TABLE event_record (
    id         TEXT NOT NULL,
    batch      INTEGER NOT NULL,
    rivals     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    at_offset  INTEGER NOT NULL,
    vehicle_id TEXT NOT NULL,
    kind       TEXT NOT NULL,
    lat        REAL NOT NULL,
    lon        REAL NOT NULL,
    speed_kmh  REAL NOT NULL,
    accuracy_m REAL NOT NULL,
    order_id   TEXT NOT NULL,
    PRIMARY KEY (at, id, batch)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX event_version ON event_record (id, batch);
CREATE INDEX event_vehicle ON event_record (vehicle_id, at, id);
CREATE INDEX event_batch ON event_record (batch);
CREATE INDEX event_rivals ON event_record (id, batch) WHERE rivals = 1;

-- +goose Down
DROP TABLE event_record;

-- +goose Up
-- What vehicles tell of themselves. Every row goes into every index: the key serves loading,
-- the others pages of all vehicles and the days of one. Equal times are put in the order of
-- their IDs by an incremental sort.
CREATE TABLE event_record (
    id         TEXT COLLATE "C" NOT NULL,
    batch      BIGINT NOT NULL,
    rivals     INTEGER NOT NULL,
    at         BIGINT NOT NULL,
    at_offset  INTEGER NOT NULL,
    vehicle_id TEXT COLLATE "C" NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    lat        DOUBLE PRECISION NOT NULL,
    lon        DOUBLE PRECISION NOT NULL,
    speed_kmh  DOUBLE PRECISION NOT NULL,
    accuracy_m DOUBLE PRECISION NOT NULL,
    order_id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (id, batch)
);
CREATE INDEX event_at ON event_record (at);
CREATE INDEX event_vehicle ON event_record (vehicle_id, at);
CREATE INDEX event_batch ON event_record USING brin (batch) WITH (autosummarize = on); -- batches lie together
CREATE INDEX event_rivals ON event_record (id, batch) WHERE rivals = 1;

-- +goose Down
DROP TABLE event_record;

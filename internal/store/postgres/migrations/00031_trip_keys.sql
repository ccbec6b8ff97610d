-- +goose Up
-- Every row of a bulk load goes into every index, and the widest costs most: the ID's index
-- becomes the key, and pickups have one of eight bytes a row. Equal pickups are put in the order of
-- their IDs by an incremental sort, which holds no more than those of one instant.
ALTER TABLE trip DROP CONSTRAINT trip_pkey;
ALTER TABLE trip ADD CONSTRAINT trip_pkey PRIMARY KEY USING INDEX trip_version;
CREATE INDEX trip_pickup ON trip (pickup);

-- +goose Down
DROP INDEX trip_pickup;
ALTER TABLE trip DROP CONSTRAINT trip_pkey;
CREATE UNIQUE INDEX trip_version ON trip (id, batch);
ALTER TABLE trip ADD CONSTRAINT trip_pkey PRIMARY KEY (pickup, id, batch);

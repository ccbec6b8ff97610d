-- +goose Up
-- The records of a batch are found through a B-tree: its entries are numbers that only grow, so
-- that a load writes at one end of it. A BRIN index is smaller, but what autovacuum has not
-- summarized yet is read whole by every batch, a gigabyte of it while millions are loaded.
DROP INDEX trip_batch;
CREATE INDEX trip_batch ON trip (batch);
DROP INDEX event_batch;
CREATE INDEX event_batch ON event_record (batch);

-- +goose Down
DROP INDEX event_batch;
CREATE INDEX event_batch ON event_record USING brin (batch) WITH (autosummarize = on);
DROP INDEX trip_batch;
CREATE INDEX trip_batch ON trip USING brin (batch) WITH (autosummarize = on);

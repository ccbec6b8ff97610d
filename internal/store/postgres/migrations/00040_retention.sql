-- +goose Up
-- When things ended and which payloads batches have, for retention: what nobody needs any more
-- is found without reading documents. 0: not ended, or before anybody wrote it down.
ALTER TABLE batch ADD COLUMN finished BIGINT NOT NULL DEFAULT 0;
ALTER TABLE batch ADD COLUMN blob_key TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN finished BIGINT NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN created BIGINT NOT NULL DEFAULT 0;
UPDATE batch SET blob_key = coalesce(doc::json ->> 'blob_key', ''),
    finished = coalesce((extract(epoch FROM (doc::json ->> 'finished_at')::timestamptz) * 1000000)::bigint, 0);
UPDATE run SET finished = coalesce((extract(epoch FROM (doc::json ->> 'finished_at')::timestamptz) * 1000000)::bigint, 0);
UPDATE delivery SET created = coalesce((extract(epoch FROM (doc::json ->> 'created_at')::timestamptz) * 1000000)::bigint, 0);
CREATE INDEX batch_finished ON batch (finished) WHERE finished > 0;
CREATE INDEX batch_failed ON batch (kind, seq) WHERE state = 'failed';
CREATE INDEX batch_payload ON batch (blob_key) WHERE blob_key <> '';
CREATE INDEX run_finished ON run (finished) WHERE finished > 0;
CREATE INDEX delivery_delivered ON delivery (created) WHERE state = 'delivered';
-- IDs that more than one batch brought; the others cost these indexes nothing.
CREATE INDEX trip_rivals ON trip (id, batch) WHERE rivals = 1;
CREATE INDEX order_rivals ON order_record (id, batch) WHERE rivals = 1;
CREATE INDEX vehicle_rivals ON vehicle_record (id, batch) WHERE rivals = 1;
CREATE INDEX depot_rivals ON depot_record (id, batch) WHERE rivals = 1;

-- +goose Down
DROP INDEX depot_rivals;
DROP INDEX vehicle_rivals;
DROP INDEX order_rivals;
DROP INDEX trip_rivals;
DROP INDEX delivery_delivered;
DROP INDEX run_finished;
DROP INDEX batch_payload;
DROP INDEX batch_failed;
DROP INDEX batch_finished;
ALTER TABLE delivery DROP COLUMN created;
ALTER TABLE run DROP COLUMN finished;
ALTER TABLE batch DROP COLUMN blob_key;
ALTER TABLE batch DROP COLUMN finished;

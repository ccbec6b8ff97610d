-- +goose Up
-- The beginnings of the IDs of trips that each batch has brought; see span.go of package
-- sqlstore. Not unique: loaders of one batch would wait for each other.
CREATE TABLE trip_span (
    span  TEXT NOT NULL, -- '' for all
    batch INTEGER NOT NULL
) STRICT;
INSERT INTO trip_span (span, batch)
    WITH spans AS (SELECT DISTINCT batch, substr(id, 1, instr(id, '-') + 5) AS span FROM trip),
        many AS (SELECT batch FROM spans GROUP BY batch HAVING count(*) > 2000)
    SELECT span, batch FROM spans WHERE batch NOT IN (SELECT batch FROM many)
    UNION ALL SELECT '', batch FROM many;
CREATE INDEX trip_span_span ON trip_span (span, batch);
CREATE INDEX trip_span_batch ON trip_span (batch);

-- +goose Down
DROP TABLE trip_span;

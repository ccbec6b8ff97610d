#!/usr/bin/env bash
# The clean rows by psql: \copy into a staging table, then INSERT … ON CONFLICT.
#   psql.sh postgres://…/empty_database FOLDER lean|same
# lean: one primary key on id; same: the indexes that Rumbo's trip table has.
set -euo pipefail
address=$1 folder=$2 shape=$3
columns="id text COLLATE \"C\" NOT NULL, batch bigint NOT NULL, rivals integer NOT NULL, pickup bigint NOT NULL, pickup_offset integer NOT NULL,
  dropoff bigint NOT NULL, dropoff_offset integer NOT NULL, from_zone integer NOT NULL, to_zone integer NOT NULL, from_lat float8, from_lon float8,
  to_lat float8, to_lon float8, distance_m float8 NOT NULL, vehicle_id text COLLATE \"C\""
case $shape in
  lean) keys="ALTER TABLE trip ADD PRIMARY KEY (id);" conflict="id" ;;
  same) keys="ALTER TABLE trip ADD PRIMARY KEY (id, batch); CREATE INDEX ON trip (pickup); CREATE INDEX ON trip USING brin (batch);" conflict="id, batch" ;;
esac
psql -q -v ON_ERROR_STOP=1 "$address" -c "CREATE TABLE trip ($columns)" -c "$keys"
began=$(date +%s.%N)
psql -q -v ON_ERROR_STOP=1 "$address" <<SQL
CREATE TEMP TABLE staging (LIKE trip);
\copy staging FROM '$folder/clean.rows' WITH (FORMAT csv)
INSERT INTO trip SELECT * FROM staging ON CONFLICT ($conflict) DO UPDATE SET rivals = excluded.rivals;
SQL
took=$(echo "$(date +%s.%N) $began" | awk '{print $1-$2}')
rows=$(psql -At "$address" -c "SELECT count(*) FROM trip")
awk -v r="$rows" -v s="$took" -v n="$shape" 'BEGIN {printf "psql=%s rows=%d total_s=%.2f rows_per_s=%.0f\n", n, r, s, r/s}'

#!/usr/bin/env bash
# One series: psql, Rumbo and pandas one after the other on one server, several rounds.
#   series.sh postgres://user@host:port PAYLOADS ROUNDS > results/ingestion.csv
# The server's psql must be on PATH; BINARY is `go build ./bench/platform/ingestion`.
set -euo pipefail
server=$1 payloads=$2 rounds=$3 here=$(dirname "$0")
binary=${BINARY:?the built program} python=${PYTHON:-/usr/bin/python3}
fresh() { psql -q "$server/postgres" -c "DROP DATABASE IF EXISTS bench_ingestion" -c "CREATE DATABASE bench_ingestion" 2>/dev/null; }
field() { tr ' ' '\n' | sed -n "s/^$1=//p"; }
row() { # round, what, into, line
  printf '%s,%s,%s,%s,%s,%s,%s,%s\n' "$1" "$2" "$3" "$(field rows <<<"$4")" "$(field total_s <<<"$4")" \
    "$(field accepted_per_s <<<"$4" | grep . || field rows_per_s <<<"$4")" "$(field peak_mib <<<"$4")" "$(cut -d' ' -f1 /proc/loadavg)"
}
echo "round,what,into,rows,total_s,clean_rows_per_s,peak_mib,load"
for round in $(seq "$rounds"); do
  for shape in lean same; do fresh; row "$round" "psql $shape" postgres "$("$here/psql.sh" "$server/bench_ingestion" "$payloads" $shape)"; done
  for format in csv ndjson parquet; do fresh; row "$round" "rumbo $format" postgres "$("$binary" -payloads "$payloads" -format $format -postgres "$server/bench_ingestion")"; done
  fresh; row "$round" "pandas copy" postgres "$("$python" "$here/pandas_copy.py" "$server/bench_ingestion" "$payloads" copy)"
  for format in csv ndjson parquet; do row "$round" "rumbo $format" sqlite "$("$binary" -payloads "$payloads" -format $format)"; done
done

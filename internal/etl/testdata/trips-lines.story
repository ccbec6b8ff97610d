# Trips a line (NDJSON): a line that is no JSON does not hide the next one.
kind: trips
format: ndjson
schema: rumbo
zones: ../../testdata/tinytown/zones.geojson
-- payload --
{"id": "TT-001", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at": "2026-03-09T07:05:19-03:00", "from": {"zone": 2}, "to": {"zone": 2}}

{"id": "TT-002", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at":
{"id": "TT-003", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at": "2026-03-09T07:05:19-03:00", "from": {"zone": 2}, "to": {"zone": 3}}
-- results --
1 accepted
    {"id":"TT-001","pickup_at":"2026-03-09T10:03:04Z","dropoff_at":"2026-03-09T10:05:19Z","from":{"zone":2},"to":{"zone":2},"batch_id":"batch_1"}
2 unreadable_row: /dropoff_at it ends before its end: a value is missing at line 3, column 73 (byte 215)
    {"id": "TT-002", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at":
3 accepted
    {"id":"TT-003","pickup_at":"2026-03-09T10:03:04Z","dropoff_at":"2026-03-09T10:05:19Z","from":{"zone":2},"to":{"zone":3},"batch_id":"batch_1"}

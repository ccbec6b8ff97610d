# A payload whose rows cannot be told apart any more ends there.
kind: trips
format: json
schema: rumbo
zones: ../../testdata/tinytown/zones.geojson
-- payload --
[{"id": "TT-001", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at": "2026-03-09T07:05:19-03:00", "from": {"zone": 2}, "to": {"zone": 2}},
 {"id": "TT-002"
-- results --
1 accepted
    {"id":"TT-001","pickup_at":"2026-03-09T10:03:04Z","dropoff_at":"2026-03-09T10:05:19Z","from":{"zone":2},"to":{"zone":2},"batch_id":"batch_1"}
the payload ends: strictjson.Rows: invalid_request; /1 it ends before its end: it ends inside a value at line 3 (byte 161)

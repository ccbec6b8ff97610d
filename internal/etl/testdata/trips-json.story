# Trips as JSON go through the same rules; a row that is no trip goes to quarantine.
kind: trips
format: json
schema: rumbo
zones: ../../testdata/tinytown/zones.geojson
-- payload --
{"trips": [
  {"id": "TT-001", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at": "2026-03-09T07:05:19-03:00", "from": {"zone": 2, "point": {"lat": -34.897779, "lon": -62.494803}}, "to": {"zone": 2}, "distance_m": 371},
  {"id": "TT-002", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at": "2026-03-09T07:03:19-03:00", "from": {"zone": 2}, "to": {"zone": 2}},
  {"id": "TT-003", "pickup_at": "2026-03-09 07:03:04", "dropofat": 7, "from": {}, "to": {"zone": "2"}},
  {"id": "", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at": "2026-03-09T07:05:19-03:00", "from": {"zone": 2}, "to": {"point": {"lat": 0, "lon": 0}}},
  {"id": "TT-005", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at": "2026-03-09T07:05:19-03:00", "from": {}, "to": {"zone": 2}},
  {"id": "TT-001", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at": "2026-03-09T07:05:19-03:00", "from": {"zone": 2}, "to": {"zone": 2}},
  {"id": "TT-007", "pickup_at": }
]}
-- results --
1 accepted
    {"id":"TT-001","pickup_at":"2026-03-09T10:03:04Z","dropoff_at":"2026-03-09T10:05:19Z","from":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"to":{"zone":2},"distance_m":371,"batch_id":"batch_1"}
2 duration_under_60s: lasted 15 s, less than 60 s
    {"id": "TT-002", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at": "2026-03-09T07:03:19-03:00", "from": {"zone": 2}, "to": {"zone": 2}}
3 bad_value: /pickup_at 2026-03-09 07:03:04 is not a time of the form RFC 3339 with offset, as 2022-01-31T08:00:00-05:00; /dropofat dropofat is not a field here; did you mean "dropoff_at"?; /to/zone "2" should be a whole number; /dropoff_at is required
    {"id": "TT-003", "pickup_at": "2026-03-09 07:03:04", "dropofat": 7, "from": {}, "to": {"zone": "2"}}
4 bad_value: id is required; to/point 0, 0 is in the ocean off Africa: the position is probably missing
    {"id": "", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at": "2026-03-09T07:05:19-03:00", "from": {"zone": 2}, "to": {"point": {"lat": 0, "lon": 0}}}
5 missing_place: from is required
    {"id": "TT-005", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at": "2026-03-09T07:05:19-03:00", "from": {}, "to": {"zone": 2}}
6 duplicate: the same drive as an earlier row of this batch, id TT-001
    {"id": "TT-001", "pickup_at": "2026-03-09T07:03:04-03:00", "dropoff_at": "2026-03-09T07:05:19-03:00", "from": {"zone": 2}, "to": {"zone": 2}}
7 unreadable_row: /pickup_at is not valid JSON: a value is missing at line 8, column 31 (byte 946)
    {"id": "TT-007", "pickup_at": }

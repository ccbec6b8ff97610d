# Were such orders cleaned after all, the bad ones would go to quarantine.
kind: orders
format: json
schema: rumbo
payload: ../../testdata/tinytown/orders-dirty.json
-- results --
1 accepted
    {"id":"P-01","day":"2026-03-16","location":{"lat":-34.898867,"lon":-62.499934},"service_s":240,"batch_id":"batch_1"}
2 duplicate: /id P-01 appears more than once
    {"id": "P-01", "day": "2026-03-16", "location": {"lat": -34.897806, "lon": -62.498761}}
3 bad_value: /location/lng lng is not a field here; did you mean "lon"?; /location/lon is required; /serviceS serviceS is not a field here; did you mean "service_s"?; /day 16/03/2026 is not a time of the form YYYY-MM-DD
    {"id": "P-03", "day": "16/03/2026", "location": {"lat": -34.896816, "lng": -62.498585}, "serviceS": 600}
4 bad_value: /id 4 should be a string; /location lat -162.495997, lon -34.900081: latitude and longitude look swapped; /load/kg -40 is outside 0 to 1000000000
    {"id": 4, "day": "2026-03-16", "location": {"lat": -162.495997, "lon": -34.900081}, "load": {"kg": -40}}
5 bad_value: /windows/1/open 2026-03-16 08:00 is not a time of the form RFC 3339 with offset, as 2022-01-31T08:00:00-05:00; /windows/1/close is required; /location 0, 0 is in the ocean off Africa: the position is probably missing; /windows/0 2026-03-16T12:00:00-03:00 to 2026-03-16T08:00:00-03:00: the window closes before it opens
    {"id": "P-05", "day": "2026-03-16", "location": {"lat": 0, "lon": 0}, "windows": [{"open": "2026-03-16T12:00:00-03:00", "close": "2026-03-16T08:00:00-03:00"}, {"open": "2026-03-16 08:00"}]}
6 bad_value: /service_s 1e3 should be a whole number; /kind drop is not one of: delivery, pickup; /prize_cents 900 is only possible with optional: true
    {"id": "P-06", "day": "2026-03-16", "location": {"lat": -34.898813, "lon": -62.495921}, "kind": "drop", "prize_cents": 900, "service_s": 1e3}
7 bad_value: /location null should be an object; /service_s 99999999999999999999 is outside -9223372036854775808 to 9223372036854775807; /skills/0 is required
    {"id": "P-07", "day": "2026-03-16", "location": null, "service_s": 99999999999999999999, "skills": [""]}
8 bad_value: ["P-08"] should be an object
    ["P-08"]

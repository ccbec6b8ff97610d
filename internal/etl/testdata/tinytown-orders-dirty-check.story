# Orders are taken whole or not at all: every fault of every row at once.
kind: orders
format: json
schema: rumbo
check: yes
payload: ../../testdata/tinytown/orders-dirty.json
-- results --
/orders/1/id: duplicate_id: P-01 appears more than once
/orders/2/location/lng: unknown_field: lng is not a field here; did you mean "lon"?
/orders/2/location/lon: missing_field: is required
/orders/2/serviceS: unknown_field: serviceS is not a field here; did you mean "service_s"?
/orders/2/day: bad_time: 16/03/2026 is not a time of the form YYYY-MM-DD
/orders/3/id: wrong_type: 4 should be a string
/orders/3/location: swapped_coordinates: lat -162.495997, lon -34.900081: latitude and longitude look swapped
/orders/3/load/kg: out_of_range: -40 is outside 0 to 1000000000
/orders/4/windows/1/open: bad_time: 2026-03-16 08:00 is not a time of the form RFC 3339 with offset, as 2022-01-31T08:00:00-05:00
/orders/4/windows/1/close: missing_field: is required
/orders/4/location: zero_coordinates: 0, 0 is in the ocean off Africa: the position is probably missing
/orders/4/windows/0: impossible_window: 2026-03-16T12:00:00-03:00 to 2026-03-16T08:00:00-03:00: the window closes before it opens
/orders/5/service_s: wrong_type: 1e3 should be a whole number
/orders/5/kind: not_one_of: drop is not one of: delivery, pickup
/orders/5/prize_cents: conflicting_fields: 900 is only possible with optional: true
/orders/6/location: wrong_type: null should be an object
/orders/6/service_s: out_of_range: 99999999999999999999 is outside -9223372036854775808 to 9223372036854775807
/orders/6/skills/0: missing_field: is required
/orders/7: wrong_type: ["P-08"] should be an object

# One dirty row for every rule that Rumbo's own schema can break; the id of a row
# says what is wrong with it.
kind: trips
format: csv
schema: rumbo
month: 2026-03
zones: ../../testdata/tinytown/zones.geojson
payload: ../../testdata/tinytown/trips-dirty.csv
-- results --
1 accepted
    {"id":"dirty-nothing","pickup_at":"2026-03-09T10:03:04Z","dropoff_at":"2026-03-09T10:05:19Z","from":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"to":{"zone":2,"point":{"lat":-34.897806,"lon":-62.498761}},"distance_m":371,"vehicle_id":"movil-2","batch_id":"batch_1"}
2 nonpositive_distance: metered distance -120 m is not positive
    dirty-nonpositive-distance,2026-03-09T07:03:04-03:00,2026-03-09T07:05:19-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,-120,movil-2
3 nonpositive_duration: drop-off is -90 s after pickup
    dirty-nonpositive-duration,2026-03-09T07:03:04-03:00,2026-03-09T07:01:34-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,371,movil-2
4 duration_under_60s: lasted 59 s, less than 60 s
    dirty-duration-under-60s,2026-03-09T07:03:04-03:00,2026-03-09T07:04:03-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,371,movil-2
5 unknown_zone: to zone 9 is not in the zone map
    dirty-unknown-zone,2026-03-09T07:03:04-03:00,2026-03-09T07:05:19-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,9,371,movil-2
6 duration_over_3h: lasted 10801 s, more than 3 h
    dirty-duration-over-3h,2026-03-09T07:03:04-03:00,2026-03-09T10:03:05-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,371,movil-2
7 duplicate: the same drive as an earlier row of this batch, id dirty-nothing
    dirty-nothing,2026-03-09T07:03:04-03:00,2026-03-09T07:05:19-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,371,movil-2
8 speed_under_0_5mph: 0.25 mph on average, less than 0.5
    dirty-speed-under-0-5mph,2026-03-09T07:03:04-03:00,2026-03-09T08:03:04-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,400,movil-2
9 distance_over_100mi: 100.04 miles, more than 100
    dirty-distance-over-100mi,2026-03-09T07:03:04-03:00,2026-03-09T09:03:04-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,161000,movil-2
10 speed_over_80mph: 82.02 mph on average, more than 80
    dirty-speed-over-80mph,2026-03-09T07:03:04-03:00,2026-03-09T07:05:04-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,4400,movil-2
11 speed_over_80mph: 87.77 mph on average, more than 80
    dirty-crow-over-80mph,2026-03-09T07:03:04-03:00,2026-03-09T07:05:04-03:00,-34.897779,-62.494803,-34.940000,-62.498761,2,2,,movil-2
12 pickup_outside_month: picked up 2026-04-01 00:00:00, outside 2026-03
    dirty-pickup-outside-month,2026-04-01T00:00:00-03:00,2026-04-01T00:05:00-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,371,movil-2
13 bad_value: pickup_at "09/03/2026 07:24" is not a time
    dirty-bad-time,09/03/2026 07:24,2026-03-09T07:05:19-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,371,movil-2
14 bad_value: pickup_at "2026-02-30T07:00:00-03:00" is not a time
    dirty-bad-day,2026-02-30T07:00:00-03:00,2026-03-09T07:05:19-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,371,movil-2
15 bad_value: to_zone "dos" is not a zone number; from_lat "n/a" is not a number; distance_m "1,2 km" is not a number
    dirty-bad-numbers,2026-03-09T07:03:04-03:00,2026-03-09T07:05:19-03:00,n/a,-62.494803,-34.897806,-62.498761,2,dos,"1,2 km",movil-2
16 missing_place: from is required
    dirty-missing-place,2026-03-09T07:03:04-03:00,2026-03-09T07:05:19-03:00,,,-34.897806,-62.498761,,2,371,movil-2
17 bad_value: from_lat "-34.897779, " is not a place: one coordinate is missing
    dirty-half-a-place,2026-03-09T07:03:04-03:00,2026-03-09T07:05:19-03:00,-34.897779,,-34.897806,-62.498761,2,2,371,movil-2
18 bad_coordinates: to/point lat -162.499934, lon -34.898867: latitude and longitude look swapped
    dirty-swapped,2026-03-09T07:03:04-03:00,2026-03-09T07:05:19-03:00,-34.897779,-62.494803,-162.499934,-34.898867,2,2,371,movil-2
19 bad_coordinates: from/point 0, 0 is in the ocean off Africa: the position is probably missing
    dirty-zero,2026-03-09T07:03:04-03:00,2026-03-09T07:05:19-03:00,0,0,-34.897806,-62.498761,2,2,371,movil-2
20 bad_value: pickup 2026-03-09 07:24:00 has no offset and no time zone was declared
    dirty-no-offset,2026-03-09 07:24:00,2026-03-09 07:30:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,371,movil-2
21 wrong_field_count: 6 fields, the header has 11
    dirty-field-count,2026-03-09T07:03:04-03:00,2026-03-09T07:05:19-03:00,-34.897779,-62.494803,-34.897806
22 unreadable_row: a quote is not closed
    dirty-quote,"2026-03-09T07:03:04-03:00,2026-03-09T07:05:19-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,371,movil-2
23 accepted
    {"id":"dirty-nothing-either","pickup_at":"2026-03-09T10:03:04Z","dropoff_at":"2026-03-09T10:05:19Z","from":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"to":{"zone":2,"point":{"lat":-34.897806,"lon":-62.498761}},"distance_m":371,"vehicle_id":"movil-2","batch_id":"batch_1"}

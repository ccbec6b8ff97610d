# The forty trips of the tiny town are clean.
kind: trips
format: csv
schema: rumbo
month: 2026-03
time_zone: America/Argentina/Buenos_Aires
zones: ../../testdata/tinytown/zones.geojson
payload: ../../testdata/tinytown/trips.csv
-- results --
1 accepted
    {"id":"TT-001","pickup_at":"2026-03-09T10:03:04Z","dropoff_at":"2026-03-09T10:05:19Z","from":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"to":{"zone":2,"point":{"lat":-34.897806,"lon":-62.498761}},"distance_m":371,"vehicle_id":"movil-2","batch_id":"batch_1"}
2 accepted
    {"id":"TT-002","pickup_at":"2026-03-09T11:58:32Z","dropoff_at":"2026-03-09T12:02:16Z","from":{"zone":2,"point":{"lat":-34.898867,"lon":-62.499934}},"to":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"distance_m":599,"vehicle_id":"movil-3","batch_id":"batch_1"}
3 accepted
    {"id":"TT-003","pickup_at":"2026-03-09T13:15:05Z","dropoff_at":"2026-03-09T13:16:59Z","from":{"zone":2,"point":{"lat":-34.898867,"lon":-62.499934}},"to":{"zone":2,"point":{"lat":-34.898813,"lon":-62.495921}},"distance_m":366,"vehicle_id":"movil-1","batch_id":"batch_1"}
4 accepted
    {"id":"TT-004","pickup_at":"2026-03-09T15:14:40Z","dropoff_at":"2026-03-09T15:20:46Z","from":{"zone":1,"point":{"lat":-34.901393,"lon":-62.513247}},"to":{"zone":3,"point":{"lat":-34.896699,"lon":-62.492028}},"distance_m":2298,"vehicle_id":"movil-2","batch_id":"batch_1"}
5 accepted
    {"id":"TT-005","pickup_at":"2026-03-09T17:03:14Z","dropoff_at":"2026-03-09T17:09:45Z","from":{"zone":1,"point":{"lat":-34.901393,"lon":-62.513247}},"to":{"zone":3,"point":{"lat":-34.896699,"lon":-62.492028}},"distance_m":2287,"vehicle_id":"movil-3","batch_id":"batch_1"}
6 accepted
    {"id":"TT-006","pickup_at":"2026-03-09T20:34:07Z","dropoff_at":"2026-03-09T20:36:45Z","from":{"zone":2,"point":{"lat":-34.897806,"lon":-62.498761}},"to":{"zone":2,"point":{"lat":-34.900081,"lon":-62.495997}},"distance_m":486,"vehicle_id":"movil-1","batch_id":"batch_1"}
7 accepted
    {"id":"TT-007","pickup_at":"2026-03-09T21:37:36Z","dropoff_at":"2026-03-09T21:41:34Z","from":{"zone":2,"point":{"lat":-34.899928,"lon":-62.49216}},"to":{"zone":3,"point":{"lat":-34.89455,"lon":-62.494836}},"distance_m":848,"vehicle_id":"movil-2","batch_id":"batch_1"}
8 accepted
    {"id":"TT-008","pickup_at":"2026-03-09T23:04:36Z","dropoff_at":"2026-03-09T23:07:22Z","from":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"to":{"zone":2,"point":{"lat":-34.898867,"lon":-62.499934}},"distance_m":596,"vehicle_id":"movil-3","batch_id":"batch_1"}
9 accepted
    {"id":"TT-009","pickup_at":"2026-03-10T10:27:49Z","dropoff_at":"2026-03-10T10:31:40Z","from":{"zone":3,"point":{"lat":-34.896816,"lon":-62.498585}},"to":{"zone":2,"point":{"lat":-34.898966,"lon":-62.493333}},"distance_m":721,"vehicle_id":"movil-1","batch_id":"batch_1"}
10 accepted
    {"id":"TT-010","pickup_at":"2026-03-10T11:15:50Z","dropoff_at":"2026-03-10T11:18:46Z","from":{"zone":3,"point":{"lat":-34.896699,"lon":-62.492028}},"to":{"zone":2,"point":{"lat":-34.898966,"lon":-62.493333}},"distance_m":599,"vehicle_id":"movil-2","batch_id":"batch_1"}
11 accepted
    {"id":"TT-011","pickup_at":"2026-03-10T13:31:56Z","dropoff_at":"2026-03-10T13:35:54Z","from":{"zone":2,"point":{"lat":-34.898867,"lon":-62.499934}},"to":{"zone":3,"point":{"lat":-34.896699,"lon":-62.492028}},"distance_m":962,"vehicle_id":"movil-3","batch_id":"batch_1"}
12 accepted
    {"id":"TT-012","pickup_at":"2026-03-10T15:04:07Z","dropoff_at":"2026-03-10T15:05:54Z","from":{"zone":2,"point":{"lat":-34.898966,"lon":-62.493333}},"to":{"zone":2,"point":{"lat":-34.900081,"lon":-62.495997}},"distance_m":365,"vehicle_id":"movil-1","batch_id":"batch_1"}
13 accepted
    {"id":"TT-013","pickup_at":"2026-03-10T17:31:26Z","dropoff_at":"2026-03-10T17:33:53Z","from":{"zone":2,"point":{"lat":-34.897806,"lon":-62.498761}},"to":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"distance_m":596,"vehicle_id":"movil-2","batch_id":"batch_1"}
14 accepted
    {"id":"TT-014","pickup_at":"2026-03-10T20:36:50Z","dropoff_at":"2026-03-10T20:41:56Z","from":{"zone":3,"point":{"lat":-34.89455,"lon":-62.494836}},"to":{"zone":2,"point":{"lat":-34.898867,"lon":-62.499934}},"distance_m":973,"vehicle_id":"movil-3","batch_id":"batch_1"}
15 accepted
    {"id":"TT-015","pickup_at":"2026-03-10T21:38:31Z","dropoff_at":"2026-03-10T21:42:47Z","from":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"to":{"zone":3,"point":{"lat":-34.895755,"lon":-62.497456}},"distance_m":727,"vehicle_id":"movil-1","batch_id":"batch_1"}
16 accepted
    {"id":"TT-016","pickup_at":"2026-03-10T23:17:30Z","dropoff_at":"2026-03-10T23:21:15Z","from":{"zone":2,"point":{"lat":-34.898966,"lon":-62.493333}},"to":{"zone":2,"point":{"lat":-34.898867,"lon":-62.499934}},"distance_m":849,"vehicle_id":"movil-2","batch_id":"batch_1"}
17 accepted
    {"id":"TT-017","pickup_at":"2026-03-11T10:19:41Z","dropoff_at":"2026-03-11T10:23:09Z","from":{"zone":2,"point":{"lat":-34.898867,"lon":-62.499934}},"to":{"zone":1,"point":{"lat":-34.901393,"lon":-62.513247}},"distance_m":1337,"vehicle_id":"movil-3","batch_id":"batch_1"}
18 accepted
    {"id":"TT-018","pickup_at":"2026-03-11T11:24:56Z","dropoff_at":"2026-03-11T11:27:50Z","from":{"zone":3,"point":{"lat":-34.89455,"lon":-62.494836}},"to":{"zone":2,"point":{"lat":-34.898966,"lon":-62.493333}},"distance_m":608,"vehicle_id":"movil-1","batch_id":"batch_1"}
19 accepted
    {"id":"TT-019","pickup_at":"2026-03-11T13:39:07Z","dropoff_at":"2026-03-11T13:44:17Z","from":{"zone":1,"point":{"lat":-34.901393,"lon":-62.513247}},"to":{"zone":2,"point":{"lat":-34.898966,"lon":-62.493333}},"distance_m":1935,"vehicle_id":"movil-2","batch_id":"batch_1"}
20 accepted
    {"id":"TT-020","pickup_at":"2026-03-11T15:15:25Z","dropoff_at":"2026-03-11T15:17:42Z","from":{"zone":3,"point":{"lat":-34.896816,"lon":-62.498585}},"to":{"zone":2,"point":{"lat":-34.900081,"lon":-62.495997}},"distance_m":603,"vehicle_id":"movil-3","batch_id":"batch_1"}
21 accepted
    {"id":"TT-021","pickup_at":"2026-03-11T17:25:35Z","dropoff_at":"2026-03-11T17:29:00Z","from":{"zone":2,"point":{"lat":-34.898966,"lon":-62.493333}},"to":{"zone":2,"point":{"lat":-34.898867,"lon":-62.499934}},"distance_m":840,"vehicle_id":"movil-1","batch_id":"batch_1"}
22 accepted
    {"id":"TT-022","pickup_at":"2026-03-11T20:17:45Z","dropoff_at":"2026-03-11T20:20:05Z","from":{"zone":2,"point":{"lat":-34.897806,"lon":-62.498761}},"to":{"zone":2,"point":{"lat":-34.898813,"lon":-62.495921}},"distance_m":363,"vehicle_id":"movil-2","batch_id":"batch_1"}
23 accepted
    {"id":"TT-023","pickup_at":"2026-03-11T21:14:09Z","dropoff_at":"2026-03-11T21:18:31Z","from":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"to":{"zone":3,"point":{"lat":-34.89455,"lon":-62.494836}},"distance_m":837,"vehicle_id":"movil-3","batch_id":"batch_1"}
24 accepted
    {"id":"TT-024","pickup_at":"2026-03-11T23:53:37Z","dropoff_at":"2026-03-11T23:56:01Z","from":{"zone":3,"point":{"lat":-34.89455,"lon":-62.494836}},"to":{"zone":3,"point":{"lat":-34.896816,"lon":-62.498585}},"distance_m":599,"vehicle_id":"movil-1","batch_id":"batch_1"}
25 accepted
    {"id":"TT-025","pickup_at":"2026-03-12T10:34:23Z","dropoff_at":"2026-03-12T10:38:58Z","from":{"zone":2,"point":{"lat":-34.900081,"lon":-62.495997}},"to":{"zone":1,"point":{"lat":-34.901393,"lon":-62.513247}},"distance_m":1578,"vehicle_id":"movil-2","batch_id":"batch_1"}
26 accepted
    {"id":"TT-026","pickup_at":"2026-03-12T11:32:39Z","dropoff_at":"2026-03-12T11:35:14Z","from":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"to":{"zone":2,"point":{"lat":-34.897806,"lon":-62.498761}},"distance_m":368,"vehicle_id":"movil-3","batch_id":"batch_1"}
27 accepted
    {"id":"TT-027","pickup_at":"2026-03-12T13:55:49Z","dropoff_at":"2026-03-12T14:01:23Z","from":{"zone":2,"point":{"lat":-34.897769,"lon":-62.493311}},"to":{"zone":1,"point":{"lat":-34.901393,"lon":-62.513247}},"distance_m":2065,"vehicle_id":"movil-1","batch_id":"batch_1"}
28 accepted
    {"id":"TT-028","pickup_at":"2026-03-12T15:25:25Z","dropoff_at":"2026-03-12T15:28:27Z","from":{"zone":3,"point":{"lat":-34.89455,"lon":-62.494836}},"to":{"zone":2,"point":{"lat":-34.899928,"lon":-62.49216}},"distance_m":837,"vehicle_id":"movil-2","batch_id":"batch_1"}
29 accepted
    {"id":"TT-029","pickup_at":"2026-03-12T17:04:13Z","dropoff_at":"2026-03-12T17:07:16Z","from":{"zone":3,"point":{"lat":-34.89455,"lon":-62.494836}},"to":{"zone":2,"point":{"lat":-34.898813,"lon":-62.495921}},"distance_m":844,"vehicle_id":"movil-3","batch_id":"batch_1"}
30 accepted
    {"id":"TT-030","pickup_at":"2026-03-12T20:06:00Z","dropoff_at":"2026-03-12T20:09:37Z","from":{"zone":2,"point":{"lat":-34.898867,"lon":-62.499934}},"to":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"distance_m":606,"vehicle_id":"movil-1","batch_id":"batch_1"}
31 accepted
    {"id":"TT-031","pickup_at":"2026-03-12T21:39:01Z","dropoff_at":"2026-03-12T21:44:25Z","from":{"zone":2,"point":{"lat":-34.899928,"lon":-62.49216}},"to":{"zone":2,"point":{"lat":-34.898867,"lon":-62.499934}},"distance_m":836,"vehicle_id":"movil-2","batch_id":"batch_1"}
32 accepted
    {"id":"TT-032","pickup_at":"2026-03-12T23:40:16Z","dropoff_at":"2026-03-12T23:43:08Z","from":{"zone":3,"point":{"lat":-34.896816,"lon":-62.498585}},"to":{"zone":3,"point":{"lat":-34.896699,"lon":-62.492028}},"distance_m":614,"vehicle_id":"movil-3","batch_id":"batch_1"}
33 accepted
    {"id":"TT-033","pickup_at":"2026-03-13T10:07:54Z","dropoff_at":"2026-03-13T10:10:48Z","from":{"zone":3,"point":{"lat":-34.896699,"lon":-62.492028}},"to":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"distance_m":605,"vehicle_id":"movil-1","batch_id":"batch_1"}
34 accepted
    {"id":"TT-034","pickup_at":"2026-03-13T11:05:09Z","dropoff_at":"2026-03-13T11:09:03Z","from":{"zone":2,"point":{"lat":-34.898966,"lon":-62.493333}},"to":{"zone":3,"point":{"lat":-34.895755,"lon":-62.497456}},"distance_m":717,"vehicle_id":"movil-2","batch_id":"batch_1"}
35 accepted
    {"id":"TT-035","pickup_at":"2026-03-13T13:53:44Z","dropoff_at":"2026-03-13T13:55:16Z","from":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"to":{"zone":2,"point":{"lat":-34.897769,"lon":-62.493311}},"distance_m":358,"vehicle_id":"movil-3","batch_id":"batch_1"}
36 accepted
    {"id":"TT-036","pickup_at":"2026-03-13T15:33:23Z","dropoff_at":"2026-03-13T15:37:34Z","from":{"zone":1,"point":{"lat":-34.901393,"lon":-62.513247}},"to":{"zone":3,"point":{"lat":-34.896816,"lon":-62.498585}},"distance_m":1689,"vehicle_id":"movil-1","batch_id":"batch_1"}
37 accepted
    {"id":"TT-037","pickup_at":"2026-03-13T17:19:41Z","dropoff_at":"2026-03-13T17:25:19Z","from":{"zone":2,"point":{"lat":-34.899928,"lon":-62.49216}},"to":{"zone":1,"point":{"lat":-34.901393,"lon":-62.513247}},"distance_m":1943,"vehicle_id":"movil-2","batch_id":"batch_1"}
38 accepted
    {"id":"TT-038","pickup_at":"2026-03-13T20:58:10Z","dropoff_at":"2026-03-13T21:00:50Z","from":{"zone":2,"point":{"lat":-34.897769,"lon":-62.493311}},"to":{"zone":2,"point":{"lat":-34.900081,"lon":-62.495997}},"distance_m":482,"vehicle_id":"movil-3","batch_id":"batch_1"}
39 accepted
    {"id":"TT-039","pickup_at":"2026-03-13T21:32:21Z","dropoff_at":"2026-03-13T21:37:42Z","from":{"zone":3,"point":{"lat":-34.896816,"lon":-62.498585}},"to":{"zone":2,"point":{"lat":-34.899928,"lon":-62.49216}},"distance_m":968,"vehicle_id":"movil-1","batch_id":"batch_1"}
40 accepted
    {"id":"TT-040","pickup_at":"2026-03-13T23:52:25Z","dropoff_at":"2026-03-13T23:56:09Z","from":{"zone":3,"point":{"lat":-34.896699,"lon":-62.492028}},"to":{"zone":3,"point":{"lat":-34.896816,"lon":-62.498585}},"distance_m":850,"vehicle_id":"movil-2","batch_id":"batch_1"}

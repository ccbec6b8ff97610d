# The vehicles of the tiny town.
kind: vehicles
format: json
schema: rumbo
payload: ../../testdata/tinytown/vehicles.json
-- results --
1 accepted
    {"id":"movil-1","name":"Furgón refrigerado","depot_id":"central","capacity":{"bultos":60,"kg":400},"skills":["frío"],"shift":{"open":"2026-03-16T06:00:00-03:00","close":"2026-03-16T15:00:00-03:00"},"costs":{"fixed_cents":4000,"per_km_cents":60,"per_hour_cents":1800},"batch_id":"batch_1"}
2 accepted
    {"id":"movil-2","name":"Camioneta","depot_id":"central","capacity":{"bultos":50,"kg":350},"shift":{"open":"2026-03-16T06:00:00-03:00","close":"2026-03-16T18:00:00-03:00"},"costs":{"fixed_cents":3000,"per_km_cents":45,"per_hour_cents":1600},"batch_id":"batch_1"}
3 accepted
    {"id":"movil-3","name":"Moto","depot_id":"central","open_end":true,"capacity":{"bultos":3,"kg":20},"shift":{"open":"2026-03-16T08:00:00-03:00","close":"2026-03-16T20:00:00-03:00"},"costs":{"fixed_cents":800,"per_km_cents":15,"per_hour_cents":1400},"max_stops":6,"batch_id":"batch_1"}

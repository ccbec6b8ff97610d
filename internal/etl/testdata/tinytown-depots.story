# The depots of the tiny town.
kind: depots
format: json
schema: rumbo
payload: ../../testdata/tinytown/depots.json
-- results --
1 accepted
    {"id":"central","name":"Depósito Central","location":{"lat":-34.901393,"lon":-62.513247},"time_zone":"America/Argentina/Buenos_Aires","open":{"open":"2026-03-16T05:00:00-03:00","close":"2026-03-16T22:00:00-03:00"},"batch_id":"batch_1"}

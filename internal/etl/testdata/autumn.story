# The hour that comes twice: 01:00 to 02:00 on 2022-11-06 in New York. A pickup is
# read as the first, a drop-off as the first that is not before its pickup.
kind: trips
format: csv
schema: tlc_green
zones: New York
-- payload --
VendorID,lpep_pickup_datetime,lpep_dropoff_datetime,store_and_fwd_flag,RatecodeID,PULocationID,DOLocationID,passenger_count,trip_distance,fare_amount,extra,mta_tax,tip_amount,tolls_amount,ehail_fee,improvement_surcharge,total_amount,payment_type,trip_type,congestion_surcharge
2,2022-11-06 00:50:00,2022-11-06 01:10:00,N,1,74,75,1,2.5,10,0,0.5,0,0,,0.3,10.8,1,1,0
2,2022-11-06 01:20:00,2022-11-06 01:40:00,N,1,74,75,1,2.5,10,0,0.5,0,0,,0.3,10.8,1,1,0
2,2022-11-06 01:50:00,2022-11-06 01:10:00,N,1,74,75,1,2.5,10,0,0.5,0,0,,0.3,10.8,1,1,0
2,2022-11-06 01:50:00,2022-11-06 02:10:00,N,1,74,75,1,2.5,10,0,0.5,0,0,,0.3,10.8,1,1,0
-- results --
1 accepted
    {"id":"green-1vedq05re4jpppq8njm9y245mg","pickup_at":"2022-11-06T04:50:00Z","dropoff_at":"2022-11-06T05:10:00Z","from":{"zone":74},"to":{"zone":75},"distance_m":4023.36,"batch_id":"batch_1"}
    note: drop-off in the hour that comes twice: read as the first after the pickup
2 accepted
    {"id":"green-1vedq1y0ek514bw314bhy8aqz4","pickup_at":"2022-11-06T05:20:00Z","dropoff_at":"2022-11-06T05:40:00Z","from":{"zone":74},"to":{"zone":75},"distance_m":4023.36,"batch_id":"batch_1"}
    note: drop-off in the hour that comes twice: read as the first after the pickup
3 accepted
    {"id":"green-1vedq3p8110ty3h764xw3efbx8","pickup_at":"2022-11-06T05:50:00Z","dropoff_at":"2022-11-06T06:10:00Z","from":{"zone":74},"to":{"zone":75},"distance_m":4023.36,"batch_id":"batch_1"}
    note: drop-off in the hour that comes twice: read as the first after the pickup
4 accepted
    {"id":"green-1vedq3p8eehekr543nascypmz0","pickup_at":"2022-11-06T05:50:00Z","dropoff_at":"2022-11-06T07:10:00Z","from":{"zone":74},"to":{"zone":75},"distance_m":4023.36,"batch_id":"batch_1"}
    note: pickup in the hour that comes twice: read as the first

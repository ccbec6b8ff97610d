"""The green trips by pandas: read, the same rules, drop duplicates, COPY into staging, upsert.

    pandas_copy.py postgres://…/empty_database FOLDER copy|to_sql

Debian packages: python3-pandas, python3-psycopg2, python3-sqlalchemy. Debian has no Parquet
reader for pandas, so it reads the CSV payloads.
"""
import glob, io, resource, sys, time
import pandas, psycopg2

address, folder, way = sys.argv[1:4]
COLUMNS = ["id", "pickup", "dropoff", "from_zone", "to_zone", "distance_m"]
DDL = "(id text {key}, pickup timestamptz, dropoff timestamptz, from_zone int, to_zone int, distance_m float8)"


def clean(path):
    d = pandas.read_csv(path, low_memory=False)
    for c in ("lpep_pickup_datetime", "lpep_dropoff_datetime"):
        d[c] = pandas.to_datetime(d[c])
    s = (d.lpep_dropoff_datetime - d.lpep_pickup_datetime).dt.total_seconds()
    mph = d.trip_distance / (s / 3600)
    zones = d.PULocationID.between(1, 263) & d.DOLocationID.between(1, 263)
    d = d[(s >= 60) & (s <= 10800) & zones & (d.trip_distance > 0) & (d.trip_distance <= 100) & (mph >= 0.5) & (mph <= 80) & (d.fare_amount >= 0)]
    local = lambda c: d[c].dt.tz_localize("America/New_York", ambiguous=True, nonexistent="shift_forward")
    key = d.VendorID.astype(str) + "|" + d.lpep_pickup_datetime.astype(str) + "|" + d.lpep_dropoff_datetime.astype(str) + "|" + \
        d.PULocationID.astype(str) + "|" + d.DOLocationID.astype(str) + "|" + d.trip_distance.astype(str)
    out = pandas.DataFrame({"id": key, "pickup": local("lpep_pickup_datetime"), "dropoff": local("lpep_dropoff_datetime"),
                            "from_zone": d.PULocationID, "to_zone": d.DOLocationID, "distance_m": d.trip_distance * 1609.344})
    return out.drop_duplicates("id")


def load(connection, cursor, d):
    cursor.execute("CREATE TEMP TABLE staging " + DDL.format(key="") + " ON COMMIT DROP")
    if way == "copy":
        text = io.StringIO()
        d.to_csv(text, header=False, index=False)
        text.seek(0)
        cursor.copy_expert("COPY staging FROM STDIN WITH (FORMAT csv)", text)
    else:
        from psycopg2.extras import execute_values  # what to_sql(method="multi") sends
        execute_values(cursor, "INSERT INTO staging VALUES %s", list(d.itertuples(index=False, name=None)), page_size=1000)
    cursor.execute("INSERT INTO trip SELECT * FROM staging ON CONFLICT (id) DO UPDATE SET distance_m = excluded.distance_m")
    connection.commit()


connection = psycopg2.connect(address)
cursor = connection.cursor()
cursor.execute("CREATE TABLE trip " + DDL.format(key="PRIMARY KEY"))
connection.commit()
began = time.time()
for path in sorted(glob.glob(folder + "/*.csv")):
    load(connection, cursor, clean(path))
took = time.time() - began
cursor.execute("SELECT count(*) FROM trip")
rows = cursor.fetchone()[0]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"pandas={way} rows={rows} total_s={took:.2f} rows_per_s={rows / took:.0f} peak_mib={peak}")

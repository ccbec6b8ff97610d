#!/usr/bin/env python3
"""Kills Rumbo's processes with kill -9 at random moments and counts what is left.

    python3 scripts/kill_drill.py --binary ./rumbo --problem DIR [--store sqlite|postgres]
        [--blobs dir|s3] [--kills 10] [--seed 7] [--rescue 2s] [--resume FILE]

DIR is the --out folder of a demo run: its problem.json gives the orders, the vehicles and
the depot. The drill is a client of its own (Python standard library, none of Rumbo's
code): it sends the bundled trips, orders and fleet, trains, predicts (also a file of
queries) and plans, repeats every request that got no answer under the same Idempotency-Key,
and receives the signed plans on a port of its own, while a second thread kills and restarts.
Until the kills are done it goes on sending small batches of orders and of vehicles' events, each of which tells of
one drive, and asking for plans, in every other circuit by regions.

On SQLite there is one process to kill. On PostgreSQL there are an API and two workers, of
which one is killed at a time, and sometimes PostgreSQL itself is (kill -9 of its first
process); the drill starts its own server on loopback. With --blobs s3 payloads and models
are in a bucket of an S3 server (versitygw), which is killed as PostgreSQL is.

At the end nothing may be lost and nothing may be there twice: the trips and orders stored
are those accepted, each batch of events has become one trip, there is one batch a payload,
one train run with one model version, every plan asked for has ended and covers every order
once, every line of the file is answered once, and each has one event, delivered at least
once. Exits 0 or 1. With --resume every finished circuit is kept in
FILE, and a drill that was stopped goes on after the last.
"""
import argparse
import datetime
import glob
import gzip
import http.client
import http.server
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
QUERIES = 300_000
ASSETS = os.path.join(HERE, "..", "internal", "demo", "assets")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """One process that is started again after it was killed."""

    def __init__(self, name, command, log, **options):
        self.name, self.command, self.log, self.options = name, command, log, options
        self.process, self.lives, self.excused = None, 0, False

    def start(self):
        self.process, self.excused = subprocess.Popen(self.command, stdout=self.log, stderr=self.log, **self.options), False
        self.lives += 1

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=60)


class Postgres(Process):
    """A server of our own on loopback; it refuses to run as root, so root runs it as another."""

    def __init__(self, log):
        self.dir, self.port = tempfile.mkdtemp(prefix="rumbo-drill-pg-"), free_port()
        options = {"cwd": self.dir}
        if os.getuid() == 0:
            options |= {"user": "postgres", "group": "postgres"}
            shutil.chown(self.dir, "postgres", "postgres")
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[-2])) or [os.path.dirname(shutil.which("initdb"))]
        data = os.path.join(self.dir, "data")
        subprocess.run([found[-1] + "/initdb", "-D", data, "-U", "rumbo", "-A", "trust", "-E", "UTF8", "--locale=C"],
                       check=True, stdout=log, stderr=log, **options)
        super().__init__("postgres", [found[-1] + "/postgres", "-D", data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
                                      "-c", "unix_socket_directories="], log, **options)
        self.address = f"postgres://rumbo@127.0.0.1:{self.port}/postgres?sslmode=disable"

    def wait_ready(self):
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("PostgreSQL does not come back")

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=60)
        shutil.rmtree(self.dir, ignore_errors=True)


class Bucket(Process):
    """An S3 server of our own on loopback."""

    def __init__(self, log):
        self.dir, self.port = tempfile.mkdtemp(prefix="rumbo-drill-s3-"), free_port()
        for name in ("data/drill", "notes"):
            os.makedirs(os.path.join(self.dir, name))
        program = shutil.which("versitygw") or os.path.join(HERE, "..", "bin", "versitygw")
        super().__init__("s3", [program, "--port", f"127.0.0.1:{self.port}", "--access", "drill", "--secret", "drill-secret", "--region", "us-east-1",
                                "--quiet", "posix", "--sidecar", os.path.join(self.dir, "notes"), os.path.join(self.dir, "data")], log)
        self.address = f"s3://drill/acme?region=us-east-1&endpoint=http://127.0.0.1:{self.port}&silence_timeout=5s"
        os.environ.update(AWS_ACCESS_KEY_ID="drill", AWS_SECRET_ACCESS_KEY="drill-secret", AWS_EC2_METADATA_DISABLED="true",
                          RUMBO_WEBHOOK_SECRET="whsec_" + "c2Vj" * 8)

    def wait_ready(self):
        Postgres.wait_ready(self)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)
        shutil.rmtree(self.dir, ignore_errors=True)


class Server:
    """The installation under test: one process, or several on PostgreSQL."""

    def __init__(self, args, data):
        self.port, self.log = free_port(), open(os.path.join(data, "server.log"), "ab")
        binary, place, self.postgres = os.path.abspath(args.binary), ["--data", data], None
        self.away, self.s3 = False, None
        if args.store == "postgres":
            self.postgres = Postgres(self.log)
            self.postgres.start()
            self.postgres.wait_ready()
            place += ["--database", self.postgres.address]
        for _ in range(50):  # a new PostgreSQL accepts before it answers
            created = subprocess.run([binary, "keys", "create", "--name", "drill"] + place, stdout=subprocess.PIPE, stderr=self.log, text=True)
            if created.returncode == 0:
                break
            time.sleep(0.1)
        self.key = created.stdout.strip().splitlines()[-1]
        place += ["--map", os.path.join(ASSETS, "ny.map.gz"), "--zones", os.path.join(ASSETS, "zones.geojson.gz"),
                  "--time-zone", "America/New_York", "--allow-private-callbacks", "--rescue", args.rescue]
        if getattr(args, "blobs", "dir") == "s3":
            self.s3 = Bucket(self.log)
            self.s3.start()
            self.s3.wait_ready()
            place += ["--blobs", self.s3.address]
        place += getattr(args, "more", [])
        serve = [binary, "serve", "--listen", f"127.0.0.1:{self.port}"] + place
        if self.postgres:
            self.processes = [Process("api", serve + ["--roles", "api"], self.log)]
            self.processes += [Process(f"worker {n}", [binary, "worker"] + place, self.log) for n in (1, 2)]
        else:
            self.processes = [Process("server", serve, self.log)]

    def start(self):
        for p in self.processes:
            p.start()
        self.wait_ready()

    def kill(self, rng):
        """Kills one process and starts it again; every tenth time it is PostgreSQL, every tenth S3."""
        victim, luck = rng.choice(self.processes), rng.random()
        if self.s3 and luck > 0.9:
            victim = self.s3
        if self.postgres and luck < 0.1:
            victim = self.postgres
        if victim in (self.postgres, self.s3):
            self.away = True  # a process that is just starting gives up without a database
            for p in self.processes:
                p.excused = True
        victim.kill()
        victim.start()
        if victim in (self.postgres, self.s3):
            victim.wait_ready()
        self.wait_ready()
        self.away = False
        return victim.name

    def revive(self):
        """Starts again what ended for want of a database, as a supervisor would."""
        for p in self.processes:
            if p.process.poll() is not None:
                if not p.excused:
                    raise SystemExit(f"{p.name} ended by itself with {p.process.returncode}; see server.log")
                p.start()
                p.excused = self.away

    def stop(self):
        codes = [p.stop() for p in self.processes]
        for p in (self.postgres, self.s3):
            if p:
                p.stop()
        return max(codes, key=abs)

    def kill_all(self):
        for p in self.processes:
            p.kill()
        for p in (self.postgres, self.s3):
            if p:
                p.stop()

    def wait_ready(self, seconds=60):
        end = time.time() + seconds
        while time.time() < end:
            self.revive()
            try:
                c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                c.request("GET", "/readyz")
                if c.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.03)
        raise SystemExit("the server does not become ready")


class Client:
    """Sends until an answer comes; a POST keeps its Idempotency-Key over all tries."""

    def __init__(self, server, patience):
        self.server, self.deadline, self.retries = server, time.time() + patience, 0

    def call(self, method, path, body=None, content_type="application/json", read=json.loads):
        headers = {"Authorization": "Bearer " + self.server.key, "Content-Type": content_type}
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        while time.time() < self.deadline:
            try:
                c = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
                c.request(method, path, body=body, headers=headers)
                r = c.getresponse()
                data = r.read()
                if r.status not in (409, 429, 500, 502, 503):
                    if r.status >= 400:
                        raise SystemExit(f"{method} {path}: {r.status} {data[:2000].decode()}")
                    return read(data)
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                pass
            self.retries += 1
            time.sleep(0.1)
        raise SystemExit(f"{method} {path}: no answer in time")

    def wait(self, path, states):
        while True:
            thing = self.call("GET", path)
            if thing["state"] in states:
                return thing
            if thing["state"] == "failed":
                raise SystemExit(f"{path} failed: {thing.get('error')}")
            time.sleep(0.1)

    def everything(self, path):
        out, after = [], ""
        while True:
            page = self.call("GET", path + ("&" if "?" in path else "?") + "limit=500" + (f"&after={after}" if after else ""))
            out += page["items"]
            after = page.get("next") or ""
            if not after:
                return out


class Receiver(http.server.BaseHTTPRequestHandler):
    received = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.received.append((self.headers["webhook-id"], json.loads(body)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass


def circuit(client, problem, callback):
    """One walk through the product, as a client would make it."""
    with gzip.open(os.path.join(ASSETS, "trips.csv.gz")) as f:
        trips = f.read()
    say = lambda text: print(f"  {text}", flush=True)
    batch = client.call("POST", "/v1/ingestions?kind=trips&format=csv&month=2022-01", trips, "text/csv")
    batch = client.wait("/v1/ingestions/" + batch["id"], ("loaded",))
    say(f'trips: {batch["counts"]["accepted"]} accepted, {batch["counts"]["quarantined"]} quarantined')
    for kind in ("depots", "vehicles", "orders"):
        b = client.call("POST", f"/v1/ingestions?kind={kind}&format=json", json.dumps(problem[kind]).encode())
        client.wait("/v1/ingestions/" + b["id"], ("loaded",))
    run = client.call("POST", "/v1/runs", json.dumps({"flow": "train", "parameters": {"features": "R"}}).encode())
    run = client.wait("/v1/runs/" + run["id"], ("done",))
    say("trained")
    a, b = problem["orders"][0], problem["orders"][1]
    query = {"from": {"point": a["location"]}, "to": {"point": b["location"]}, "depart_at": problem["vehicles"][0]["shift"]["open"]}
    prediction = client.call("POST", "/v1/predictions", json.dumps({"queries": [query]}).encode())
    # A file of queries takes seconds to answer: some of the kills fall into it.
    job = client.call("POST", "/v1/predictions?callback_url=" + callback, (json.dumps(query) + "\n").encode() * QUERIES, "application/x-ndjson")
    plan = client.call("POST", "/v1/plans", json.dumps({"day": a["day"], "time_limit_s": 3, "callback_url": callback}).encode())
    plan = client.wait("/v1/plans/" + plan["id"], ("done",))
    say(f'planned: {plan["summary"]["served"]} of {plan["summary"]["orders"]} orders')
    job = client.wait("/v1/predictions/" + job["id"], ("done",))
    say(f'answered: {job["counts"]["answered"]} queries')
    for subject in (plan["id"], job["id"]):
        while not any(d["state"] == "delivered" for d in client.everything("/v1/deliveries?subject=" + subject)):
            time.sleep(0.2)
    return batch, run, prediction, plan, job


def drive(problem, n):
    """What a vehicle tells while it stands, drives to another place, and stands there."""
    places = [o["location"] for o in problem["orders"]]
    a = places[n % len(places)]
    b = max(places, key=lambda p: abs(p["lat"] - a["lat"]) + abs(p["lon"] - a["lon"]))
    began, out = datetime.datetime(2022, 3, 1, 8, tzinfo=datetime.timezone.utc) + datetime.timedelta(hours=n), []
    for minute in range(60):
        share = min(1, max(0, (minute - 6) / 45))
        out.append({"vehicle_id": f"drill-{n}", "at": (began + datetime.timedelta(minutes=minute)).isoformat(), "kind": "position",
                    "location": {k: round(a[k] + share * (b[k] - a[k]), 6) for k in ("lat", "lon")}})
    return out


class Load:
    """What is asked for beside the circuit until the kills are done."""

    def __init__(self, client, problem, callback, large):
        self.client, self.problem, self.callback, self.large = client, problem, callback, large
        self.batches, self.plans, self.orders, self.events = [], [], [], []

    def step(self, n):
        """A batch of new orders of a day of their own, one drive of a vehicle, and every third time a plan."""
        self.events.append(self.client.call("POST", "/v1/events", json.dumps(drive(self.problem, n)).encode())["id"])
        some = [dict(o, id=f"extra-{n}-{o['id']}", day="2031-01-01", windows=[]) for o in self.problem["orders"][:20]]
        self.batches.append(self.client.call("POST", "/v1/ingestions?kind=orders&format=json", json.dumps(some).encode())["id"])
        self.orders += [o["id"] for o in some]
        if n % 3 == 0:
            body = {"day": self.problem["orders"][0]["day"], "time_limit_s": 1, "seed": n, "callback_url": self.callback}
            self.plans.append(self.client.call("POST", "/v1/plans", json.dumps(body).encode())["id"])

    def finish(self):
        """Waits for all of it and says what must hold."""
        lines = []
        loaded = [self.client.wait("/v1/ingestions/" + b, ("loaded",)) for b in self.batches]
        lines.append(("orders added by further batches", sum(b["counts"]["added"] for b in loaded), len(self.orders)))
        told = [self.client.wait("/v1/ingestions/" + b, ("loaded",)) for b in self.events]
        lines.append(("events loaded", sum(b["counts"]["added"] for b in told), sum(len(drive(self.problem, n)) for n in range(len(told)))))
        stored = [o["id"] for o in self.client.everything("/v1/orders?day=2031-01-01")]
        lines.append(("further orders stored", sorted(stored), sorted(self.orders)))
        for p in self.plans:
            plan = self.client.wait("/v1/plans/" + p, ("done",))
            planned = [s["order_id"] for r in plan["routes"] for s in r["stops"]] + [u["order_id"] for u in plan.get("unassigned") or []]
            lines.append((f"orders in {p}", sorted(planned), sorted(o["id"] for o in self.problem["orders"])))
            while not all(d["state"] == "delivered" for d in self.client.everything("/v1/deliveries?subject=" + p)):
                time.sleep(0.2)
            lines.append((f"deliveries of {p}", len(self.client.everything("/v1/deliveries?subject=" + p)), 1))
            lines.append((f"webhook ids of {p}", len({i for i, e in Receiver.received if e["data"]["id"] == p}), 1))
        return lines


def count(client, problem, batch, run, plan, job, load):
    """What must hold at the end, each line (what, found, wanted)."""
    counts = batch["counts"]
    ids = [t["id"] for t in client.everything("/v1/trips")]
    quarantined = client.everything(f'/v1/ingestions/{batch["id"]}/quarantine')
    deliveries = client.everything("/v1/deliveries?subject=" + plan["id"])
    planned = [s["order_id"] for r in plan["routes"] for s in r["stops"]] + [u["order_id"] for u in plan.get("unassigned") or []]
    runs = ended_runs(client)
    tracks = [r["id"] for r in runs if r["flow"] == "track"]
    derived = sum(bool(client.call("GET", "/v1/runs/" + r)["result"].get("batch_id")) for r in tracks)
    regions = [r["subject"] for r in runs if r["flow"] == "region"]
    steps = {"ingest": 2, "train": 2, "deliver": 1, "track": 1, "predict": 3, "region": 3}
    answers = [json.loads(line) for line in client.call("GET", job["results"], read=bytes.splitlines)]
    hooks = [(i, e) for i, e in Receiver.received if e["type"] == "plan.finished" and e["data"]["id"] == plan["id"]]
    return [
        ("rows = accepted + quarantined", counts["accepted"] + counts["quarantined"], counts["rows"]),
        ("rows of the payload", counts["rows"], 10000),
        ("trips stored", len(ids), counts["accepted"] + len(load.events)),
        ("distinct trips stored", len(set(ids)), counts["accepted"] + len(load.events)),
        ("quarantined rows listed", len(quarantined), counts["quarantined"]),
        ("distinct quarantined rows", len({q["row"] for q in quarantined}), counts["quarantined"]),
        ("batches", len(client.everything("/v1/ingestions")), 4 + len(load.batches) + len(load.events) + derived),
        ("orders stored", len(client.everything(f'/v1/orders?day={problem["orders"][0]["day"]}')), len(problem["orders"])),
        ("vehicles stored", len(client.everything("/v1/vehicles")), len(problem["vehicles"])),
        ("runs by flow", tally(r["flow"] for r in runs),
         {k: v for k, v in {"ingest": 4 + len(load.batches) + len(load.events) + derived, "train": 1, "plan": 1 + len(load.plans),
                            "predict": 1, "deliver": 2 + len(load.plans), "track": len(tracks), "region": len(regions)}.items() if v}),
        ("plans by regions", len(set(regions)), 1 + len(load.plans) if load.large else 0),
        ("runs by state", tally(r["state"] for r in runs), {"done": len(runs)}),
        ("steps by state", tally(s["state"] for r in runs for s in client.call("GET", "/v1/runs/" + r["id"])["steps"]),
         {"done": sum((10 if load.large else 3) if r["flow"] == "plan" else steps[r["flow"]] for r in runs)}),
        ("queries answered, in order", [a["line"] for a in answers], list(range(1, QUERIES + 1))),
        ("different answers to the same query", len({json.dumps(a["prediction"]) for a in answers}), 1),
        ("webhook ids of the answers", len({i for i, e in Receiver.received if e["data"]["id"] == job["id"]}), 1),
        ("model versions", len(client.call("GET", "/v1/models/travel-time")["items"]), 1),
        ("plans", len(client.everything("/v1/plans")), 1 + len(load.plans)),
        ("orders in the plan", sorted(planned), sorted(o["id"] for o in problem["orders"])),
        ("the referee's word", plan["summary"]["feasible"], True),
        ("deliveries", len(deliveries), 1),
        ("delivery state", deliveries[0]["state"], "delivered"),
        ("webhook ids received", len({i for i, _ in hooks}), 1),
        ("webhook body is the plan", all(e["data"]["id"] == plan["id"] and e["data"]["routes"] == plan["routes"] for _, e in hooks), True),
    ]


def tally(words):
    out = {}
    for word in words:
        out[word] = out.get(word, 0) + 1
    return out


def ended_runs(client):
    """All runs, once each of them has ended: a delivery ends a moment after its POST."""
    while True:
        runs = client.everything("/v1/runs")
        if all(r["state"] not in ("queued", "running") for r in runs):
            return runs
        time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--problem", required=True)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--blobs", choices=("dir", "s3"), default="dir")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rescue", default="2s", help="how long a process may be silent before others take its work")
    parser.add_argument("--longest", type=float, default=6.0, help="longest time between two kills, seconds")
    parser.add_argument("--resume", help="file that keeps the finished circuits")
    args = parser.parse_args()
    problem = json.load(open(os.path.join(args.problem, "problem.json"), encoding="utf-8"))
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    done = []
    if args.resume and os.path.exists(args.resume):
        done = [r for r in map(json.loads, open(args.resume, encoding="utf-8")) if (r["store"], r["seed"]) == (args.store, args.seed)]
    while sum(r["kills"] for r in done) < args.kills:  # a few kills a circuit
        kills = min(10, args.kills - sum(r["kills"] for r in done))
        killed, bad = one_round(args, problem, random.Random(f"{args.seed}/{len(done)}"), kills, f"http://127.0.0.1:{hook.server_port}/hook")
        done.append({"store": args.store, "seed": args.seed, "round": len(done), "kills": killed, "faults": bad, "rescue": args.rescue})
        if args.resume:
            with open(args.resume, "a", encoding="utf-8") as f:
                f.write(json.dumps(done[-1]) + "\n")
    hook.shutdown()
    faults = sum(r["faults"] for r in done)
    print(f'{args.store}, {args.blobs}: {sum(r["kills"] for r in done)} kills in {len(done)} circuits, {faults} faults, seed {args.seed}, rescue {args.rescue}')
    return 1 if faults else 0


def one_round(args, problem, rng, kills, callback):
    """One circuit in a fresh installation with so many kills under it."""
    Receiver.received.clear()
    data = tempfile.mkdtemp(prefix="rumbo-drill-")
    args.more = rng.choice([[], ["--regions-above", str(len(problem["orders"]) - 1)]])
    server = Server(args, data)
    server.start()
    lives, killed, finished, done = [rng.uniform(0.05, args.longest) for _ in range(kills)], [], threading.Event(), threading.Event()

    def killer():
        try:
            for life in lives:
                if finished.wait(life):
                    return
                killed.append((server.kill(rng), round(life, 2)))
        finally:
            done.set()

    thread = threading.Thread(target=killer)
    thread.start()
    client = Client(server, patience=900)
    load = Load(client, problem, callback, bool(args.more))
    try:
        batch, run, prediction, plan, job = circuit(client, problem, callback)
        n = 0
        while not done.wait(0.5) or n < 4:
            load.step(n)
            n += 1
        further = load.finish()
    except BaseException:
        finished.set()
        thread.join()
        server.kill_all()
        raise
    thread.join()
    server.wait_ready()
    lines = count(client, problem, batch, run, plan, job, load) + further
    code = server.stop()
    lines.append(("exit status after SIGTERM", code, 0))
    bad = [f"FAULT {what}: {found!r}, wanted {wanted!r}" for what, found, wanted in lines if found != wanted]
    for line in bad:
        print(line[:400])
    print(f"{len(killed)} kills: {', '.join(f'{name} after {life} s' for name, life in killed)}")
    print(f"{len(load.batches)} further batches, {len(load.plans)} further plans, {client.retries} requests repeated, {len(lines)} checks, {len(bad)} faults", flush=True)
    if bad:
        print("kept for a look:", data)
    else:
        shutil.rmtree(data)
    return len(killed), len(bad)


if __name__ == "__main__":
    sys.exit(main())

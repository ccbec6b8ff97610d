#!/usr/bin/env python3
"""Kills the server with kill -9 at random moments of the circuit and counts what is left.

    python3 scripts/kill_drill.py --binary ./rumbo --problem DIR [--kills 10] [--seed 7]

DIR is the --out folder of a demo run: its problem.json gives the orders, the vehicles and
the depot. The drill is a client of its own (Python standard library, none of Rumbo's
code): it sends the bundled trips, orders and fleet, trains, predicts and plans, repeats
every request that got no answer under the same Idempotency-Key, and receives the signed
plan on a port of its own, while a second thread kills and restarts the server.

At the end nothing may be lost and nothing may be there twice: the trips stored are those
accepted, there is one batch a payload, one train run with one model version, one finished
plan that covers every order once, and one event, delivered at least once. Exits 0 or 1.
"""
import argparse
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
ASSETS = os.path.join(HERE, "..", "internal", "demo", "assets")


class Server:
    """The server under test; start, kill and the address survive restarts."""

    def __init__(self, binary, data):
        self.binary, self.data = binary, data
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        created = subprocess.run([binary, "keys", "create", "--data", data, "--name", "drill"], check=True, capture_output=True, text=True)
        self.key = created.stdout.strip().splitlines()[-1]
        self.log = open(os.path.join(data, "server.log"), "ab")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.binary, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}",
             "--map", os.path.join(ASSETS, "ny.map.gz"), "--zones", os.path.join(ASSETS, "zones.geojson.gz"),
             "--time-zone", "America/New_York", "--allow-private-callbacks"],
            stdout=self.log, stderr=self.log)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=60)

    def wait_ready(self, seconds=60):
        end = time.time() + seconds
        while time.time() < end:
            try:
                c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                c.request("GET", "/readyz")
                if c.getresponse().status == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended by itself with {self.process.returncode}; see server.log")
            time.sleep(0.03)
        raise SystemExit("the server does not become ready")


class Client:
    """Sends until an answer comes; a POST keeps its Idempotency-Key over all tries."""

    def __init__(self, server, patience):
        self.server, self.deadline, self.retries = server, time.time() + patience, 0

    def call(self, method, path, body=None, content_type="application/json"):
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
                    return json.loads(data)
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
    plan = client.call("POST", "/v1/plans", json.dumps({"day": a["day"], "time_limit_s": 3, "callback_url": callback}).encode())
    plan = client.wait("/v1/plans/" + plan["id"], ("done",))
    say(f'planned: {plan["summary"]["served"]} of {plan["summary"]["orders"]} orders')
    while not any(d["state"] == "delivered" for d in client.everything("/v1/deliveries?subject=" + plan["id"])):
        time.sleep(0.2)
    return batch, run, prediction, plan


def count(client, problem, batch, run, plan):
    """What must hold at the end, each line (what, found, wanted)."""
    counts = batch["counts"]
    ids = [t["id"] for t in client.everything("/v1/trips")]
    quarantined = client.everything(f'/v1/ingestions/{batch["id"]}/quarantine')
    deliveries = client.everything("/v1/deliveries?subject=" + plan["id"])
    planned = [s["order_id"] for r in plan["routes"] for s in r["stops"]] + [u["order_id"] for u in plan.get("unassigned") or []]
    hooks = [(i, e) for i, e in Receiver.received if e["type"] == "plan.finished"]
    return [
        ("rows = accepted + quarantined", counts["accepted"] + counts["quarantined"], counts["rows"]),
        ("rows of the payload", counts["rows"], 10000),
        ("trips stored", len(ids), counts["accepted"]),
        ("distinct trips stored", len(set(ids)), counts["accepted"]),
        ("quarantined rows listed", len(quarantined), counts["quarantined"]),
        ("distinct quarantined rows", len({q["row"] for q in quarantined}), counts["quarantined"]),
        ("batches", len(client.everything("/v1/ingestions")), 4),
        ("orders stored", len(client.everything(f'/v1/orders?day={problem["orders"][0]["day"]}')), len(problem["orders"])),
        ("vehicles stored", len(client.everything("/v1/vehicles")), len(problem["vehicles"])),
        ("runs", len(client.everything("/v1/runs")), 1),
        ("model versions", len(client.call("GET", "/v1/models/travel-time")["items"]), 1),
        ("plans", len(client.everything("/v1/plans")), 1),
        ("orders in the plan", sorted(planned), sorted(o["id"] for o in problem["orders"])),
        ("the referee's word", plan["summary"]["feasible"], True),
        ("deliveries", len(deliveries), 1),
        ("delivery state", deliveries[0]["state"], "delivered"),
        ("webhook ids received", len({i for i, _ in hooks}), 1),
        ("webhook body is the plan", all(e["data"]["id"] == plan["id"] and e["data"]["routes"] == plan["routes"] for _, e in hooks), True),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--problem", required=True)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--longest", type=float, default=6.0, help="longest life of the server between two kills, seconds")
    args = parser.parse_args()
    problem = json.load(open(os.path.join(args.problem, "problem.json"), encoding="utf-8"))
    rng = random.Random(args.seed)
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    kills, faults, rounds = 0, 0, 0
    while kills < args.kills:  # a circuit may end before its kills do: then another one
        killed, bad = one_round(args, problem, rng, args.kills - kills, f"http://127.0.0.1:{hook.server_port}/hook")
        kills, faults, rounds = kills + killed, faults + bad, rounds + 1
    hook.shutdown()
    print(f"{kills} kills in {rounds} circuits, {faults} faults, seed {args.seed}")
    return 1 if faults else 0


def one_round(args, problem, rng, kills, callback):
    """One circuit in a fresh installation, the server killed up to so many times under it."""
    Receiver.received.clear()
    data = tempfile.mkdtemp(prefix="rumbo-drill-")
    server = Server(os.path.abspath(args.binary), data)
    server.start()
    server.wait_ready()
    lives, killed, finished = [rng.uniform(0.05, args.longest) for _ in range(kills)], [], threading.Event()

    def killer():
        for life in lives:
            if finished.wait(life):
                return
            server.kill()
            killed.append(round(life, 2))
            server.start()
            server.wait_ready()

    thread = threading.Thread(target=killer)
    thread.start()
    client = Client(server, patience=900)
    try:
        batch, run, prediction, plan = circuit(client, problem, callback)
    except BaseException:
        finished.set()
        thread.join()
        server.kill()
        raise
    finished.set()
    thread.join()
    lines = count(client, problem, batch, run, plan)
    code = server.stop()
    lines.append(("exit status after SIGTERM", code, 0))
    bad = [f"FAULT {what}: {found!r}, wanted {wanted!r}" for what, found, wanted in lines if found != wanted]
    for line in bad:
        print(line[:400])
    print(f"{len(killed)} kills after lives of {killed} s, {client.retries} requests repeated, {len(lines)} checks, {len(bad)} faults")
    if bad:
        print("kept for a look:", data)
    else:
        shutil.rmtree(data)
    return len(killed), len(bad)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""A day of very many orders, planned by regions; see PROTOCOL.md.

    rumbo demo --once --data DATA --out OUT
    python3 bench/platform/largeday/run.py --binary ./rumbo --demo DATA --problem OUT [--orders 25000] [--above 5000]

DATA and OUT are what a demo run left: the roads of New York, a model in use, and a day whose
orders' places the places here lie around (at most some 300 m from one). Counts that every
order is in the plan once and every vehicle at most once. Prints one line of CSV. Python
standard library.
"""
import argparse
import atexit
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "scripts"))
sys.dont_write_bytecode = True
import kill_drill as drill  # noqa: E402


def day_of(problem, orders, seed):
    """Orders around those of the problem, and vehicles enough for them, from its depot."""
    rng, out = random.Random(seed), []
    for k in range(orders):
        like = rng.choice(problem["orders"])
        order = dict(like, id=f"big-{k:05d}", service_s=180, load={"kg": rng.randint(1, 8), "parcels": 1},
                     location={"lat": round(like["location"]["lat"] + rng.uniform(-0.003, 0.003), 6),
                               "lon": round(like["location"]["lon"] + rng.uniform(-0.003, 0.003), 6)})
        out.append({f: order[f] for f in ("id", "day", "location", "service_s", "load", "windows") if f in order and (f != "windows" or k % 3 == 0)})
    van = problem["vehicles"][0]
    return out, [dict(van, id=f"big-van-{k:04d}", capacity={"kg": 900, "parcels": 150}) for k in range(orders // 70)]


def peak_mib(pid):
    """The most memory that the process has had."""
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) // 1024 for line in f if line.startswith("VmHWM"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--demo", required=True)
    parser.add_argument("--problem", required=True)
    parser.add_argument("--orders", type=int, default=25000)
    parser.add_argument("--above", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=0, help="time limit of the plan; what the server chooses when 0")
    parser.add_argument("--iterations", type=int, default=0, help="of the plan, in place of a time limit")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    problem = json.load(open(os.path.join(args.problem, "problem.json"), encoding="utf-8"))
    orders, vehicles = day_of(problem, args.orders, args.seed)
    data = tempfile.mkdtemp(prefix="rumbo-largeday-")
    shutil.copytree(args.demo, data, dirs_exist_ok=True)
    port = drill.free_port()
    key = subprocess.run([args.binary, "keys", "create", "--name", "largeday", "--data", data], check=True, capture_output=True, text=True).stdout.split()[-1]
    server = subprocess.Popen([args.binary, "serve", "--data", data, "--listen", f"127.0.0.1:{port}", "--map", os.path.join(data, "ny.map.gz"),
                               "--zones", os.path.join(data, "zones.geojson.gz"), "--time-zone", "America/New_York",
                               "--regions-above", str(args.above), "--log-level", "warn"])

    atexit.register(server.kill)

    def call(method, path, body=None, patience=600):
        for _ in range(patience):
            try:
                request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, method=method,
                                                 headers={"Authorization": "Bearer " + key, "Content-Type": "application/json"})
                return json.load(urllib.request.urlopen(request))
            except urllib.error.HTTPError as e:
                raise SystemExit(f"{path}: {e.code} {e.read().decode()[:2000]}")
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server does not answer")

    def wait(path, states):
        while (v := call("GET", path))["state"] not in states:
            time.sleep(0.5)
        return v

    for kind, rows in (("vehicles", vehicles), ("orders", orders)):
        b = call("POST", f"/v1/ingestions?kind={kind}&format=json", json.dumps(rows).encode())
        if wait("/v1/ingestions/" + b["id"], ("loaded", "failed"))["state"] != "loaded":
            raise SystemExit(f"{kind} were not loaded")
    began = time.time()
    ask = {"day": problem["day"], "seed": args.seed, "order_ids": [o["id"] for o in orders], "vehicle_ids": [v["id"] for v in vehicles]}
    if args.seconds:
        ask["time_limit_s"] = args.seconds
    if args.iterations:
        ask["iterations"] = args.iterations
    plan = wait("/v1/plans/" + call("POST", "/v1/plans", json.dumps(ask).encode())["id"], ("done", "failed"))
    took, peak = time.time() - began, peak_mib(server.pid)
    regions = call("GET", "/v1/runs?flow=region&limit=500")["items"]
    server.terminate()
    server.wait()
    shutil.rmtree(data)
    if plan["state"] != "done":
        raise SystemExit(plan["error"])
    places = sorted(s["order_id"] for r in plan["routes"] for s in r["stops"]) + [u["order_id"] for u in plan.get("unassigned") or []]
    once = sorted(places) == [o["id"] for o in orders] and len({r["vehicle_id"] for r in plan["routes"]}) == len(plan["routes"])
    s = plan["summary"]
    print("orders,regions_above,region_runs,iterations,took_s,search_s,peak_mib,served,vehicles,cost_cents,travel_times,feasible,each_once")
    print(f"{args.orders},{args.above},{len(regions)},{s['iterations']},{took:.1f},{s['search_s']:.1f},{peak},{s['served']},{s['vehicles']},{s['cost_cents']},{s['travel_times']},{s['feasible']},{once}")
    return 0 if once and s["feasible"] else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""A burst of plans on one API process and four workers on PostgreSQL; see PROTOCOL.md.

    python3 bench/platform/tasks/burst.py --binary ./rumbo --problem DIR [--plans 200] [--workers 4]

DIR is the --out folder of a demo run. Every plan is asked for at once, with a webhook. Counts
at the end that each has ended, was worked on by one attempt, and was delivered once. Prints
one line of CSV. Python standard library.
"""
import argparse
import concurrent.futures
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "scripts"))
sys.dont_write_bytecode = True
import kill_drill as drill  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--problem", required=True)
    parser.add_argument("--plans", type=int, default=200)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--iterations", type=int, default=500)
    args = parser.parse_args()
    args.store, args.rescue = "postgres", "45s"
    problem = json.load(open(os.path.join(args.problem, "problem.json"), encoding="utf-8"))
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), drill.Receiver)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    data = tempfile.mkdtemp(prefix="rumbo-burst-")
    server = drill.Server(args, data)
    last = server.processes[-1]
    server.processes += [drill.Process(f"worker {n}", last.command, server.log) for n in range(3, args.workers + 1)]
    server.start()
    client = drill.Client(server, patience=900)
    for kind in ("depots", "vehicles", "orders"):
        b = client.call("POST", f"/v1/ingestions?kind={kind}&format=json", json.dumps(problem[kind]).encode())
        client.wait("/v1/ingestions/" + b["id"], ("loaded",))
    day, callback = problem["orders"][0]["day"], f"http://127.0.0.1:{hook.server_port}/hook"
    began = time.time()

    def ask(n):
        return client.call("POST", "/v1/plans", json.dumps({"day": day, "iterations": args.iterations, "seed": n + 1, "callback_url": callback}).encode())["id"]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        plans = list(pool.map(ask, range(args.plans)))
    asked = time.time() - began
    ended = [client.wait("/v1/plans/" + p, ("done",)) for p in plans]
    solved = time.time() - began
    while len({i for i, _ in drill.Receiver.received}) < args.plans and time.time() - began < 600:
        time.sleep(0.1)
    delivered = time.time() - began
    listed = subprocess.run([os.path.abspath(args.binary), "tasks", "list", "--database", server.postgres.address, "--kind", "solve", "--limit", "1000", "--json"],
                            check=True, capture_output=True, text=True).stdout
    tasks = [json.loads(line) for line in listed.splitlines()]
    twice = sum(t["Number"] != 1 or t["Crashes"] != 0 or bool(t["Failures"]) for t in tasks)
    bad = [p["id"] for p in ended if not p["summary"]["feasible"]]
    ids = [i for i, _ in drill.Receiver.received]
    server.stop()
    shutil.rmtree(data)
    print("plans,workers,iterations,asked_s,solved_s,delivered_s,ended,tasks,worked_twice,webhooks,distinct_webhooks,refused_by_referee")
    print(f"{args.plans},{args.workers},{args.iterations},{asked:.1f},{solved:.1f},{delivered:.1f},{len(ended)},{len(tasks)},{twice},{len(ids)},{len(set(ids))},{len(bad)}")
    return 1 if bad or twice or len(tasks) != args.plans or len(set(ids)) != args.plans else 0


if __name__ == "__main__":
    sys.exit(main())

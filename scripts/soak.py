#!/usr/bin/env python3
"""Loads an installation for a while and looks whether goroutines or memory grow.

    python3 scripts/soak.py --binary ./rumbo --problem DIR [--store sqlite|postgres] [--blobs dir|s3]
        [--minutes 15] [--out samples.csv]

The load is the kill drill's, without kills: the circuit once, then orders, vehicles' events
and plans without end, with reads beside them. Every five seconds it asks each process for its
goroutines and its heap (the Go runtime's own figures, at /metrics of the API). The first third
is for warming up. From the rest it takes the smallest heap of each half minute, and the
median of goroutines of each half minute, and fits a line: a slope that makes more than a tenth
of the level in an hour of such load, and more than noise (three times its standard
error), is a leak. Exits 0 or 1.
"""
import argparse
import csv
import http.server
import json
import os
import statistics
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import kill_drill as drill  # noqa: E402

FIGURES = {"go_goroutines": "goroutines", "go_memstats_heap_inuse_bytes": "heap"}


def sample(server):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/metrics", headers={"Authorization": "Bearer " + server.key})
    out = {}
    for line in urllib.request.urlopen(request, timeout=30).read().decode().splitlines():
        name, _, value = line.partition(" ")
        if name in FIGURES:
            out[FIGURES[name]] = float(value)
    return out


def slope(points):
    """The least-squares slope of points (x, y), and its standard error."""
    n = len(points)
    mx, my = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    sxx = sum((x - mx) ** 2 for x, _ in points)
    b = sum((x - mx) * (y - my) for x, y in points) / sxx
    left = sum((y - my - b * (x - mx)) ** 2 for x, y in points)
    return b, (left / (n - 2) / sxx) ** 0.5


def judge(samples, minutes):
    """Lines of what grew: (what, level, slope an hour, standard error, grows)."""
    late, out = [s for s in samples if s["t"] > minutes * 60 / 3], []
    for what, of in (("goroutines", statistics.median), ("heap", min)):
        halves = {}
        for s in late:
            halves.setdefault(int(s["t"] // 30), []).append(s[what])
        points = [(k * 30 / 3600, of(v)) for k, v in sorted(halves.items())]
        level, (b, error) = statistics.median(y for _, y in points), slope(points)
        out.append((what, level, b, error, b > level / 10 and b > 3 * error))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--problem", required=True)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--blobs", choices=("dir", "s3"), default="dir")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--out", help="file for the samples")
    args = parser.parse_args()
    args.rescue, args.more = "45s", []
    problem = json.load(open(os.path.join(args.problem, "problem.json"), encoding="utf-8"))
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), drill.Receiver)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    callback = f"http://127.0.0.1:{hook.server_port}/hook"
    server = drill.Server(args, tempfile.mkdtemp(prefix="rumbo-soak-"))
    server.processes = [drill.Process("all", server.processes[0].command, server.log)]  # one process does everything
    if server.postgres:
        server.processes[0].command = [w for w in server.processes[0].command if w not in ("--roles", "api")]
    server.start()
    client = drill.Client(server, patience=args.minutes * 60 + 900)
    drill.circuit(client, problem, callback)
    load, samples, began, rounds = drill.Load(client, problem, callback, False), [], time.time(), 0
    while (t := time.time() - began) < args.minutes * 60:
        if not samples or t - samples[-1]["t"] >= 5:
            samples.append(sample(server) | {"t": t})
        load.step(rounds)
        client.call("GET", "/v1/runs?limit=100")
        client.call("GET", "/v1/trips?limit=100")
        rounds += 1
        drill.Receiver.received.clear()
        time.sleep(0.2)
    lines = judge(samples, args.minutes)
    server.stop()
    hook.shutdown()
    if args.out:
        with open(args.out, "w", newline="", encoding="utf-8") as f:
            w = csv.DictWriter(f, ("t", "goroutines", "heap"))
            w.writeheader()
            w.writerows(samples)
    for what, level, b, error, grows in lines:
        print(f"{what}: {level:.0f}, {b:+.0f} an hour (standard error {error:.0f}){', A LEAK' if grows else ''}")
    print(f"{args.store}, {args.blobs}: {rounds} rounds of load in {args.minutes:g} minutes, {len(samples)} samples")
    return 1 if any(grows for *_, grows in lines) else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Checks what `rumbo demo --out DIR` kept, with nothing of Rumbo's own code.

    python3 scripts/check_demo.py DIR

DIR holds problem.json (orders, vehicles and depots as they were sent), plan.json (as it
was read from the API) and webhook.json (the secret, the headers and the raw body of the
signed POST). Exits 0 when the signature is right and the plan in the signed body covers
every order once, keeps every window, shift, capacity, skill and limit, and its times and
sums add up; otherwise prints every fault and exits 1.
"""
import base64
import hashlib
import hmac
import json
import os
import sys
from datetime import datetime


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def check_signature(hook, fault):
    """Standard Webhooks: HMAC-SHA256 of id.timestamp.body under the base64 secret."""
    secret = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    headers = {k.lower(): v for k, v in hook["headers"].items()}
    signed = f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{hook["body"]}'
    want = base64.b64encode(hmac.new(secret, signed.encode(), hashlib.sha256).digest()).decode()
    given = [s.split(",", 1)[1] for s in headers["webhook-signature"].split() if s.startswith("v1,")]
    if not any(hmac.compare_digest(want, s) for s in given):
        fault("webhook: the signature does not fit the body")


def check_coverage(orders, plan, fault):
    seen = {}
    for route in plan["routes"]:
        for stop in route["stops"]:
            seen[stop["order_id"]] = seen.get(stop["order_id"], 0) + 1
    for left in plan.get("unassigned") or []:
        seen[left["order_id"]] = seen.get(left["order_id"], 0) + 1
        if not left.get("reason"):
            fault(f'order {left["order_id"]}: unassigned without a reason')
    for order in orders:
        if seen.pop(order["id"], 0) != 1:
            fault(f'order {order["id"]}: not exactly once in the plan')
    for order_id in seen:
        fault(f"order {order_id}: in the plan, but never sent")


def check_loads(route, vehicle, orders, fault):
    capacity = vehicle.get("capacity") or {}
    load = {}
    for stop in route["stops"]:  # deliveries are aboard from the start
        order = orders[stop["order_id"]]
        if order.get("kind", "delivery") == "delivery":
            for name, amount in (order.get("load") or {}).items():
                load[name] = load.get(name, 0) + amount

    def within(where):
        for name, amount in load.items():
            if amount > capacity.get(name, 0):
                fault(f'{route["vehicle_id"]}: {amount} {name} aboard {where}, capacity {capacity.get(name, 0)}')

    within("at the start")
    for stop in route["stops"]:
        order = orders[stop["order_id"]]
        sign = -1 if order.get("kind", "delivery") == "delivery" else 1
        for name, amount in (order.get("load") or {}).items():
            load[name] = load.get(name, 0) + sign * amount
        within(f'after {stop["order_id"]}')


def check_times(route, vehicle, orders, depots, fault):
    who = route["vehicle_id"]
    clock = moment(route["start_at"])
    shift = vehicle["shift"]
    if clock < moment(shift["open"]):
        fault(f"{who}: starts before its shift")
    for stop in route["stops"]:
        order = orders[stop["order_id"]]
        arrive, begin, depart = (moment(stop[k]) for k in ("arrive_at", "begin_at", "depart_at"))
        if abs(clock + stop["leg"]["duration_s"] - arrive) > 0:
            fault(f'{who}: arrives at {order["id"]} at another time than departure plus driving')
        if begin < arrive:
            fault(f'{who}: serves {order["id"]} before it arrives')
        if depart != begin + order.get("service_s", 0):
            fault(f'{who}: leaves {order["id"]} at another time than begin plus service')
        windows = order.get("windows") or []
        if windows and not any(moment(w["open"]) <= begin <= moment(w["close"]) for w in windows):
            fault(f'{who}: serves {order["id"]} outside its windows')
        if stop["location"] != order["location"]:
            fault(f'{who}: {order["id"]} is visited elsewhere')
        clock = depart
    if not vehicle.get("open_end"):
        clock += route["return_leg"]["duration_s"]
    if clock != moment(route["end_at"]):
        fault(f"{who}: ends at another time than its last leg says")
    if clock > moment(shift["close"]):
        fault(f"{who}: ends after its shift")
    for depot in depots.values():
        if depot.get("open") and depot["id"] == vehicle["depot_id"] and not vehicle.get("open_end"):
            if clock > moment(depot["open"]["close"]):
                fault(f"{who}: returns when its depot is closed")


def check_route(route, vehicle, orders, depots, fault):
    who = route["vehicle_id"]
    legs = [s["leg"] for s in route["stops"]] + ([route["return_leg"]] if route.get("return_leg") else [])
    if sum(leg["distance_m"] for leg in legs) != route["distance_m"]:
        fault(f"{who}: the legs' distances do not add up to the route's")
    if sum(leg["duration_s"] for leg in legs) != route["drive_s"]:
        fault(f"{who}: the legs' durations do not add up to the route's driving")
    for limit, value in (("max_stops", len(route["stops"])), ("max_distance_m", route["distance_m"]), ("max_drive_s", route["drive_s"])):
        if vehicle.get(limit) and value > vehicle[limit]:
            fault(f"{who}: {limit} exceeded")
    for stop in route["stops"]:
        missing = set(orders[stop["order_id"]].get("skills") or []) - set(vehicle.get("skills") or [])
        if missing:
            fault(f'{who}: {stop["order_id"]} needs {sorted(missing)}')
    check_loads(route, vehicle, orders, fault)
    check_times(route, vehicle, orders, depots, fault)


def check(folder):
    faults = []
    read = lambda name: json.load(open(os.path.join(folder, name), encoding="utf-8"))
    problem, stored, hook = read("problem.json"), read("plan.json"), read("webhook.json")
    check_signature(hook, faults.append)
    plan = json.loads(hook["body"])["data"]
    if plan["id"] != stored["id"] or plan["routes"] != stored["routes"]:
        faults.append("the signed plan is not the plan that the API shows")
    orders = {o["id"]: o for o in problem["orders"]}
    vehicles = {v["id"]: v for v in problem["vehicles"]}
    depots = {d["id"]: d for d in problem["depots"]}
    check_coverage(problem["orders"], plan, faults.append)
    used = [r["vehicle_id"] for r in plan["routes"]]
    if len(set(used)) != len(used):
        faults.append("a vehicle drives two routes")
    for route in plan["routes"]:
        if not route["stops"]:
            faults.append(f'{route["vehicle_id"]}: an empty route')
        check_route(route, vehicles[route["vehicle_id"]], orders, depots, faults.append)
    summary = plan["summary"]
    served = sum(len(r["stops"]) for r in plan["routes"])
    for name, value in (("served", served), ("orders", len(orders)), ("vehicles", len(plan["routes"])),
                        ("distance_m", sum(r["distance_m"] for r in plan["routes"]))):
        if summary[name] != value:
            faults.append(f"summary: {name} is {summary[name]}, counted {value}")
    return faults, served, len(orders), len(plan["routes"])


def main():
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    faults, served, total, routes = check(sys.argv[1])
    for line in faults:
        print("FAULT", line)
    print(f"{served} of {total} orders on {routes} routes, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""Client of the Rumbo API: one file, Python 3.8 or newer, standard library only.

    from rumbo import Rumbo, verify_webhook

    rumbo = Rumbo("http://127.0.0.1:8080", os.environ["RUMBO_KEY"])
    batch = rumbo.ingest("orders", open("orders.json", "rb").read())
    batch = rumbo.wait_batch(batch["id"])
    plan = rumbo.submit_plan(day="2022-01-31", time_limit_s=10)
    plan = rumbo.wait_plan(plan["id"])

Answers are the API's JSON as dictionaries; /docs of the server describes them.
A fault is a RumboError with the stable code and every faulty field. Every POST
carries an Idempotency-Key and is sent again after a network error, 429, 502,
503 or 504, so that its effect happens once. Nothing is logged or kept.
"""

import base64
import hashlib
import hmac
import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid


class RumboError(Exception):
    """A fault that the server reported, or that it could not be reached.

    code is stable ("invalid_request", "unavailable", ...); status is 0 when no
    answer came; fields lists every fault with pointer, code, message, value and
    limit.
    """

    def __init__(self, code, status=0, title="", detail="", request_id="", fields=()):
        self.code, self.status, self.request_id, self.fields = code, status, request_id, list(fields)
        text = ": ".join(part for part in (code, detail or title) if part)
        for field in self.fields[:5]:
            text += "; %s %s" % (field.get("pointer"), field.get("message"))
        if len(self.fields) > 5:
            text += "; and %d more" % (len(self.fields) - 5)
        super().__init__(text)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The key must not follow a redirect to another host."""

    def redirect_request(self, *args, **kwargs):
        return None


class Rumbo:
    """A connection to one server with one API key. Safe to share between threads."""

    def __init__(self, base, key, language="en", tries=5, pause=0.2, timeout=150.0):
        self._base, self._key, self._language = base.rstrip("/"), key, language
        self._tries, self._pause, self._timeout = tries, pause, timeout
        self._opener = urllib.request.build_opener(_NoRedirect)

    # Data in

    def ingest(self, kind, data, format=None, gzip=False, idempotency_key=None, **options):
        """Send a payload (bytes) of kind trips, orders, vehicles, depots or events.

        format is "json" (when absent), "ndjson" or, for trips, "csv" or "parquet"; options are
        schema, time_zone and month.
        """
        format = format or "json"
        query = dict(options, kind=kind, format=format)
        headers = {"Content-Type": {"csv": "text/csv", "ndjson": "application/x-ndjson",
                                    "parquet": "application/vnd.apache.parquet"}.get(format, "application/json")}
        if gzip:
            headers["Content-Encoding"] = "gzip"
        return self._json("POST", "/v1/ingestions", query, data, headers, idempotency_key)

    def send_events(self, events, idempotency_key=None):
        """Send what vehicles told of themselves: a list of dictionaries."""
        data = json.dumps(events).encode()
        return self._json("POST", "/v1/events", None, data, {"Content-Type": "application/json"}, idempotency_key)

    def events(self, vehicle_id=None, **times):
        """Iterate over events by time; from_ and until are times as text, with offset."""
        return self._pages("/v1/events", vehicle_id=vehicle_id, **{k.rstrip("_"): v for k, v in times.items()})

    def visits(self, vehicle_id, from_, until):
        """The stays of a vehicle that began in a time of at most 48 h."""
        return self._json("GET", "/v1/visits", {"vehicle_id": vehicle_id, "from": from_, "until": until})["items"]

    def batch(self, id):
        return self._json("GET", "/v1/ingestions/" + _quoted(id))

    def wait_batch(self, id):
        """Wait until a batch is loaded; a failed one raises RumboError."""
        return self._wait("/v1/ingestions/", id, "loaded")

    def quarantine(self, batch_id, rule=None):
        """Iterate over the rows that were kept out."""
        return self._pages("/v1/ingestions/%s/quarantine" % _quoted(batch_id), rule=rule)

    # Learning and predicting

    def train(self, **parameters):
        return self._post("/v1/runs", {"flow": "train", "parameters": parameters})

    def start_run(self, flow, **parameters):
        """Start a run: flow is train, recalibrate, retention or backup."""
        return self._post("/v1/runs", {"flow": flow, "parameters": parameters})

    def wait_run(self, id):
        return self._wait("/v1/runs/", id, "done")

    def models(self):
        return self._json("GET", "/v1/models")["items"]

    def rollback(self, name, version):
        return self._post("/v1/models/%s/rollback" % _quoted(name), {"version": version})

    def predict(self, queries, callback_url=None):
        body = {"queries": queries}
        if callback_url:
            body["callback_url"] = callback_url
        return self._post("/v1/predictions", body)

    def predict_file(self, data, callback_url=None, gzip=False, idempotency_key=None):
        """Send many queries (bytes of JSON lines, one query a line) to be answered in the background."""
        headers = {"Content-Type": "application/x-ndjson"}
        if gzip:
            headers["Content-Encoding"] = "gzip"
        return self._json("POST", "/v1/predictions", {"callback_url": callback_url}, data, headers, idempotency_key)

    def wait_predictions(self, id):
        """Wait until such a job is done; one that ended otherwise raises RumboError."""
        return self._wait("/v1/predictions/", id, "done")

    def prediction_results(self, id):
        """Iterate over the answers of a job, as they come: a dictionary a line of the file."""
        request = self._request("GET", self._base + "/v1/predictions/%s/results" % _quoted(id))
        try:
            answer = self._opener.open(request, timeout=self._timeout)
        except urllib.error.HTTPError as error:
            with error:
                raise _fault(error) from None
        with answer:
            for line in answer:
                yield json.loads(line)

    # Plans

    def submit_plan(self, day, **request):
        return self._post("/v1/plans", dict(request, day=day))

    def plan(self, id):
        return self._json("GET", "/v1/plans/" + _quoted(id))

    def wait_plan(self, id):
        return self._wait("/v1/plans/", id, "done")

    def plan_as(self, id, media):
        """The plan as bytes of "application/geo+json" or "text/csv"."""
        return self._send("GET", "/v1/plans/" + _quoted(id), headers={"Accept": media})

    # Records and events

    def orders(self, day=None):
        return self._pages("/v1/orders", day=day)

    def vehicles(self):
        return self._pages("/v1/vehicles")

    def depots(self):
        return self._pages("/v1/depots")

    def deliveries(self, subject=None):
        return self._pages("/v1/deliveries", subject=subject)

    def ping(self, url):
        return self._post("/v1/webhooks/test", {"url": url})

    # How it is done

    def _post(self, path, value):
        data = json.dumps(value, allow_nan=False).encode()
        return self._json("POST", path, None, data, {"Content-Type": "application/json"})

    def _json(self, *args, **kwargs):
        return json.loads(self._send(*args, **kwargs))

    def _pages(self, path, **query):
        after = None
        while True:
            page = self._json("GET", path, dict(query, limit=500, after=after))
            yield from page["items"]
            after = page.get("next")
            if not after:
                return

    def _wait(self, path, id, good):
        while True:
            thing = self._json("GET", path + _quoted(id), headers={"Prefer": "wait=20"})
            if thing["state"] == good:
                return thing
            if thing["state"] in ("failed", "crashed", "canceled"):
                raise RumboError("failed", detail="%s: %s" % (id, thing.get("error", "no reason was given")))
            time.sleep(self._pause)

    def _request(self, method, url, data=None, headers=None):
        headers = dict({"Accept": "application/json"}, **(headers or {}))
        headers.update({"Authorization": "Bearer " + self._key, "Accept-Language": self._language})
        return urllib.request.Request(url, data=data, headers=headers, method=method)

    def _send(self, method, path, query=None, data=None, headers=None, idempotency_key=None):
        query = {k: v for k, v in (query or {}).items() if v is not None}
        url = self._base + path + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = dict(headers or {})
        if method == "POST":
            headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
        pause = self._pause
        for tries_left in range(self._tries - 1, -1, -1):
            request = self._request(method, url, data, headers)
            try:
                with self._opener.open(request, timeout=self._timeout) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                with error:
                    fault, after = _fault(error), _retry_after(error)
            except (OSError, EOFError) as error:
                fault, after = RumboError("unavailable", detail="the server was not reached: %s" % error), 0.0
            if after is None or not tries_left:
                raise fault
            time.sleep(max(after, pause * random.uniform(0.5, 1)))
            pause *= 2


def _quoted(id):
    return urllib.parse.quote(id, safe="")


def _fault(error):
    try:
        p = json.loads(error.read())
        return RumboError(p["code"], error.code, p.get("title", ""), p.get("detail", ""), p.get("request_id", ""), p.get("errors", ()))
    except (ValueError, KeyError, TypeError, OSError):
        return RumboError("unavailable", error.code, detail="the server answered %d" % error.code)


def _retry_after(error):
    """Seconds before another try makes sense, or None when it never does."""
    if error.code not in (429, 502, 503, 504):
        return None
    try:
        return min(float(error.headers.get("Retry-After", 0)), 60.0)
    except ValueError:
        return 0.0


class WebhookError(ValueError):
    """A message that is not ours, is too old or was changed."""


def verify_webhook(secrets, headers, body, tolerance=300, now=None):
    """Check a webhook (Standard Webhooks) and return its event as a dictionary.

    secrets is a list of "whsec_..." texts, headers any mapping, body the bytes
    as received. The event's "id" is the same on every attempt: remember it with
    what you do about it, because an event can come more than once.
    """
    headers = {str(k).lower(): v for k, v in dict(headers).items()}
    try:
        id, stamp, signatures = (headers["webhook-" + name] for name in ("id", "timestamp", "signature"))
        sent = int(stamp)
    except (KeyError, ValueError):
        raise WebhookError("a webhook header is missing or malformed") from None
    if abs((time.time() if now is None else now) - sent) > tolerance:
        raise WebhookError("the message is too old or from the future")
    signed = b".".join((id.encode(), stamp.encode(), body))
    for secret in secrets:
        if not secret.startswith("whsec_"):
            raise ValueError("a webhook secret begins with whsec_")
        digest = hmac.new(base64.b64decode(secret[len("whsec_"):]), signed, hashlib.sha256).digest()
        want = "v1," + base64.b64encode(digest).decode()
        if any(hmac.compare_digest(want, given) for given in signatures.split()):
            return dict(json.loads(body), id=id)
    raise WebhookError("no signature fits")

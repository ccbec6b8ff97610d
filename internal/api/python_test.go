package api

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/logistica-inteligente/rumbo"
)

const pythonProgram = `
import os
from rumbo import Rumbo, RumboError
rumbo = Rumbo(os.environ["URL"], os.environ["KEY"], language="es", pause=0.01)
batch = rumbo.ingest("trips", b"a,b\n1,2\n", format="csv", schema="tlc_yellow")
print(rumbo.wait_batch(batch["id"])["state"], len(list(rumbo.quarantine(batch["id"]))))
plan = rumbo.submit_plan("2022-01-31", time_limit_s=2)
print(rumbo.wait_plan(plan["id"])["summary"]["served"], rumbo.plan_as(plan["id"], "text/csv").split(b",")[0].decode())
print(rumbo.train(seed=3)["state"], rumbo.models()[0]["version"], rumbo.rollback("travel-time", 1)["version"])
print(len(rumbo.predict([{"from": {"zone": 1}, "to": {"zone": 2}, "depart_at": "2022-01-31T08:00:00Z"}])["predictions"]))
job = rumbo.wait_predictions(rumbo.predict_file(b"{}\n", callback_url="https://example.com/x")["id"])
print(job["state"], [line["line"] for line in rumbo.prediction_results(job["id"])])
print(rumbo.ping("https://example.com/x")["state"], len(list(rumbo.deliveries())), list(rumbo.orders("2022-01-31")))
van = rumbo.send_events([{"vehicle_id": "van-1", "at": "2022-01-31T13:31:00Z", "kind": "arrived", "location": {"lat": 40.7, "lon": -74}}])
print(van["kind"], list(rumbo.events("van-1", from_="2022-01-31T00:00:00Z")), rumbo.visits("van-1", "2022-01-31T00:00:00Z", "2022-02-01T00:00:00Z")[0]["service_s"])
same = [rumbo.ingest("orders", b"[1]", idempotency_key="k")["id"] for _ in range(2)]
print(same[0] == same[1])
for wrong in (lambda: rumbo.submit_plan("mañana", sed=1), lambda: rumbo.plan("nada/x"), lambda: next(rumbo.prediction_results("nada")), lambda: Rumbo(os.environ["URL"], "x").models(),
              lambda: Rumbo("http://127.0.0.1:1", "x", tries=2, pause=0.01).models()):
    try:
        wrong()
        print("no error")
    except RumboError as e:
        print(e.code, e.status, [f["pointer"] for f in e.fields])
`

const pythonSays = `loaded 0
1 plan_id
queued 1 1
1
done [1, 2]
pending 1 []
events [] 240
True
invalid_request 422 ['/sed', '/day']
not_found 404 []
not_found 404 []
unauthorized 401 []
unavailable 0 []
`

// The one-file Python client against this server. A machine without Python
// has nothing to run it with: ./test installs one.
func TestPythonClientAgainstServer(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Log("python3 is not here")
		return
	}
	w := newWorld(t)
	w.finish = true
	w.models = []rumbo.ModelVersion{exampleModel()}
	server := httptest.NewServer(w.handler)
	defer server.Close()
	path, err := filepath.Abs("../../client/python")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-B", "-c", pythonProgram)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+path, "PYTHONIOENCODING=utf-8", "URL="+server.URL, "KEY="+w.key)
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != pythonSays {
		t.Errorf("%v: Python says\n%s", err, out)
	}
}

package etl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// all collects the results of a cleaning.
func all(t *testing.T, r io.Reader, b rumbo.Batch, zones Zones) []Result {
	t.Helper()
	var out []Result
	for res, err := range Clean(r, b, zones) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, res)
	}
	return out
}

func TestCleaningAgainGivesTheSame(t *testing.T) {
	data := yellowSample(t)
	first := all(t, bytes.NewReader(data), yellowBatch, zonesTo(263))
	again := all(t, iotest.HalfReader(bytes.NewReader(data)), yellowBatch, zonesTo(263))
	if diff := cmp.Diff(first, again, cmpopts.IgnoreUnexported(Result{})); diff != "" {
		t.Error(diff)
	}
	for i, res := range first {
		if res.Row != int64(i+1) {
			t.Fatalf("result %d is of row %d", i, res.Row)
		}
	}
}

func TestTheKeyDoesNotDependOnTheDeclaredZone(t *testing.T) {
	data := yellowSample(t)
	elsewhere := yellowBatch
	elsewhere.TimeZone = "America/Lima"
	first := all(t, bytes.NewReader(data), yellowBatch, zonesTo(263))
	for i, res := range all(t, bytes.NewReader(data), elsewhere, zonesTo(263)) {
		if res.Trip != nil && first[i].Trip != nil && res.Trip.ID != first[i].Trip.ID {
			t.Fatalf("row %d: %s and %s", res.Row, res.Trip.ID, first[i].Trip.ID)
		}
	}
}

func TestFirstRuleThatMatchesNamesTheRow(t *testing.T) {
	// Every trip breaks a random set of rules; the first of the table is named.
	rapid.Check(t, func(t *rapid.T) {
		c := &cleaner{batch: rumbo.Batch{ID: "b"}, zones: zonesTo(3)}
		d := &drive{metered: true, numbered: true}
		d.ID = "x"
		d.From.Zone, d.To.Zone = rapid.Int32Range(1, 5).Draw(t, "from"), 1
		d.DistanceM = rapid.Float64Range(-1, 400_000).Draw(t, "m")
		d.DropoffAt = d.PickupAt.Add(time.Second * rapid.SampledFrom([]time.Duration{-5, 30, 60, 600, 4000, 20_000}).Draw(t, "s"))
		d.fare = rapid.Float64Range(-5, 50).Draw(t, "fare")
		want := ""
		for _, r := range tripRules {
			if r.Name != RuleDuplicate && want == "" && r.Finds(c, d) != "" {
				want = r.Name
			}
		}
		res := c.judge(1, "raw", d, "")
		got := ""
		if res.Rejected != nil {
			got = res.Rejected.Rule
		}
		if got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func TestFaultsOfTheWholePayload(t *testing.T) {
	boom := errors.New("boom")
	csv := rumbo.Batch{Kind: rumbo.KindTrips, Format: "csv", Schema: tabular.Rumbo}
	for _, c := range []struct {
		name string
		b    rumbo.Batch
		r    io.Reader
		want rumbo.Code
	}{
		{"empty", csv, strings.NewReader(""), rumbo.Invalid},
		{"columns", csv, strings.NewReader("a,b\n1,2\n"), rumbo.Invalid},
		{"the source breaks", csv, io.MultiReader(strings.NewReader("pickup_at,dropoff_at,from_zone,to_zone\n"), iotest.ErrReader(boom)), rumbo.Unavailable},
		{"orders as CSV", rumbo.Batch{Kind: rumbo.KindOrders, Format: "csv"}, strings.NewReader("id\n1\n"), rumbo.UnsupportedMedia},
		{"no such zone", rumbo.Batch{Kind: rumbo.KindTrips, Format: "csv", TimeZone: "Mars"}, strings.NewReader(""), rumbo.Invalid},
		{"no such month", rumbo.Batch{Kind: rumbo.KindTrips, Format: "csv", Month: "22-1"}, strings.NewReader(""), rumbo.Invalid},
		{"another schema than the batch's", csv, bytes.NewReader(yellowSample(t)), rumbo.Internal},
	} {
		t.Run(c.name, func(t *testing.T) {
			var last error
			for res, err := range Clean(c.r, c.b, nil) {
				if last = err; err == nil {
					t.Fatalf("got %+v", res)
				}
			}
			if rumbo.CodeOf(last) != c.want {
				t.Errorf("got %v", last)
			}
		})
	}
}

func TestCleanStopsWhenTold(t *testing.T) {
	for range Clean(bytes.NewReader(yellowSample(t)), yellowBatch, nil) {
		break
	}
	orders := `[{"id":"A"},{"id":"B"}]`
	for range Clean(strings.NewReader(orders), rumbo.Batch{Kind: rumbo.KindOrders, Format: "json"}, nil) {
		break
	}
}

func TestCheckCutsItsListAndSaysSo(t *testing.T) {
	orders := "[" + strings.Repeat(`{"idd":1},`, 1000) + "{}]"
	faults := Check(rumbo.Batch{Kind: rumbo.KindOrders, Format: "json"}, strings.NewReader(orders))
	const most = strictjson.DefaultMaxFaults
	if len(faults) != most+1 || faults[most].Code != rumbo.MoreFaults {
		t.Errorf("%d faults, last %+v", len(faults), faults[len(faults)-1])
	}
	if faults := Check(rumbo.Batch{Kind: rumbo.KindOrders, Format: "json"}, strings.NewReader(`{"orders":[]}`)); len(faults) != 1 || faults[0].Code != rumbo.EmptyPayload {
		t.Errorf("no rows: %+v", faults)
	}
}

func TestFingerprintsCountDistinctIDs(t *testing.T) {
	var f fingerprints
	const n = 100_000
	for round := range 2 {
		for i := range n {
			if added := f.add(fmt.Sprint("trip-", i)); added != (round == 0) {
				t.Fatalf("round %d: id %d added %v", round, i, added)
			}
		}
	}
	used, bytes := 0, 0
	for _, part := range f.young.parts {
		used, bytes = used+part.used, bytes+8*len(part.slots)
	}
	if used != n || bytes > 16*n {
		t.Errorf("%d ids in %d bytes", used, bytes)
	}
}

// FuzzCleanCSV holds that every row of any file gets exactly one result, that
// accepted trips are valid, and that nothing panics.
func FuzzCleanCSV(f *testing.F) {
	f.Add([]byte("pickup_at,dropoff_at,from_zone,to_zone,distance_m\n2026-03-09T07:03:04Z,2026-03-09T07:05:19Z,1,2,500\n"))
	f.Add([]byte("trip_id;pickup_at;dropoff_at;from_lat;from_lon;to_lat;to_lon\nx;2026-03-29 02:30:00;2026-03-29 03:05:19;1;2;1,5;2\n\"y;"))
	head, _, _ := bytes.Cut(yellowSample(f), []byte("\n2,2022-01-15 15:59"))
	f.Add(head)
	f.Fuzz(func(t *testing.T, in []byte) {
		b := rumbo.Batch{ID: "batch_1", Kind: rumbo.KindTrips, Format: "csv", TimeZone: "Europe/Madrid", Month: "2026-03"}
		row := int64(0)
		for res, err := range Clean(bytes.NewReader(in), b, zonesTo(263)) {
			if err != nil {
				return
			}
			if row++; res.Row != row || (res.Trip == nil) == (res.Rejected == nil) {
				t.Fatalf("row %d: %+v", row, res)
			}
			if res.Trip != nil {
				if faults := res.Trip.Validate(""); len(faults) > 0 || res.Trip.DurationS() < 60 {
					t.Fatalf("accepted %+v: %v", res.Trip, faults)
				}
			} else if r := res.Rejected; r.Rule == "" || r.Reason == "" || r.Row != row {
				t.Fatalf("rejected %+v", r)
			}
		}
	})
}

// FuzzCheckJSON holds that what Check lets pass is what Clean accepts.
func FuzzCheckJSON(f *testing.F) {
	for _, kind := range []string{"orders", "vehicles", "depots", "trips"} {
		f.Add(kind, `{"`+kind+`":[{"id":"A","day":"2026-03-16","location":{"lat":1,"lon":2},"time_zone":"UTC","depot_id":"D"}]}`)
	}
	f.Add("orders", `[{"id":"A","windows":[{"open":"2026-03-16T08:00:00Z"}]},3,{"id":"A"}]`)
	f.Fuzz(func(t *testing.T, kind, in string) {
		b := rumbo.Batch{ID: "batch_1", Kind: kind, Format: "json"}
		if faults := Check(b, strings.NewReader(in)); len(faults) > 0 || kind == rumbo.KindTrips || kind == rumbo.KindEvents {
			return
		}
		for res, err := range Clean(strings.NewReader(in), b, nil) {
			if err != nil || res.Rejected != nil {
				t.Fatalf("passed the check: %+v, %v", res.Rejected, err)
			}
		}
	})
}

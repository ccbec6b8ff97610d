package etl

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// cleanAll are all results of a payload with a number of workers.
func cleanAll(t *testing.T, payload io.Reader, b rumbo.Batch, workers int) (out []Result, unknown map[string]int64) {
	t.Helper()
	unknown = map[string]int64{}
	for res, err := range CleanWith(payload, b, Options{Zones: zonesTo(265), Workers: workers, Unknown: unknown}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, res)
	}
	return out, unknown
}

func TestResultsDoNotDependOnTheWorkers(t *testing.T) {
	yellow := yellowSample(t)
	extra := bytes.Replace(bytes.ReplaceAll(yellow, []byte("\n"), []byte(",7\n")), []byte(",7\n"), []byte(",weather\n"), 1)
	broken := strings.Repeat("a,\"b\nc,d\n", 2000)
	for name, c := range map[string]struct {
		payload func() io.Reader
		batch   rumbo.Batch
	}{
		"yellow": {func() io.Reader { return bytes.NewReader(yellow) }, rumbo.Batch{ID: "b", Kind: rumbo.KindTrips, Format: rumbo.FormatCSV, Schema: tabular.TLCYellow}},
		"extra":  {func() io.Reader { return bytes.NewReader(extra) }, rumbo.Batch{ID: "b", Kind: rumbo.KindTrips, Format: rumbo.FormatCSV, Schema: tabular.TLCYellow}},
		"lines":  {func() io.Reader { return &tripLines{rows: 5000} }, lineBatch},
		"broken quotes": {func() io.Reader { return strings.NewReader("pickup_at,dropoff_at,from_zone,to_zone\n" + broken) },
			rumbo.Batch{ID: "b", Kind: rumbo.KindTrips, Format: rumbo.FormatCSV, Schema: tabular.Rumbo, TimeZone: "UTC"}},
	} {
		t.Run(name, func(t *testing.T) {
			want, unknown := cleanAll(t, c.payload(), c.batch, 1)
			if len(want) < 2000 {
				t.Fatalf("%d rows", len(want))
			}
			for i, res := range want {
				if res.Row != int64(i+1) {
					t.Fatalf("result %d is of row %d", i, res.Row)
				}
			}
			for _, workers := range []int{2, 3, 8} {
				got, met := cleanAll(t, c.payload(), c.batch, workers)
				if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Result{})); diff != "" {
					t.Fatalf("%d workers (-1 worker +%d):\n%s", workers, workers, diff)
				}
				if diff := cmp.Diff(unknown, met); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestUnknownColumnsAreCountedAndNamed(t *testing.T) {
	const green = "VendorID,lpep_pickup_datetime,lpep_dropoff_datetime,PULocationID,DOLocationID,trip_distance,fare_amount,Weather,Airport_fee_2\n" +
		"2,2022-01-03 08:00:00,2022-01-03 08:10:00,7,8,2.5,11,rain,\n2,2022-01-03 09:00:00,2022-01-03 09:10:00,7,8,2.5,11,,\n"
	got, unknown := cleanAll(t, strings.NewReader(green), rumbo.Batch{ID: "b", Kind: rumbo.KindTrips, Format: rumbo.FormatCSV, Schema: tabular.TLCGreen}, 2)
	if len(got) != 2 || got[0].Trip == nil || got[1].Trip == nil {
		t.Errorf("results %+v", got)
	}
	if diff := cmp.Diff(map[string]int64{"Weather": 1, "Airport_fee_2": 0}, unknown); diff != "" {
		t.Error(diff)
	}
}

func TestOneNameForAColumnInAnyCase(t *testing.T) {
	for _, name := range []string{"airport_fee", "Airport_fee", "AIRPORT_FEE"} {
		text := "VendorID,tpep_pickup_datetime,tpep_dropoff_datetime,PULocationID,DOLocationID,trip_distance,fare_amount," + name +
			"\n2,2022-01-03 08:00:00,2022-01-03 08:10:00,7,8,2.5,11,1.25\n"
		got, unknown := cleanAll(t, strings.NewReader(text), rumbo.Batch{ID: "b", Kind: rumbo.KindTrips, Format: rumbo.FormatCSV, Schema: tabular.TLCYellow}, 1)
		if len(got) != 1 || got[0].Trip == nil || len(unknown) != 0 {
			t.Errorf("%s: %+v, unknown %v", name, got, unknown)
		}
	}
}

func TestStoppingEarlyEndsTheGoroutines(t *testing.T) {
	for stop := range 5 {
		n := 0
		for _, err := range CleanWith(&tripLines{rows: 20_000}, lineBatch, Options{Zones: zonesTo(3), Workers: 3}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n > stop*1000 {
				break
			}
		}
	}
}

func TestARejectedResultKeepsItsText(t *testing.T) {
	got, _ := cleanAll(t, &tripLines{rows: 3}, lineBatch, 2)
	q := got[1].Reject("too_cold", "below zero").Rejected
	if q == nil || q.Row != 2 || q.BatchID != "batch_1" || q.Rule != "too_cold" || !strings.HasPrefix(q.Raw, `{"id":"TT-1"`) || !strings.HasSuffix(q.Raw, "}") {
		t.Errorf("%+v", q)
	}
}

func TestTheSetOfFingerprintsForgets(t *testing.T) {
	f := fingerprints{young: &fingerprintSet{used: generation}}
	f.young.parts[fingerprint("a")>>56].add(fingerprint("a"))
	if f.add("a") || f.old == nil {
		t.Error("what the older generation knows is a duplicate")
	}
	if !f.add("b") || f.add("b") {
		t.Error("the younger generation is at work")
	}
	f.young.used = generation
	if !f.add("c") || !f.add("a") {
		t.Error("two generations on it is forgotten")
	}
}

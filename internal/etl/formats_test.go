package etl

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// yellowRow is what a Parquet file of the taxi commission has for a trip; most
// of it is left out here.
type yellowRow struct {
	Vendor   int64    `parquet:"VendorID"`
	Pickup   int64    `parquet:"tpep_pickup_datetime,timestamp(microsecond:local)"`
	Dropoff  int64    `parquet:"tpep_dropoff_datetime,timestamp(microsecond:local)"`
	Riders   *float64 `parquet:"passenger_count,optional"`
	Miles    float64  `parquet:"trip_distance"`
	From     int64    `parquet:"PULocationID"`
	To       int64    `parquet:"DOLocationID"`
	Fare     float64  `parquet:"fare_amount"`
	PandasID int64    `parquet:"__index_level_0__"`
}

// asParquet writes the sample as the commission publishes it today.
func asParquet(t *testing.T, sample []byte) *bytes.Reader {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(sample)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	micros := func(text string) int64 {
		at, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return at.UnixMicro()
	}
	number := func(text string) float64 {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var rows []yellowRow
	for _, r := range records[1:] {
		rows = append(rows, yellowRow{Vendor: int64(number(r[0])), Pickup: micros(r[1]), Dropoff: micros(r[2]), Miles: number(r[4]),
			From: int64(number(r[7])), To: int64(number(r[8])), Fare: number(r[10])})
	}
	var b bytes.Buffer
	if err := parquet.Write(&b, rows, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(3000)); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

// outcome is what must not depend on the format: the trip, or the rule.
type outcome struct {
	Trip *rumbo.Trip
	Rule string
}

func outcomes(results []Result) []outcome {
	var out []outcome
	for _, res := range results {
		o := outcome{Trip: res.Trip}
		if res.Rejected != nil {
			o.Rule = res.Rejected.Rule
		}
		out = append(out, o)
	}
	return out
}

func TestParquetGivesWhatCSVGives(t *testing.T) {
	sample := yellowSample(t)
	b := yellowBatch
	want := outcomes(all(t, bytes.NewReader(sample), b, zonesTo(263)))
	b.Format = rumbo.FormatParquet
	if diff := cmp.Diff(want, outcomes(all(t, asParquet(t, sample), b, zonesTo(263)))); diff != "" {
		t.Error(diff)
	}
}

func TestEveryFormatOfOwnTripsGivesTheSame(t *testing.T) {
	sample, err := os.ReadFile("../../testdata/tinytown/trips.csv")
	if err != nil {
		t.Fatal(err)
	}
	b := rumbo.Batch{ID: "batch_1", Kind: rumbo.KindTrips, Format: rumbo.FormatCSV, Schema: tabular.Rumbo, Month: "2026-03"}
	trips := all(t, bytes.NewReader(sample), b, zonesTo(3))
	var array []*rumbo.Trip
	var lines bytes.Buffer
	for _, res := range trips {
		if res.Trip == nil {
			t.Fatalf("%+v", res.Rejected)
		}
		array = append(array, res.Trip)
		if err := json.NewEncoder(&lines).Encode(res.Trip); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := json.Marshal(array)
	for format, payload := range map[string][]byte{rumbo.FormatJSON: text, rumbo.FormatNDJSON: lines.Bytes()} {
		b.Format = format
		if diff := cmp.Diff(outcomes(trips), outcomes(all(t, bytes.NewReader(payload), b, zonesTo(3)))); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
	}
}

func TestParquetNeedsARandomReader(t *testing.T) {
	b := yellowBatch
	b.Format = rumbo.FormatParquet
	for _, err := range Clean(bytes.NewBufferString("PAR1"), b, nil) {
		if rumbo.CodeOf(err) != rumbo.Internal {
			t.Errorf("got %v", err)
		}
	}
	for _, err := range Clean(bytes.NewReader([]byte("PAR1")), b, nil) {
		if rumbo.CodeOf(err) != rumbo.Invalid {
			t.Errorf("got %v", err)
		}
	}
}

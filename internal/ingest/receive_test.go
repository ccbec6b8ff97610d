package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/blob/dir"
)

const yellowHeader = "VendorID,tpep_pickup_datetime,tpep_dropoff_datetime,passenger_count,trip_distance,RatecodeID,store_and_fwd_flag,PULocationID,DOLocationID,payment_type,fare_amount,extra,mta_tax,tip_amount,tolls_amount,improvement_surcharge,total_amount,congestion_surcharge,airport_fee"
const yellowRow = "2,2022-01-14 10:26:55,2022-01-14 10:33:05,1.0,1.55,1.0,N,237,161,1,7.0,0.0,0.5,2.06,0.0,0.3,12.36,2.5,0.0"
const ownHeader = "trip_id,pickup_at,dropoff_at,from_zone,to_zone"
const ownRow = "t1,2022-01-14T10:26:55Z,2022-01-14T10:33:05Z,1,2"

var received = time.Date(2022, 2, 1, 9, 0, 0, 0, time.UTC)

// refuseB is a Check that finds a fault wherever the payload has a B.
func refuseB(_ rumbo.Batch, r io.Reader) []rumbo.FieldError {
	data, _ := io.ReadAll(r)
	if bytes.Contains(data, []byte("B")) {
		return []rumbo.FieldError{{Pointer: "/1/id", Code: rumbo.DuplicateID, Value: "B"}}
	}
	return nil
}

func receiver(t *testing.T) (*Receiver, *dir.Bucket) {
	t.Helper()
	b, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &Receiver{Blobs: b, MaxBytes: 10_000, Check: refuseB}, b
}

func stored(t *testing.T, b *dir.Bucket) map[string]string {
	t.Helper()
	out := map[string]string{}
	for info, err := range b.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		r, err := b.Open(t.Context(), info.Key)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(r)
		r.Close()
		out[info.Key] = string(data)
	}
	return out
}

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}

func squeezed(text string) string {
	z, _ := zstd.NewWriter(nil)
	return string(z.EncodeAll([]byte(text), nil))
}

// ownTrip is a row of a Parquet file in Rumbo's own schema.
type ownTrip struct {
	PickupAt  string `parquet:"pickup_at"`
	DropoffAt string `parquet:"dropoff_at"`
	FromZone  int32  `parquet:"from_zone"`
	ToZone    int32  `parquet:"to_zone"`
}

func parquetOf[T any](t *testing.T, rows []T) string {
	t.Helper()
	var b bytes.Buffer
	if err := parquet.Write(&b, rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func sha(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestReceiveKeepsThePayload(t *testing.T) {
	csv := "\xef\xbb\xbf" + yellowHeader + "\r\n" + yellowRow + "\r\n"
	drift := strings.Replace(yellowHeader, "airport_fee", "Airport_fee", 1) + "\n" + yellowRow
	green := strings.Replace(strings.ReplaceAll(yellowHeader, "tpep", "lpep"), "airport_fee", "trip_type", 1) + "\n" + yellowRow
	own := strings.ReplaceAll(ownHeader+"\n"+ownRow+"\n", ",", ";")
	orders := `{"orders":[{"id":"A"}]}`
	columns := parquetOf(t, []ownTrip{{"2022-01-14T10:26:55Z", "2022-01-14T10:33:05Z", 1, 2}})
	for _, c := range []struct {
		name, body string
		p          rumbo.Payload
		schema     string
		payload    string
	}{
		{"yellow with mark and CRLF", csv, rumbo.Payload{Kind: "trips", Format: "csv", Month: "2022-01"}, "tlc_yellow", csv},
		{"yellow drift", drift, rumbo.Payload{Kind: "trips", Format: "csv", Schema: "tlc_yellow"}, "tlc_yellow", drift},
		{"green", green, rumbo.Payload{Kind: "trips", Format: "csv"}, "tlc_green", green},
		{"own with semicolons", own, rumbo.Payload{Kind: "trips", Format: "csv"}, "rumbo", own},
		{"own, local times", strings.ReplaceAll(own, "Z", ""), rumbo.Payload{Kind: "trips", Format: "csv", TimeZone: "America/Lima"}, "rumbo", strings.ReplaceAll(own, "Z", "")},
		{"zstd", squeezed(csv), rumbo.Payload{Kind: "trips", Format: "csv"}, "tlc_yellow", csv},
		{"Parquet", columns, rumbo.Payload{Kind: "trips", Format: "parquet"}, "rumbo", columns},
		{"gzip", zipped(csv), rumbo.Payload{Kind: "trips", Format: "csv"}, "tlc_yellow", csv},
		{"orders", orders, rumbo.Payload{Kind: "orders", Format: "json"}, "rumbo", orders},
		{"trips as JSON, dirty", `[{"id":"B"}]`, rumbo.Payload{Kind: "trips", Format: "json"}, "rumbo", `[{"id":"B"}]`},
		{"trips a line", "{\"id\":\"A\"}\n{\"id\":}\n{}", rumbo.Payload{Kind: "trips", Format: "ndjson"}, "rumbo", "{\"id\":\"A\"}\n{\"id\":}\n{}"},
		{"orders a line", "{\"id\":\"A\"}\n", rumbo.Payload{Kind: "orders", Format: "ndjson"}, "rumbo", "{\"id\":\"A\"}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rc, b := receiver(t)
			c.p.Body = iotest.HalfReader(strings.NewReader(c.body))
			got, err := rc.Receive(t.Context(), "batch_1", received, c.p)
			if err != nil {
				t.Fatal(err)
			}
			want := rumbo.Batch{
				ID: "batch_1", Kind: c.p.Kind, Format: c.p.Format, Schema: c.schema, TimeZone: c.p.TimeZone, Month: c.p.Month,
				State: rumbo.BatchReceived, ReceivedAt: received, BlobKey: "raw/batch_1." + c.p.Format,
				Bytes: int64(len(c.payload)), SHA256: sha(c.payload),
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(map[string]string{want.BlobKey: c.payload}, stored(t, b)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReceiveRefusesWithEveryFaultAndKeepsNothing(t *testing.T) {
	trips := rumbo.Payload{Kind: "trips", Format: "csv"}
	orders := rumbo.Payload{Kind: "orders", Format: "json"}
	good := yellowHeader + "\n" + yellowRow + "\n"
	for _, c := range []struct {
		name, body string
		p          rumbo.Payload
		want       string
	}{
		{"empty", "", trips, "invalid_request:  empty_payload"},
		{"spaces", " \n\n", trips, "invalid_request:  empty_payload"},
		{"header alone", yellowHeader + "\n", trips, "invalid_request:  empty_payload"},
		{"columns", strings.NewReplacer("trip_distance", "trip_distanse", "PULocationID,", "", "extra", "mta_tax").Replace(good), trips,
			"invalid_request: trip_distance missing_column, PULocationID missing_column, trip_distanse unknown_column trip_distance, mta_tax duplicate_field"},
		{"own columns", "trip_id,pickup_at,from_lat,to_zone\nx,y,z,w\n", trips, "invalid_request: dropoff_at missing_column, from_lat missing_column"},
		{"another schema than declared", good, rumbo.Payload{Kind: "trips", Format: "csv", Schema: "tlc_green"},
			"invalid_request: lpep_pickup_datetime missing_column, lpep_dropoff_datetime missing_column, tpep_pickup_datetime unknown_column lpep_pickup_datetime, " +
				"tpep_dropoff_datetime unknown_column lpep_dropoff_datetime, airport_fee unknown_column"},
		{"not UTF-8", good + strings.Replace(yellowRow, "N", "Ma\xf1ana", 1) + "\n", trips, "invalid_request:  not_utf8"},
		{"UTF-16", "\xff\xfeV\x00e\x00", trips, "invalid_request:  not_utf8"},
		{"half a letter at the end", good + "2,\xc3", trips, "invalid_request:  not_utf8,  truncated_payload"},
		{"cut in a row", good + yellowRow[:40], trips, "invalid_request:  truncated_payload"},
		{"cut in a quote", good + `2,"2022`, trips, "invalid_request:  truncated_payload"},
		{"local times without a zone", ownHeader + "\n" + strings.ReplaceAll(ownRow, "Z", "") + "\n", trips, "invalid_request: time_zone missing_field"},
		{"too large", good + strings.Repeat(yellowRow+"\n", 100), trips, "too_large"},
		{"too large once decompressed", zipped(good + strings.Repeat(yellowRow+"\n", 100)), trips, "too_large"},
		{"gzip cut", zipped(good)[:60], trips, "invalid_request:  truncated_payload"},
		{"gzip damaged", zipped(good)[:60] + "xx" + zipped(good)[62:], trips, "invalid_request"},
		{"zstd cut", squeezed(good)[:60], trips, "invalid_request:  truncated_payload"},
		{"zstd damaged", squeezed(good)[:60] + "xx" + squeezed(good)[62:], trips, "invalid_request"},
		{"too large once zstd is undone", squeezed(good + strings.Repeat(yellowRow+"\n", 100)), trips, "too_large"},
		{"compressed twice", zipped(zipped(good)), trips, "unsupported_media_type"},
		{"a spreadsheet, compressed", zipped("PK\x03\x04...."), trips, "unsupported_media_type"},
		{"Parquet said to be CSV", "PAR1....", trips, "unsupported_media_type"},
		{"CSV said to be Parquet", good, rumbo.Payload{Kind: "trips", Format: "parquet"}, "invalid_request:  wrong_type"},
		{"Parquet cut", "PAR1........", rumbo.Payload{Kind: "trips", Format: "parquet"}, "invalid_request:  truncated_payload"},
		{"Parquet of other columns", parquetOf(t, []struct{ A, B int64 }{{1, 2}}), rumbo.Payload{Kind: "trips", Format: "parquet"},
			"invalid_request: pickup_at missing_column, dropoff_at missing_column, from_lat missing_column, to_lat missing_column, A unknown_column, B unknown_column"},
		{"Parquet without rows", parquetOf(t, []ownTrip{}), rumbo.Payload{Kind: "trips", Format: "parquet"}, "invalid_request:  empty_payload"},
		{"Parquet with local times", parquetOf(t, []ownTrip{{"2022-01-14 10:26:55", "2022-01-14 10:33:05", 1, 2}}), rumbo.Payload{Kind: "trips", Format: "parquet"},
			"invalid_request: time_zone missing_field"},
		{"a spreadsheet", "PK\x03\x04....", trips, "unsupported_media_type"},
		{"no JSON", "hello", rumbo.Payload{Kind: "trips", Format: "json"}, "invalid_request:  wrong_type"},
		{"no rows", `{"trips":[]}`, rumbo.Payload{Kind: "trips", Format: "json"}, "invalid_request:  empty_payload"},
		{"JSON cut", `{"trips":[{"id":"A"}`, rumbo.Payload{Kind: "trips", Format: "json"}, "invalid_request: /trips truncated_payload"},
		{"lines cut", "{\"id\":\"A\"}\n{\"id\":", rumbo.Payload{Kind: "trips", Format: "ndjson"}, "invalid_request: /1/id truncated_payload"},
		{"rows that the check refuses", `[{"id":"B"}]`, orders, "invalid_request: /1/id duplicate_id"},
		{"everything declared is wrong", good, rumbo.Payload{Kind: "trip", Format: "csv", Schema: "x", TimeZone: "Mars", Month: "2022"},
			"invalid_request: kind not_one_of trips, schema not_one_of, time_zone not_one_of, month bad_time"},
		{"nothing declared", good, rumbo.Payload{}, "invalid_request: kind missing_field"},
		{"orders as CSV", good, rumbo.Payload{Kind: "orders", Format: "csv"}, "invalid_request: format not_one_of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rc, b := receiver(t)
			c.p.Body = strings.NewReader(c.body)
			_, err := rc.Receive(t.Context(), "batch_1", received, c.p)
			if got := faultText(err); got != c.want {
				t.Errorf("\n got %s\nwant %s\n(%v)", got, c.want, err)
			}
			if left := stored(t, b); len(left) != 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

// faultText writes an error as "code: pointer code suggestion, …".
func faultText(err error) string {
	var e *rumbo.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	var fields []string
	for _, f := range e.Fields {
		fields = append(fields, strings.TrimRight(f.Pointer+" "+string(f.Code)+" "+f.Suggestion, " "))
	}
	out := string(e.Code)
	if len(fields) > 0 {
		out += ": " + strings.Join(fields, ", ")
	}
	return out
}

func TestReceiveAgainReplaces(t *testing.T) {
	rc, b := receiver(t)
	for _, body := range []string{`[{"id":"A"}]`, `[{"id":"C"}]`} {
		if _, err := rc.Receive(t.Context(), "batch_1", received, rumbo.Payload{Kind: "orders", Format: "json", Body: strings.NewReader(body)}); err != nil {
			t.Fatal(err)
		}
	}
	if got := stored(t, b)["raw/batch_1.json"]; got != `[{"id":"C"}]` {
		t.Errorf("stored %s", got)
	}
}

// fullDisk is a bucket that breaks in the middle of a put.
type fullDisk struct{ Blobs }

func (fullDisk) Put(_ context.Context, _ string, r io.Reader, _ blob.PutOptions) (blob.Info, error) {
	_, _ = io.ReadFull(r, make([]byte, 10))
	return blob.Info{}, rumbo.Fault(rumbo.Unavailable, "blob.Put", "disk full", nil)
}

func TestFaultsOfBodyAndBlobsComeThrough(t *testing.T) {
	boom := errors.New("boom")
	known := rumbo.Fault(rumbo.TooLarge, "api", "", nil)
	for _, c := range []struct {
		err  error
		want rumbo.Code
	}{{boom, rumbo.Unavailable}, {known, rumbo.TooLarge}, {io.ErrUnexpectedEOF, rumbo.Invalid}} {
		rc, b := receiver(t)
		body := io.MultiReader(strings.NewReader(yellowHeader+"\n"), iotest.ErrReader(c.err))
		_, err := rc.Receive(t.Context(), "batch_1", received, rumbo.Payload{Kind: "trips", Format: "csv", Body: body})
		if rumbo.CodeOf(err) != c.want || len(stored(t, b)) != 0 {
			t.Errorf("body %v: got %v", c.err, err)
		}
	}
	rc := &Receiver{Blobs: fullDisk{}}
	body := strings.NewReader(yellowHeader + "\n" + yellowRow + "\n")
	if _, err := rc.Receive(t.Context(), "batch_1", received, rumbo.Payload{Kind: "trips", Format: "csv", Body: body}); rumbo.CodeOf(err) != rumbo.Unavailable {
		t.Errorf("full disk: %v", err)
	}
}

// manyOrders is a payload of orders that goes on for ever.
type manyOrders struct{ begun bool }

func (m *manyOrders) Read(p []byte) (int, error) {
	const row = `{"id":"A"},`
	if !m.begun {
		m.begun = true
		return copy(p, "["), nil
	}
	return copy(p, strings.Repeat(row, max(1, len(p)/len(row)))), nil
}

func TestKindsTakenWholeHaveTheirOwnLimit(t *testing.T) {
	rc, b := receiver(t)
	rc.MaxWholeBytes, rc.Check = 100_000, nil
	_, err := rc.Receive(t.Context(), "batch_1", received, rumbo.Payload{Kind: "orders", Format: "json", Body: &manyOrders{}})
	if rumbo.CodeOf(err) != rumbo.TooLarge || len(stored(t, b)) != 0 {
		t.Errorf("got %v", err)
	}
}

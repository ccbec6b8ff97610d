package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"io"
	"testing"

	"github.com/parquet-go/parquet-go"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3/s3test"
)

// TestUploads sends payloads past the API where there is a bucket, and through it where
// there is none: as text, compressed, and as a file that is read here and there. Each
// becomes a batch, once.
func TestUploads(t *testing.T) {
	for _, where := range []string{"bucket", "directory"} {
		t.Run(where, func(t *testing.T) {
			s := settings{Data: t.TempDir()}
			if where == "bucket" {
				s.Blobs = s3test.New(t).Bucket(t)
			}
			a, c, stop := startTownAs(t, s)
			defer stop()
			plain := read(t, "trips.csv")
			first := sendLarge(t, c, "csv", plain)
			if first.Counts.Added != 40 {
				t.Errorf("%+v", first)
			}
			if again := sendLarge(t, c, "csv", squeezed(t, plain)); again.ID != first.ID || again.SHA256 != first.SHA256 {
				t.Errorf("compressed it is another batch: %+v", again)
			}
			if table := sendLarge(t, c, "parquet", asParquet(t, plain)); table.Counts.Unchanged != 40 {
				t.Errorf("as Parquet: %+v", table)
			}
			_, err := c.IngestLarge(t.Context(), rumbo.KindTrips, "csv", bytes.NewReader([]byte("trip_id,pickup\n1,2\n")), client.IngestOptions{})
			if rumbo.CodeOf(err) != rumbo.Invalid {
				t.Errorf("bad columns: %v", err)
			}
			left := 0
			for info, err := range a.learn.Blobs.List(t.Context(), "uploads/") {
				if left++; err != nil || info.Bytes != 19 {
					t.Errorf("left: %+v, %v", info, err)
				}
			}
			if want := map[string]int{"bucket": 1, "directory": 0}[where]; left != want { // what was refused
				t.Errorf("%d uploads are left, want %d", left, want)
			}
			if _, err := c.Upload(t.Context(), rumbo.UploadRequest{Bytes: 2 << 20}); (where == "bucket") != (rumbo.CodeOf(err) == rumbo.TooLarge) {
				t.Errorf("too much: %v", err)
			}
		})
	}
}

func sendLarge(t *testing.T, c *client.Client, format string, payload []byte) rumbo.Batch {
	t.Helper()
	batch, err := c.IngestLarge(t.Context(), rumbo.KindTrips, format, bytes.NewReader(payload), client.IngestOptions{})
	if err == nil {
		batch, err = c.WaitBatch(t.Context(), batch.ID)
	}
	if err != nil || batch.State != rumbo.BatchLoaded {
		t.Fatalf("%+v, %v", batch, err)
	}
	return batch
}

func squeezed(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asParquet writes a table of trips with a column of text each.
func asParquet(t *testing.T, table []byte) []byte {
	t.Helper()
	records := csv.NewReader(bytes.NewReader(table))
	header, err := records.Read()
	if err != nil {
		t.Fatal(err)
	}
	columns := parquet.Group{}
	for _, name := range header {
		columns[name] = parquet.Compressed(parquet.String(), &parquet.Snappy)
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[map[string]string](&b, parquet.NewSchema("trips", columns), parquet.MaxRowsPerRowGroup(15))
	for {
		fields, err := records.Read()
		if err == io.EOF {
			break
		}
		row := map[string]string{}
		for i, name := range header {
			row[name] = fields[i]
		}
		if _, err := w.Write([]map[string]string{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

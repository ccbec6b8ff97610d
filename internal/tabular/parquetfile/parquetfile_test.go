package parquetfile

import (
	"bytes"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/logistica-inteligente/rumbo"
)

// wide has a column of every kind.
type wide struct {
	Name   string    `parquet:"name,dict"`
	Note   *string   `parquet:"note,optional"`
	Count  int32     `parquet:"count"`
	Big    int64     `parquet:"big,delta"`
	Ratio  float32   `parquet:"ratio"`
	Miles  float64   `parquet:"miles"`
	Flag   bool      `parquet:"flag"`
	Milli  time.Time `parquet:"milli,timestamp(millisecond)"`
	Micro  int64     `parquet:"micro,timestamp(microsecond:local)"`
	Index  int64     `parquet:"__index_level_0__"`
	Binary []byte    `parquet:"binary"`
}

func file(t testing.TB, rows any, options ...parquet.WriterOption) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch rows := rows.(type) {
	case []wide:
		err = parquet.Write(&b, rows, options...)
	case []list:
		err = parquet.Write(&b, rows, options...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

func some(n int) []wide {
	rows := make([]wide, n)
	for i := range rows {
		rows[i] = wide{Name: "a", Count: int32(i), Big: -1 << 40, Ratio: 1.55, Miles: 2.05, Flag: i%2 == 0,
			Milli: time.Date(2022, 3, 14, 10, 26, 55, 250e6, time.UTC), Micro: time.Date(2022, 3, 14, 10, 26, 55, 0, time.UTC).UnixMicro(), Binary: []byte("x,\"y\"")}
	}
	return rows
}

func TestValuesReadAsInCSV(t *testing.T) {
	rows := some(2)
	note := ""
	rows[1].Note, rows[1].Miles = &note, math.NaN()
	in := file(t, rows)
	r, err := Open(in, in.Size())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"name", "note", "count", "big", "ratio", "miles", "flag", "milli", "micro", "binary"}; !slices.Equal(r.Header(), want) {
		t.Errorf("header %q", r.Header())
	}
	for _, want := range []string{
		`a,,0,-1099511627776,1.55,2.05,true,2022-03-14T10:26:55.25Z,2022-03-14 10:26:55,"x,""y"""`,
		`a,,1,-1099511627776,1.55,NaN,false,2022-03-14T10:26:55.25Z,2022-03-14 10:26:55,"x,""y"""`,
	} {
		rec, err := r.Next()
		if err != nil || string(rec.Raw) != want || len(rec.Fields) != 10 || string(rec.Fields[9]) != `x,"y"` {
			t.Errorf("got %s (%d fields), %v", rec.Raw, len(rec.Fields), err)
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestManyRowGroups(t *testing.T) {
	in := file(t, some(1000), parquet.MaxRowsPerRowGroup(300), parquet.Compression(&parquet.Zstd))
	r, err := Open(in, in.Size())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; ; n++ {
		if _, err := r.Next(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if n != 1000 {
		t.Errorf("%d rows", n)
	}
}

type list struct {
	Values []int64 `parquet:"values"`
}

func TestFaults(t *testing.T) {
	good := file(t, some(100))
	data, _ := io.ReadAll(good)
	lists := file(t, []list{{[]int64{1, 2}}})
	listData, _ := io.ReadAll(lists)
	huge := slices.Clone(data)
	copy(huge[len(huge)-8:], "\xff\xff\xff\x7f")
	for _, c := range []struct {
		name string
		data []byte
		want rumbo.Code
	}{
		{"empty", nil, rumbo.TruncatedPayload},
		{"cut", data[:len(data)/2], rumbo.TruncatedPayload},
		{"no Parquet file", []byte(strings.Repeat("hello ", 10)), rumbo.WrongType},
		{"a list", listData, rumbo.WrongType},
		{"a footer larger than the file", huge, rumbo.TruncatedPayload},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(bytes.NewReader(c.data), int64(len(c.data)))
			e, ok := err.(*rumbo.Error)
			if !ok || e.Code != rumbo.Invalid || len(e.Fields) != 1 || e.Fields[0].Code != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

// FuzzOpen holds that a damaged file is an error, never a panic.
func FuzzOpen(f *testing.F) {
	for _, n := range []int{0, 1, 70} {
		data, _ := io.ReadAll(file(f, some(n), parquet.Compression(&parquet.Snappy)))
		f.Add(data, 0, byte(0))
		f.Add(data, len(data)-20, byte(7))
	}
	f.Fuzz(func(t *testing.T, data []byte, at int, change byte) {
		data = slices.Clone(data)
		if at >= 0 && at < len(data) {
			data[at] ^= change
		}
		r, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			if rumbo.CodeOf(err) != rumbo.Invalid {
				t.Fatal(err)
			}
			return
		}
		for range 1000 {
			rec, err := r.Next()
			if err != nil {
				return
			}
			if len(rec.Fields) != len(r.Header()) {
				t.Fatalf("%d fields, %d columns", len(rec.Fields), len(r.Header()))
			}
		}
	})
}

package tabular

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// records writes every record as its fields in brackets, or its fault.
func records(r io.Reader) (out []string, err error) {
	c := NewReader(r)
	for {
		rec, err := c.Next()
		if err != nil {
			return out, err
		}
		text := fmt.Sprintf("%q", rec.Fields)
		if rec.Fault != "" {
			text = "fault: " + rec.Fault + ": " + string(rec.Raw)
		}
		if !rec.Ended {
			text += " unended"
		}
		out = append(out, text)
	}
}

func TestRecords(t *testing.T) {
	long := strings.Repeat("x", MaxRecord)
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"plain", "a,b\n1,2\n", []string{`["a" "b"]`, `["1" "2"]`}},
		{"mark, CRLF, empty lines, no end", "\xef\xbb\xbfa,b\r\n\r\n\n1,\r\n,2", []string{`["a" "b"]`, `["1" ""]`, `["" "2"] unended`}},
		{"semicolons", "a;b,c;d\n1;2,5;3\n", []string{`["a" "b,c" "d"]`, `["1" "2,5" "3"]`}},
		{"tabs", "a\tb\n1\t2\n", []string{`["a" "b"]`, `["1" "2"]`}},
		{"quotes", "a,\"b,\nB\",\"say \"\"c\"\"\"\r\n\"\",x\n", []string{`["a" "b,\nB" "say \"c\""]`, `["" "x"]`}},
		{"a quote inside is a letter", "a,5\" pipe\n", []string{`["a" "5\" pipe"]`}},
		{"a carriage return inside", "a\rb,c\r\n", []string{`["a\rb" "c"]`}},
		{"text after a quote", "a,\"b\"c\n1,2\n", []string{`fault: text follows a closing quote: a,"b"c`, `["1" "2"]`}},
		{"a quote left open", "a,b\n1,\"2\n3,4\n", []string{`["a" "b"]`, `fault: a quote is not closed: 1,"2`, `["3" "4"]`}},
		{"a quote left open at the end", "a,b\n1,\"2", []string{`["a" "b"]`, `fault: a quote is not closed: 1,"2 unended`}},
		{"one column", "a\n1\n", []string{`["a"]`, `["1"]`}},
		{"nothing", "\n\r\n", nil},
		{"a carriage return at the end", "a\r", []string{`["a"]`}},
		{"too long", "a,b\n" + long + "y\n1,2\n", []string{`["a" "b"]`, "fault: the row is longer than 65536 bytes: " + long + " unended", `["y"]`, `["1" "2"]`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in))} {
				got, err := records(r)
				if err != io.EOF || !slices.Equal(got, c.want) {
					t.Errorf("\n got %.300q, %v\nwant %.300q", got, err, c.want)
				}
			}
		})
	}
}

func TestRawIsWhatWasSent(t *testing.T) {
	in := "a;b\r\n\"1\n;2\";3\r\n  4;5"
	c := NewReader(strings.NewReader(in))
	for _, want := range []string{"a;b", "\"1\n;2\";3", "  4;5"} {
		rec, err := c.Next()
		if err != nil || string(rec.Raw) != want || in[rec.Offset:rec.Offset+int64(len(want))] != want {
			t.Errorf("got %q at %d, %v; want %q", rec.Raw, rec.Offset, err, want)
		}
	}
}

func TestTheSourcesErrorComesThrough(t *testing.T) {
	boom := errors.New("boom")
	got, err := records(io.MultiReader(strings.NewReader("a,b\n1,"), iotest.ErrReader(boom)))
	if !errors.Is(err, boom) || len(got) != 1 {
		t.Errorf("got %q, %v", got, err)
	}
}

// repeated is a long source that is never in memory: one row many times.
type repeated struct {
	row  string
	left int
	at   int // in the row
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) && r.left > 0 {
		moved := copy(p[n:], r.row[r.at:])
		n += moved
		if r.at += moved; r.at == len(r.row) {
			r.at = 0
			r.left--
		}
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// stuck never has anything to read.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestASourceThatNeverGoesOnIsLeft(t *testing.T) {
	if _, err := records(stuck{}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("got %v", err)
	}
}

func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	const each, runs = 2000, 50
	c := NewReader(&repeated{row: "aaaaaaaaaa,bbbbbbbbbb,\"cc\"\"cc\"\n", left: each * (runs + 2)})
	read := 0
	allocated := testing.AllocsPerRun(runs, func() {
		for range each {
			if _, err := c.Next(); err != nil {
				t.Fatal(err)
			}
			read++
		}
	})
	if read != each*(runs+1) || allocated > 1 || len(c.buf) != 2*MaxRecord {
		t.Errorf("%d rows, %v allocations each %d, a buffer of %d bytes", read, allocated, each, len(c.buf))
	}
}

func FuzzReader(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a;\"b\";c\r\n", "\"a\nb\",c", "a,\"b", "\xef\xbb\xbfx\r", "a,\"b\"c\nd", ",,\n\n,", "\"\"\"\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		c := NewReader(bytes.NewReader(in))
		var got [][]string
		var end int64
		clean := !bytes.Contains(in, []byte("\r")) // encoding/csv drops some of these
		for {
			rec, err := c.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if rec.Offset < end || !bytes.Equal(in[rec.Offset:rec.Offset+int64(len(rec.Raw))], rec.Raw) {
				t.Fatalf("the record %q is not at %d", rec.Raw, rec.Offset)
			}
			end = rec.Offset + int64(len(rec.Raw))
			clean = clean && rec.Fault == ""
			row := []string{}
			for _, field := range rec.Fields {
				row = append(row, string(field))
			}
			got = append(got, row)
		}
		if !clean {
			return
		}
		peer := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(in, []byte("\xef\xbb\xbf"))))
		peer.Comma, peer.FieldsPerRecord, peer.LazyQuotes = rune(c.comma), -1, false
		want, err := peer.ReadAll()
		if err == nil && !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Fatalf("got %q, encoding/csv reads %q", got, want)
		}
	})
}

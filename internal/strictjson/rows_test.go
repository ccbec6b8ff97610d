package strictjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/logistica-inteligente/rumbo"
)

// rowsOf reads all rows as "at raw", and the fault at the end.
func rowsOf(in string, o RowsOptions) (out []string, fault string) {
	for row, err := range Rows(iotest.OneByteReader(strings.NewReader(in)), o) {
		var e *rumbo.Error
		switch {
		case errors.As(err, &e):
			return out, list(e.Fields)
		case err != nil:
			return out, err.Error()
		}
		out = append(out, row.At+" "+string(row.Raw))
	}
	return out, ""
}

func TestRows(t *testing.T) {
	wrapped := RowsOptions{Wrapper: "orders"}
	for _, c := range []struct {
		name, in string
		o        RowsOptions
		want     string
		fault    string
	}{
		{"array", `[{"a":1} , [2,"]"],"x\"]", 3,null ]`, wrapped, `/0 {"a":1}|/1 [2,"]"]|/2 "x\"]"|/3 3|/4 null`, ""},
		{"wrapped", "\xef\xbb\xbf { \"orders\" : [ {\"a\":{}} ] } \n", wrapped, `/orders/0 {"a":{}}`, ""},
		{"empty array", `[]`, wrapped, "", ""},
		{"empty", " \n", wrapped, "", " empty_payload"},
		{"other keys", `{"x":[{"y":1}],"orders":[1],"z":"s","orders":[2]}`, wrapped, "/orders/0 1", "/x unknown_field; /z unknown_field; /orders duplicate_field"},
		{"no rows", `{"order":[]}`, wrapped, "", "/order unknown_field; /orders missing_field"},
		{"rows of another type", `{"orders":{"a":1}}`, wrapped, "", "/orders wrong_type"},
		{"no wrapper here", `{"orders":[]}`, RowsOptions{}, "", " wrong_type"},
		{"a word", `hello`, wrapped, "", " wrong_type"},
		{"truncated between rows", `[1,`, wrapped, "/0 1", " truncated_payload"},
		{"truncated in a row", `[{"a":1},{"a"`, wrapped, `/0 {"a":1}`, "/1 truncated_payload"},
		{"truncated wrapper", `{"orders":[1]`, wrapped, "/orders/0 1", " truncated_payload"},
		{"brackets do not match", `[{"a":1]]`, wrapped, "", "/0 bad_json"},
		{"comma at the end", `[1,]`, wrapped, "/0 1", "/1 bad_json"},
		{"broken beside the rows", `{"x":[1}`, wrapped, "", "/x bad_json"},
		{"two commas", `[1,,2]`, wrapped, "/0 1", "/1 bad_json"},
		{"no comma", `[1 2]`, wrapped, "/0 1", " bad_json"},
		{"something follows", `[1] x`, wrapped, "/0 1", " bad_json"},
		{"too long", `["` + strings.Repeat("x", 50) + `"]`, RowsOptions{MaxRow: 40}, "", "/0 too_long"},
		{"lines", "{\"a\":1}\n\n  {\"a\":2}\r\n3", RowsOptions{Lines: true}, "/0 {\"a\":1}|/1   {\"a\":2}\r|/2 3", ""},
		{"long line", strings.Repeat("x", 50), RowsOptions{Lines: true, MaxRow: 40}, "", "/0 too_long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, fault := rowsOf(c.in, c.o)
			if got := strings.Join(rows, "|"); got != c.want || fault != c.fault {
				t.Errorf("\n got %s (%s)\nwant %s (%s)", got, fault, c.want, c.fault)
			}
		})
	}
}

func TestRowFaultsPointIntoThePayload(t *testing.T) {
	in := "[\n {\"id\":\"A\"},\n {\"id\":\n  x}]"
	for row, err := range Rows(strings.NewReader(in), RowsOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if faults := Decode(row.Raw, &v, row.Options()); faults != nil {
			if got, want := faults[0].Value, "a value is missing at line 4, column 3 (byte "+fmt.Sprint(strings.Index(in, "x"))+")"; got != want || faults[0].Pointer != "/1/id" {
				t.Errorf("got %q at %s, want %q", got, faults[0].Pointer, want)
			}
		}
	}
}

func TestRowsPassOnTheSourcesError(t *testing.T) {
	boom := errors.New("boom")
	in := io.MultiReader(strings.NewReader(`[1,{"a"`), iotest.ErrReader(boom))
	var last error
	for _, err := range Rows(in, RowsOptions{}) {
		last = err
	}
	if !errors.Is(last, boom) {
		t.Errorf("got %v", last)
	}
}

func FuzzRows(f *testing.F) {
	for _, seed := range []string{`[{"a":1},[2],"x",3,null]`, `{"orders":[{"a":[{}]}]}`, `[1,`, `{"orders":1,"x":2}`, "[\"\\", "[]x", `{"\u006frders":[]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		var rows []json.RawMessage
		good := true
		for row, err := range Rows(strings.NewReader(in), RowsOptions{Wrapper: "orders"}) {
			if err != nil {
				good = false
				break
			}
			if string(in[row.Offset:row.Offset+int64(len(row.Raw))]) != string(row.Raw) {
				t.Fatalf("row %d is not where it says", row.Index)
			}
			rows = append(rows, append([]byte(nil), row.Raw...))
			var v any
			good = good && Decode(row.Raw, &v, row.Options()) == nil
		}
		var want []json.RawMessage
		if good && strings.HasPrefix(strings.TrimLeft(in, " \t\r\n"), "[") {
			if err := json.Unmarshal([]byte(in), &want); err != nil || len(want) != len(rows) {
				t.Fatalf("%d rows, encoding/json says %d, %v", len(rows), len(want), err)
			}
		}
	})
}

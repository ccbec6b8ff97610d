package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo"
)

// list writes faults as "pointer code", one a line, with value, limit and
// suggestion where verbose.
func list(faults []rumbo.FieldError) string {
	var out []string
	for _, f := range faults {
		out = append(out, fmt.Sprintf("%s %s", f.Pointer, f.Code))
	}
	return strings.Join(out, "; ")
}

func TestEveryFaultAtOnce(t *testing.T) {
	const ok = `"id":"A","day":"2022-01-31","location":{"lat":40.7,"lon":-74}`
	for _, c := range []struct{ name, in, want string }{
		{"good", "{" + ok + "}", ""},
		{"byte order mark", "\xef\xbb\xbf{" + ok + "}", ""},
		{"empty", " \n", " empty_payload"},
		{"missing", `{"id":"A"}`, "/day missing_field; /location missing_field"},
		{"half a point", `{"id":"A","day":"2022-01-31","location":{"lat":40.7}}`, "/location/lon missing_field"},
		{"wrong types everywhere", `{"id":7,"day":true,"location":[1],"service_s":"5","load":3,"windows":{},"skills":"x","optional":0}`,
			"/id wrong_type; /day wrong_type; /location wrong_type; /service_s wrong_type; /load wrong_type; /windows wrong_type; /skills wrong_type; /optional wrong_type"},
		{"unknown and repeated", "{" + ok + `,"servce_s":5,"id":"B"}`, "/servce_s unknown_field; /id duplicate_field"},
		{"fraction for a whole number", "{" + ok + `,"service_s":5.0}`, "/service_s wrong_type"},
		{"too large a number", "{" + ok + `,"service_s":99999999999999999999}`, "/service_s out_of_range"},
		{"bad times", "{" + ok + `,"windows":[{"open":"2022-01-31 08:00","close":8},{"open":"2022-01-31T08:00:00Z"}]}`,
			"/windows/0/open bad_time; /windows/0/close wrong_type; /windows/1/close missing_field"},
		{"null where nothing may be missing", "{" + ok + `,"service_s":null,"windows":null,"load":null}`, "/service_s wrong_type"},
		{"not UTF-8", "{" + ok + ",\"address\":\"Calle \xff\xfe\",\"servce\":1}", "/address not_utf8; /servce unknown_field"},
		{"not UTF-8 outside strings", "{" + ok + ",\xff}", " not_utf8"},
		{"syntax after other faults", `{"id":7,"day":2,}`, "/id wrong_type; /day wrong_type;  bad_json"},
		{"truncated in an object", `{"id":"A"`, " truncated_payload"},
		{"truncated in a string", `{"id":"A`, "/id truncated_payload"},
		{"truncated in a literal", `{"optional":tr`, "/optional truncated_payload"},
		{"something follows", "{" + ok + "} x", " bad_json"},
		{"single quotes", `{'id':'A'}`, " bad_json"},
		{"not a number", "{" + ok + `,"service_s":NaN}`, "/service_s bad_json"},
		{"leading zero", "{" + ok + `,"service_s":01}`, " bad_json"},
		{"control character", "{" + ok + ",\"address\":\"a\nb\"}", "/address bad_json"},
		{"escaped pointer", "{" + ok + `,"a/b~c":1}`, "/a~1b~0c unknown_field"},
		{"wrong whole", `[1]`, " wrong_type"},
		{"read-only is ignored", "{" + ok + `,"batch_id":"batch_9"}`, ""},
		{"too deep", strings.Repeat("[", 70), strings.Repeat("/0", 64) + " bad_json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var o rumbo.Order
			if got := list(Decode([]byte(c.in), &o, Options{})); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			if o.BatchID != "" {
				t.Error("a read-only field was set")
			}
		})
	}
}

func TestFaultsSayWhatWouldBeRight(t *testing.T) {
	var o rumbo.Order
	in := "{\n  \"id\": 7, \"serviceS\": 5, \"windws\": [],\n  \"day\": ]"
	faults := Decode([]byte(in), &o, Options{At: "/orders/3", Offset: 100, Line: 9})
	want := []rumbo.FieldError{
		{Pointer: "/orders/3/id", Code: rumbo.WrongType, Value: "7", Limit: "a string"},
		{Pointer: "/orders/3/serviceS", Code: rumbo.UnknownField, Value: "serviceS", Suggestion: "service_s"},
		{Pointer: "/orders/3/windws", Code: rumbo.UnknownField, Value: "windws", Suggestion: "windows"},
		{Pointer: "/orders/3/day", Code: rumbo.BadJSON, Value: "a value is missing at line 12, column 10 (byte 151)"},
	}
	if !reflect.DeepEqual(faults, want) {
		t.Errorf("got %+v", faults)
	}
}

func TestTheListIsCutAndSaysSo(t *testing.T) {
	var numbers []int
	faults := Decode([]byte("["+strings.Repeat(`"x",`, 500)+"1]"), &numbers, Options{MaxFaults: 10})
	if len(faults) != 11 || faults[10].Code != rumbo.MoreFaults || faults[10].Limit != 10 {
		t.Errorf("got %d faults, last %+v", len(faults), faults[len(faults)-1])
	}
}

func TestMergeNamesAFaultOnce(t *testing.T) {
	var o rumbo.Order
	decoded := Decode([]byte(`{"id":7,"dya":"2022-01-31","location":{"lat":95,"lon":100},"service_s":-1}`), &o, Options{})
	got := list(Merge(decoded, o.Validate("")))
	if want := "/id wrong_type; /dya unknown_field; /day missing_field; /location/lat out_of_range; /service_s out_of_range"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

type inner struct {
	A int    `json:"a"`
	B string `json:"b,omitempty"`
}

type everything struct {
	inner
	*Outer  `json:",omitempty"`
	Named   inner            `json:"named"`
	B       bool             `json:"b,omitempty"` // hides the embedded one
	I8      int8             `json:"i8"`
	U16     uint16           `json:"u16"`
	F32     float32          `json:"f32"`
	F64     float64          `json:"f64"`
	S       string           `json:"s"`
	P       *int             `json:"p"`
	T       time.Time        `json:"t"`
	TP      *time.Time       `json:"tp,omitempty"`
	M       map[string]inner `json:"m"`
	L       []inner          `json:"l"`
	LL      [][]string       `json:"ll"`
	Bytes   []byte           `json:"bytes"`
	Raw     json.RawMessage  `json:"raw,omitempty"`
	Any     any              `json:"any"`
	Arr     [2]int           `json:"arr"`
	Skip    string           `json:"-"`
	NoTag   int
	MapPtr  map[string]*inner `json:"map_ptr,omitempty"`
	private int
}

// Outer is embedded by pointer.
type Outer struct {
	C string `json:"c,omitempty"`
}

func anyEverything(t *rapid.T) everything {
	text := rapid.String()
	small := rapid.Custom(func(t *rapid.T) inner {
		return inner{A: rapid.Int().Draw(t, "a"), B: text.Draw(t, "b")}
	})
	v := everything{
		Named: small.Draw(t, "named"), B: rapid.Bool().Draw(t, "bool"),
		I8: rapid.Int8().Draw(t, "i8"), U16: rapid.Uint16().Draw(t, "u16"), F32: rapid.Float32Range(-1e9, 1e9).Draw(t, "f32"),
		F64: rapid.Float64Range(-1e300, 1e300).Draw(t, "f64"), S: text.Draw(t, "s"),
		T:  time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "t"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
		M:  rapid.MapOf(text, small).Draw(t, "m"),
		L:  rapid.SliceOf(small).Draw(t, "l"),
		LL: rapid.SliceOfN(rapid.SliceOfN(text, 0, 3), 0, 3).Draw(t, "ll"), Bytes: rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"),
		Any: rapid.OneOf(rapid.Just[any](nil), text.AsAny(), rapid.Float64Range(-9, 9).AsAny(), rapid.Bool().AsAny()).Draw(t, "any"),
		Raw: json.RawMessage(`{"k":[1,null,"x"]}`), Arr: [2]int{1, 2}, NoTag: 4, private: 0,
	}
	v.inner.A = rapid.Int().Draw(t, "embedded")
	if rapid.Bool().Draw(t, "pointers") {
		n := rapid.Int().Draw(t, "p")
		v.P, v.TP, v.Outer = &n, &v.T, &Outer{C: "c"}
		v.MapPtr = map[string]*inner{"x": {A: 1}, "nil": nil}
	}
	return v
}

func TestAgreesWithEncodingJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anyEverything(t)
		data, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "indented") {
			var b bytes.Buffer
			_ = json.Indent(&b, data, "", "\t")
			data = b.Bytes()
		}
		var want, got everything
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		if faults := Decode(data, &got, Options{}); faults != nil {
			t.Fatalf("%s\n%+v", data, faults)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s\n got %+v\nwant %+v", data, got, want)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"id":"A","day":"2022-01-31","location":{"lat":40.7,"lon":-74},"windows":[{"open":"2022-01-31T08:00:00-05:00","close":"2022-01-31T09:00:00-05:00"}]}`,
		`{"id":"\ud83d\ude9a","load":{"kg":1}}`, `{"id":"\ud83d"`, `[1,2`, `{"a":{"b":[{}]}}`, `1e400`, "\"\xff\"", "\xef\xbb\xbfnull", `{"id":"A","id":"B"}`, "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var o rumbo.Order
		faults := Decode(data, &o, Options{})
		var v any
		anyFaults := Decode(data, &v, Options{})
		trimmed := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
		if faults == nil {
			var want rumbo.Order
			if err := json.Unmarshal(trimmed, &want); err != nil {
				t.Fatalf("accepted what encoding/json refuses: %v", err)
			}
			want.BatchID = ""
			if !reflect.DeepEqual(o, want) {
				t.Fatalf("got %+v, want %+v", o, want)
			}
		}
		for _, fault := range anyFaults { // an any takes whatever is JSON
			switch fault.Code {
			case rumbo.DuplicateField, rumbo.NotUTF8, rumbo.MoreFaults:
			case rumbo.EmptyPayload, rumbo.TruncatedPayload, rumbo.BadJSON, rumbo.WrongType:
				if json.Valid(trimmed) && !strings.Contains(fmt.Sprint(fault.Value), "nested deeper") && fault.Code != rumbo.WrongType {
					t.Fatalf("refused valid JSON: %+v", fault)
				}
			default:
				t.Fatalf("unexpected fault %+v", fault)
			}
		}
		if anyFaults == nil && !json.Valid(trimmed) {
			t.Fatal("accepted what is not JSON")
		}
	})
}

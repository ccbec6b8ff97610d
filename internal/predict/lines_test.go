package predict_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
	"github.com/logistica-inteligente/rumbo/internal/predict"
)

func quiet(int64, int64, int64) {}

// roads answers as modeltest's do and may be asked by many at once.
type roads struct{}

func (roads) RoadTimes(_ context.Context, pairs []feature.Pair) ([]feature.Road, error) {
	out := make([]feature.Road, len(pairs))
	for i, p := range pairs {
		out[i] = modeltest.Road(p)
	}
	return out, nil
}

func linePredictor(t testing.TB) *predict.Predictor {
	p := predictor(t, feature.R)
	p.Roads = roads{}
	return p
}

// queries are n good queries and the file of them.
func queries(t testing.TB, n int) (out []rumbo.PredictionQuery, file []byte) {
	t.Helper()
	var b bytes.Buffer
	at := places(n+1, 7)
	for i := range n {
		q := rumbo.PredictionQuery{From: rumbo.Spot{Point: &at[i]}, To: rumbo.Spot{Point: &at[i+1]}, DepartAt: modeltest.Start().Add(time.Duration(i) * time.Minute)}
		if i%3 == 0 {
			q.From = rumbo.Spot{Zone: int32(i%36) + 1}
		}
		text, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, q)
		fmt.Fprintf(&b, "%s\n", text)
	}
	return out, b.Bytes()
}

func answered(t *testing.T, text []byte) (out []rumbo.PredictedLine) {
	t.Helper()
	for row := range strings.Lines(string(text)) {
		var l rumbo.PredictedLine
		if err := json.Unmarshal([]byte(row), &l); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

// TestLinesSayWhatPredictSays, in the order of the file, the same bytes with any number of cores.
func TestLinesSayWhatPredictSays(t *testing.T) {
	p := linePredictor(t)
	asked, file := queries(t, 5000)
	want, err := p.Predict(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	var before []byte
	for _, cores := range []int{1, 4} {
		was := runtime.GOMAXPROCS(cores)
		var out bytes.Buffer
		var last [3]int64
		counts, err := p.AnswerLines(t.Context(), bytes.NewReader(file), &out, func(lines, good, bytes int64) { last = [3]int64{lines, good, bytes} })
		runtime.GOMAXPROCS(was)
		if err != nil || counts.Queries != 5000 || counts.Answered != 5000 || last != [3]int64{5000, 5000, int64(len(file)) - 1} {
			t.Fatalf("%+v, %v; told %v of %d bytes", counts, err, last, len(file))
		}
		if before != nil && !bytes.Equal(before, out.Bytes()) {
			t.Error("the bytes depend on the number of cores")
		}
		before = out.Bytes()
	}
	for i, l := range answered(t, before) {
		if l.Line != int64(i)+1 || len(l.Faults) > 0 || *l.Prediction != want[i] {
			t.Fatalf("line %d: %+v, want %+v", i+1, l, want[i])
		}
	}
}

// TestFaultyLines have their faults in place of an answer; the others are answered.
func TestFaultyLines(t *testing.T) {
	p := linePredictor(t)
	good := `{"from":{"zone":1},"to":{"zone":2},"depart_at":"2024-03-04T08:00:00Z"}`
	file := strings.Join([]string{good, "", `{"from":{"zone":99},"to":{},"depart_at":"2024-03-04T08:00:00Z"}`, `{"from":`, " \t",
		`{"from":{"zone":99},"to":{},"depart_at":"yesterday","distanse_m":3}`, good,
		`{"from":{"zone":77},"to":{"zone":2},"depart_at":"2024-03-04T08:00:00Z"}`}, "\r\n")
	want := map[int64]string{1: "", 3: "/to/point missing_field", 4: "/from truncated_payload", 6: "/depart_at bad_time, /distanse_m unknown_field, /to/point missing_field", 7: "", 8: "/from/zone unknown_reference"}
	var out bytes.Buffer
	counts, err := p.AnswerLines(t.Context(), strings.NewReader(file), &out, quiet)
	if err != nil {
		t.Fatal(err)
	}
	lines := answered(t, out.Bytes())
	if len(lines) != len(want) {
		t.Errorf("%d lines, want %d", len(lines), len(want))
	}
	for _, l := range lines {
		var got []string
		for _, f := range l.Faults {
			got = append(got, f.Pointer+" "+string(f.Code))
			if f.Message == "" {
				t.Errorf("no text: %+v", f)
			}
		}
		if say, ok := want[l.Line]; !ok || strings.Join(got, ", ") != say || (l.Prediction == nil) != (say != "") {
			t.Errorf("line %d: %q, want %q; %+v", l.Line, got, say, l.Prediction)
		}
	}
	checked, first, err := p.CheckLines(t.Context(), strings.NewReader(file), quiet)
	checked.Answered = counts.Answered
	if err != nil || !reflect.DeepEqual(checked, counts) || counts.Faulty != 4 || counts.Answered != 2 || counts.ByCode[rumbo.UnknownField] != 1 {
		t.Errorf("checked %+v, answered %+v, %v", checked, counts, err)
	}
	if len(first) != 4 || first[0].Line != 3 || first[3].Line != 8 {
		t.Errorf("%+v", first)
	}
}

// TestReportsStaySmall however much is at fault.
func TestReportsStaySmall(t *testing.T) {
	many := strings.Repeat(`{"a":1,"b":2,"c":3,"d":4}`+"\n", 3000)
	counts, first, err := linePredictor(t).CheckLines(t.Context(), strings.NewReader(many), quiet)
	if err != nil || counts.Faulty != 3000 || len(first) != 20 || len(first[0].Faults) != 3 || counts.ByCode[rumbo.UnknownField] != 12000 {
		t.Errorf("%+v, %d lines, %v", counts, len(first), err)
	}
}

// TestLinesEndEarly when somebody cancels, the file or the writer breaks, or a line is too long.
func TestLinesEndEarly(t *testing.T) {
	p := linePredictor(t)
	_, file := queries(t, 3000)
	broken := errors.New("broken")
	ctx, cancel := context.WithCancelCause(t.Context())
	told := 0
	_, err := p.AnswerLines(ctx, io.MultiReader(bytes.NewReader(file), bytes.NewReader(file), bytes.NewReader(file)), io.Discard,
		func(int64, int64, int64) { told++; cancel(broken) })
	if !errors.Is(err, broken) || told != 1 {
		t.Errorf("canceled: %v, told %d times", err, told)
	}
	if _, err := p.AnswerLines(t.Context(), io.MultiReader(bytes.NewReader(file), iotest.ErrReader(broken)), io.Discard, quiet); !errors.Is(err, broken) {
		t.Errorf("a file that breaks off: %v", err)
	}
	r, w := io.Pipe()
	r.CloseWithError(broken)
	if _, err := p.AnswerLines(t.Context(), bytes.NewReader(file), w, quiet); !errors.Is(err, broken) {
		t.Errorf("a writer that breaks off: %v", err)
	}
	if _, err := p.AnswerLines(t.Context(), strings.NewReader(strings.Repeat("x", 2<<20)), io.Discard, quiet); rumbo.CodeOf(err) != rumbo.Invalid {
		t.Errorf("a long line: %v", err)
	}
}

// counted counts what was read.
type counted struct {
	io.Reader
	bytes atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

// TestReadingDoesNotRunAhead of the writing by more than the chunks hold, so that the memory
// does not grow with the file.
func TestReadingDoesNotRunAhead(t *testing.T) {
	_, file := queries(t, 40_000)
	in := &counted{Reader: bytes.NewReader(file)}
	chunk := int64(len(file)/40_000+1) * 1024
	most := int64(2*runtime.GOMAXPROCS(0)+1)*chunk + 128<<10 // and what is read before it is cut into lines
	if 2*most > int64(len(file)) {
		t.Logf("%d cores may hold all of %d bytes", runtime.GOMAXPROCS(0), len(file))
	}
	_, err := linePredictor(t).AnswerLines(t.Context(), in, io.Discard, func(_, _, bytes int64) {
		if ahead := in.bytes.Load() - bytes; ahead > most {
			t.Errorf("%d bytes ahead, at most %d are to be", ahead, most)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkAnswerLines is the whole way of a line, but for the disk: read, resolve, ask the
// roads (of a formula), 20 trees a quantile, write.
func BenchmarkAnswerLines(b *testing.B) {
	p := linePredictor(b)
	const rows = 20_000
	_, file := queries(b, rows)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if _, err := p.AnswerLines(b.Context(), bytes.NewReader(file), io.Discard, quiet); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

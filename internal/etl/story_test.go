package etl

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/zone"
)

var update = flag.Bool("update", false, "rewrite the results of testdata/*.story")

// A story is a file with a few words on what it shows, settings of the batch,
// the payload (or the path of one, from this folder) and what becomes of each row.
type story struct {
	text    string // everything before the results
	results string
	batch   rumbo.Batch
	zones   Zones
	payload []byte
	check   bool // Check instead of Clean
}

const resultsMark = "-- results --\n"

func readStory(t *testing.T, path string) *story {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := &story{batch: rumbo.Batch{ID: "batch_1"}}
	s.text, s.results, _ = strings.Cut(string(data), resultsMark)
	settings, payload, inline := strings.Cut(s.text, "-- payload --\n")
	s.payload = []byte(payload)
	for line := range strings.Lines(settings) {
		line = strings.TrimSpace(line)
		key, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "" || line[0] == '#':
		case key == "payload" && !inline:
			if s.payload, err = os.ReadFile(value); err != nil {
				t.Fatal(err)
			}
		case key == "zones":
			s.zones = storyZones(t, value)
		case key == "check":
			s.check = true
		default:
			s.set(t, key, value)
		}
	}
	return s
}

func (s *story) set(t *testing.T, key, value string) {
	t.Helper()
	fields := map[string]*string{"kind": &s.batch.Kind, "format": &s.batch.Format, "schema": &s.batch.Schema,
		"time_zone": &s.batch.TimeZone, "month": &s.batch.Month}
	if fields[key] == nil {
		t.Fatalf("setting %q", key)
	}
	*fields[key] = value
}

func storyZones(t *testing.T, name string) Zones {
	t.Helper()
	if name == "New York" {
		return zonesTo(263)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := zone.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// tell writes what becomes of the story's rows.
func (s *story) tell() string {
	var b strings.Builder
	if s.check {
		for _, f := range rumbo.Render(rumbo.English, Check(s.batch, bytes.NewReader(s.payload))) {
			fmt.Fprintf(&b, "%s: %s: %s\n", f.Pointer, f.Code, f.Message)
		}
		return b.String()
	}
	for res, err := range Clean(bytes.NewReader(s.payload), s.batch, s.zones) {
		switch {
		case err != nil:
			fmt.Fprintf(&b, "the payload ends: %v\n", err)
		case res.Rejected != nil:
			fmt.Fprintf(&b, "%d %s: %s\n    %s\n", res.Row, res.Rejected.Rule, res.Rejected.Reason, res.Rejected.Raw)
		default:
			fmt.Fprintf(&b, "%d accepted\n    %s\n", res.Row, record(res))
		}
		if res.Note != "" {
			fmt.Fprintf(&b, "    note: %s\n", res.Note)
		}
	}
	return b.String()
}

func record(res Result) string {
	var v any
	switch {
	case res.Trip != nil:
		v = res.Trip
	case res.Order != nil:
		v = res.Order
	case res.Vehicle != nil:
		v = res.Vehicle
	case res.Depot != nil:
		v = res.Depot
	}
	text, _ := json.Marshal(v)
	return string(text)
}

func TestStories(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.story")
	if err != nil || len(paths) == 0 {
		t.Fatal("no stories", err)
	}
	told := map[string]bool{}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			s := readStory(t, path)
			got := s.tell()
			for line := range strings.Lines(got) {
				words := strings.Fields(line)
				if len(words) > 1 {
					told[strings.TrimSuffix(words[1], ":")] = true
				}
			}
			if *update {
				if err := os.WriteFile(path, []byte(s.text+resultsMark+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != s.results {
				t.Errorf("go test -update shows what changed; got\n%s", got)
			}
		})
	}
	for _, r := range tripRules {
		if !told[r.Name] {
			t.Errorf("no story tells of rule %s", r.Name)
		}
	}
	for _, name := range []string{RuleFieldCount, RuleUnreadable, RuleBadValue, RuleNoTime, RuleNoPlace, RuleBadPlace} {
		if !told[name] {
			t.Errorf("no story tells of rule %s", name)
		}
	}
}

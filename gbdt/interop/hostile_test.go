package interop

import (
	"bytes"
	"compress/zlib"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// survive reads bytes that may be anything: the outcome must be a refusal or a model that predicts.
func survive(t *testing.T, in []byte) {
	t.Helper()
	m, err := Read(bytes.NewReader(in), Limits{Bytes: 1 << 22, Memory: 1 << 25})
	if err != nil {
		if !errors.Is(err, ErrRefused) {
			t.Fatal(err)
		}
		return
	}
	m.Predict(make([]float64, max(0, m.Width())))
	m.FeatureNames()
}

// Every change of one byte is refused or harmless.
func TestEverySingleByteCorruption(t *testing.T) {
	for _, name := range []string{"dtree.p4.pkl", "coltrans_drop.p0.pkl", "ttr_log1p.p5.pkl", "linear.p2.pkl", "xgb_dart.ubj"} {
		file, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for i := range file {
			for _, change := range []byte{0x01, 0x80, 0xff} {
				bad := bytes.Clone(file)
				bad[i] ^= change
				survive(t, bad)
			}
		}
		for n := range file {
			if _, err := Read(bytes.NewReader(file[:n]), Limits{}); !errors.Is(err, ErrRefused) {
				t.Fatalf("%s: first %d bytes: %v", name, n, err)
			}
		}
	}
}

// In small files every byte takes every other value.
func TestEveryByteValue(t *testing.T) {
	for _, name := range []string{"linear.p4.pkl", "dummy.p4.pkl", "xgb_gblinear.deprecated"} {
		file, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		bad := bytes.Clone(file)
		for i := range file {
			for v := range 256 {
				bad[i] = byte(v)
				survive(t, bad)
			}
			bad[i] = file[i]
		}
	}
}

// What is refused, and that the error names it.
func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct{ in, says string }{
		"empty":              {"", "empty"},
		"noise":              {"hello", "did not keep"},
		"os.system":          {"cos\nsystem\n(S'true'\ntR.", "os.system"},
		"eval":               {"c__builtin__\neval\n(S'1'\ntR.", "eval"},
		"getattr":            {"cbuiltins\ngetattr\n.", "getattr"},
		"sklearn symbol":     {"csklearn.svm._classes\nSVR\n.", "SVR"},
		"instance opcode":    {"(ios\nsystem\n.", "opcode"},
		"persistent id":      {"Pabc\n.", "opcode"},
		"extension":          {"\x82\x01.", "opcode"},
		"out of band buffer": {"\x97.", "opcode"},
		"protocol 6":         {"\x80\x06.", "protocol 6"},
		"a number":           {"I5\n.", "int"},
		"leaves values":      {"NN.", "leaves values behind"},
		"takes too much":     {"0.", "takes more"},
		"mark as value":      {"(.", "mark"},
		"no mark":            {"t.", "mark"},
		"unknown memo":       {"g7\n.", "did not keep"},
		"long length":        {"\x8d\xff\xff\xff\xff\xff\xff\xff\xff.", "cut short"},
		"xz":                 {"\xfd7zXZ\x00", "xz"},
		"no json model":      {`{"a":1}`, "learner"},
		"deep json":          {`{"a":` + strings.Repeat("[", 100), "nested"},
		"json twice":         {`{"a":1,"a":2}`, "twice"},
		"unfitted":           {"\x80\x02csklearn.linear_model._ridge\nRidge\n)\x81}b.", "how many features"},
		"big-endian array":   {"\x80\x02cnumpy\ndtype\nX\x02\x00\x00\x00f8\x85R(K\x03X\x01\x00\x00\x00>NNNtb.", "big-endian"},
	} {
		_, err := Read(strings.NewReader(c.in), Limits{})
		if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want something about %q", name, err, c.says)
		}
	}
}

// Files that ask for much more than they are: all must be refused within the limits.
func TestBombs(t *testing.T) {
	var bomb bytes.Buffer
	w := zlib.NewWriter(&bomb)
	if _, err := w.Write(make([]byte, 100<<20)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	cycle := "\x80\x02csklearn.pipeline\nPipeline\n)\x81q\x00}X\x05\x00\x00\x00steps](X\x01\x00\x00\x00ah\x00\x86esb."
	doubling := "\x80\x02]q\x00" + strings.Repeat("(h\x00h\x00l0", 10) + strings.Repeat("(", 10) + strings.Repeat("l", 10) + "."
	for name, in := range map[string]string{
		"zlib":           bomb.String(),
		"dictionaries":   strings.Repeat("}", 4<<20) + ".",
		"memo":           "N" + strings.Repeat("2\x94", 3<<20) + ".",
		"cycle":          cycle,
		"doubling":       doubling,
		"deep pipelines": "\x80\x02" + strings.Repeat("csklearn.pipeline\nPipeline\n)\x81}X\x05\x00\x00\x00steps](X\x01\x00\x00\x00a", 200) + "N" + strings.Repeat("\x86esb", 200) + ".",
	} {
		if _, err := Read(strings.NewReader(in), Limits{}); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", name, err)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		if ext := filepath.Ext(path); ext == ".csv" || ext == ".py" {
			continue
		}
		file, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if len(file) < 12_000 {
			f.Add(file)
		}
	}
	f.Add([]byte(lgbText))
	f.Fuzz(survive)
}

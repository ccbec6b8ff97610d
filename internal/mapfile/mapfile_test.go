package mapfile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func write(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func zip(t *testing.T, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestOpenGivesTheContents(t *testing.T) {
	text := bytes.Repeat([]byte("calle "), 10_000)
	for _, tt := range []struct {
		name string
		file []byte
		want []byte
	}{
		{"plain", text, text},
		{"one byte", []byte{0x1f}, []byte{0x1f}},
		{"empty", nil, nil},
		{"gzip", zip(t, text), text},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Open(write(t, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(f.Bytes(), tt.want) {
				t.Errorf("%d bytes, want %d", len(f.Bytes()), len(tt.want))
			}
			for range 2 {
				if err := f.Close(); err != nil {
					t.Error(err)
				}
			}
			if f.Bytes() != nil {
				t.Error("bytes after Close")
			}
		})
	}
}

func TestOldBytesStayAfterReplacingByRename(t *testing.T) {
	path := write(t, []byte("old"))
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Rename(write(t, []byte("new")), path); err != nil {
		t.Fatal(err)
	}
	if string(f.Bytes()) != "old" {
		t.Errorf("bytes are %q", f.Bytes())
	}
}

func TestOpenRefuses(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := Open(t.TempDir()); !errors.Is(err, ErrNotRegular) {
		t.Errorf("directory: %v", err)
	}
	packed := zip(t, []byte("a long enough text"))
	for name, data := range map[string][]byte{
		"cut":           packed[:len(packed)-4],
		"only a header": packed[:2],
		"wrong sum":     append(packed[:len(packed)-8:len(packed)-8], 0, 0, 0, 0, 0, 0, 0, 0),
	} {
		if f, err := Open(write(t, data)); err == nil {
			t.Errorf("%s: %q without error", name, f.Bytes())
		}
	}
}

package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/logistica-inteligente/rumbo"
)

// TestKeepLines keeps a file under the caller's key, plain whatever it came as, or nothing.
func TestKeepLines(t *testing.T) {
	file := "{\"a\":1}\n\n[2]\n"
	for name, body := range map[string]string{"plain": file, "gzip": zipped(file), "zstd": squeezed(file)} {
		rc, b := receiver(t)
		got, err := rc.KeepLines(t.Context(), "some/where", strings.NewReader(body))
		if err != nil || got != (Kept{Bytes: int64(len(file)), SHA256: sha(file)}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if diff := cmp.Diff(map[string]string{"some/where": file}, stored(t, b)); diff != "" {
			t.Error(name, diff)
		}
	}
	for name, c := range map[string]struct {
		body string
		want rumbo.Code
	}{
		"empty": {"\n \r\n", rumbo.Invalid}, "cut off": {file + `{"a":`, rumbo.Invalid}, "too large": {strings.Repeat(file, 1000), rumbo.TooLarge},
		"gzip cut off": {zipped(file)[:20], rumbo.Invalid}, "another kind": {"PAR1", rumbo.UnsupportedMedia},
	} {
		rc, b := receiver(t)
		if _, err := rc.KeepLines(t.Context(), "some/where", strings.NewReader(c.body)); rumbo.CodeOf(err) != c.want || len(stored(t, b)) > 0 {
			t.Errorf("%s: %v, left %v", name, err, stored(t, b))
		}
	}
}

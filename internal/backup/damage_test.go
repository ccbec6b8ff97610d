package backup_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/backup"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// TestDamage flips a byte of every part, one after the other: verification and restore find it,
// encrypted or not, and nothing is restored.
func TestDamage(t *testing.T) {
	for _, encrypted := range []bool{false, true} {
		t.Run(fmt.Sprintf("encrypted=%t", encrypted), func(t *testing.T) {
			on(t, func(t *testing.T, w *world) {
				w.fill(t, 200)
				if encrypted {
					w.encrypt(t)
				}
				m := w.mustBackUp(t, "bkp_1")
				parts := contents(t, w.place.Bucket)
				for i, key := range slices.Sorted(maps.Keys(parts)) {
					if strings.HasPrefix(key, "manifests/") || strings.HasSuffix(key, "begun.json") {
						continue
					}
					bad := []byte(parts[key])
					bad[(i*97+len(bad)/2)%len(bad)] ^= 1 << (i % 8)
					w.overwrite(t, key, bad)
					if _, err := w.place.Verify(t.Context(), m, func(backup.Verified) {}); rumbo.CodeOf(err) != rumbo.Corrupt || !strings.Contains(err.Error(), key) {
						t.Errorf("verify with %s damaged: %v", key, err)
					}
					if i%6 == 0 || strings.Contains(key, "rumbo.db") { // each makes a database
						w.refused(t, m, rumbo.Corrupt)
					}
					w.overwrite(t, key, []byte(parts[key]))
				}
				if !encrypted {
					return
				}
				w.place.Identities = nil // checksums can be looked at all the same
				if seen, err := w.place.Verify(t.Context(), m, func(backup.Verified) {}); err != nil || seen.Opened {
					t.Errorf("without identity: %+v, %v", seen, err)
				}
			})
		})
	}
}

func (w *world) overwrite(t testing.TB, key string, content []byte) {
	t.Helper()
	_, err := w.place.Bucket.Put(t.Context(), key, bytes.NewReader(content), blob.PutOptions{})
	check(t, err)
}

// refused tries to restore, and looks that nothing is there afterwards.
func (w *world) refused(t testing.TB, m backup.Manifest, code rumbo.Code) error {
	t.Helper()
	blobs, hashes, err := w.restore(t, m)
	if rumbo.CodeOf(err) != code {
		t.Errorf("restore: %v, want %s", err, code)
	}
	if left := contents(t, blobs); len(left) != 0 {
		t.Errorf("objects are left: %v", slices.Sorted(maps.Keys(left)))
	}
	for table, rows := range hashes() {
		if !strings.HasPrefix(rows, "0 ") {
			t.Errorf("rows are left: %s has %s", table, rows)
		}
	}
	return err
}

// TestWrongKey tries to restore without a key and with another one.
func TestWrongKey(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.fill(t, 10)
		w.encrypt(t)
		m := w.mustBackUp(t, "bkp_1")
		w.place.Identities = nil
		if err := w.refused(t, m, rumbo.Invalid); !strings.Contains(err.Error(), "none of the identities") {
			t.Errorf("without a key: %v", err)
		}
		other, err := age.GenerateX25519Identity()
		check(t, err)
		w.place.Identities = []age.Identity{other}
		w.refused(t, m, rumbo.Invalid)
		if _, err := w.place.Verify(t.Context(), m, func(backup.Verified) {}); rumbo.CodeOf(err) != rumbo.Invalid {
			t.Errorf("verify with another key: %v", err)
		}
		for key, text := range contents(t, w.place.Bucket) {
			if !strings.HasSuffix(key, ".age") && (strings.Contains(text, "payload 3") || strings.Contains(text, "a model")) {
				t.Errorf("%s can be read by anybody", key)
			}
		}
	})
}

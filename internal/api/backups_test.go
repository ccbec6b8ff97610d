package api

import (
	"context"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// placeless is a process that was told of no place for backups.
type placeless struct{}

func (placeless) ListBackups(context.Context, string, int) (p store.Page[rumbo.BackupInfo], err error) {
	return p, placeless{}.CanBackUp(rumbo.BackupRequest{})
}

func (placeless) CanBackUp(rumbo.BackupRequest) error {
	return &rumbo.Error{Code: rumbo.Conflict, Detail: "no place for backups is known", Hint: "--backups"}
}

// The place of the world has one good backup, and one that cannot be read.
func (w *world) ListBackups(_ context.Context, after string, limit int) (p store.Page[rumbo.BackupInfo], err error) {
	spoiled := rumbo.BackupInfo{Backup: rumbo.Backup{ID: "bkp_00", Rows: map[string]int64{}}, State: rumbo.BackupUnreadable, Error: "the manifest of bkp_00 cannot be read"}
	all := []rumbo.BackupInfo{exampleBackup(), spoiled}
	if after != "" {
		all = all[1:]
	}
	if limit < len(all) {
		p.Next = all[0].ID
		all = all[:1]
	}
	p.Items = all
	return p, w.begin("ListBackups")
}

func (w *world) CanBackUp(r rumbo.BackupRequest) error {
	if r.Verify == rumbo.VerifyRestore {
		return rumbo.Fault(rumbo.Conflict, "world", "nothing here opens them", nil)
	}
	return nil
}

func TestBackups(t *testing.T) {
	w := newWorld(t)
	nowhere := w.serve(func(c *Config) { c.Backups = placeless{} })
	const schedule = `{"name":"n","cron":"0 3 * * 1","flow":"backup"`
	for _, c := range []struct {
		what, method, target, body string
		without                    bool
		status                     int
		says                       string
	}{
		{"all", "GET", "/v1/backups", "", false, 200, `"state":"complete","verified":{"how":"restore","passed":true`},
		{"what cannot be read has no times", "GET", "/v1/backups?after=bkp_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM", "", false, 200, `"items":[{"id":"bkp_00","build":"","store":""`},
		{"a page", "GET", "/v1/backups?limit=1", "", false, 200, `"next":"bkp_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM"`},
		{"too long a page", "GET", "/v1/backups?limit=0", "", false, 422, "out_of_range"},
		{"without a place", "GET", "/v1/backups", "", true, 409, `"code":"conflict"`},
		{"a schedule", "POST", "/v1/schedules", schedule + `}`, false, 200, `"flow":"backup"`},
		{"its parameters", "POST", "/v1/schedules", schedule + `,"parameters":{"verify":"read"}}`, false, 200, `"verify":"read"`},
		{"what nothing opens", "POST", "/v1/schedules", schedule + `,"parameters":{"verify":"restore"}}`, false, 409, "nothing here opens"},
		{"a schedule without a place", "POST", "/v1/schedules", schedule + `}`, true, 409, "no place for backups"},
		{"paused it may stand", "POST", "/v1/schedules", schedule + `,"paused":true}`, true, 200, `"paused":true`},
	} {
		h := w.handler
		if c.without {
			h = nowhere
		}
		if r := w.doOn(h, c.method, c.target, c.body); r.Code != c.status || !strings.Contains(r.Body.String(), c.says) {
			t.Errorf("%s: %d %s", c.what, r.Code, r.Body)
		}
	}
}

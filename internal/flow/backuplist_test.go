package flow

import (
	"fmt"
	"io"
	"strings"
	"testing"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// listed reads all backups, so many a page, and looks whether pages hang together.
func (w *town) listed(t *testing.T, limit int) (out []rumbo.BackupInfo) {
	t.Helper()
	for after := ""; ; {
		page, err := w.learn.ListBackups(t.Context(), after, limit)
		if err != nil || len(page.Items) > limit {
			t.Fatalf("%+v, %v", page, err)
		}
		out = append(out, page.Items...)
		if after = page.Next; after == "" {
			return out
		}
	}
}

// put replaces an object of the place of backups, and returns what was there.
func (w *town) put(t *testing.T, key, text string) (before string) {
	t.Helper()
	bucket := w.learn.Backups.Bucket
	in, err := bucket.Open(t.Context(), key)
	if err == nil {
		defer in.Close()
		old, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		before = string(old)
	}
	if _, err := bucket.Put(t.Context(), key, strings.NewReader(text), blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	return before
}

// TestListBackups lists what lies in the place: whole backups with what their verification found,
// and one whose manifest is spoiled.
func TestListBackups(t *testing.T) {
	w := backedUp(t)
	if all := w.listed(t, 5); all != nil {
		t.Errorf("before any: %+v", all)
	}
	plain := w.backUp(t, "", false)
	rehearsed := w.backUp(t, rumbo.VerifyRestore, false)
	var object string
	for info, err := range w.learn.Backups.Bucket.List(t.Context(), "objects/") {
		if err != nil {
			t.Fatal(err)
		}
		object = info.Key
	}
	whole := w.put(t, object, "spoiled")
	w.put(t, object, strings.Repeat("x", len(whole))) // of equal size, so that the next backup counts on it
	run, err := w.runs.StartRun(t.Context(), w.token(), rumbo.FlowBackup, rumbo.RunParameters{Verify: rumbo.VerifyRead})
	if err != nil {
		t.Fatal(err)
	}
	w.work(t, false)
	w.run(t, run.ID, rumbo.RunFailed)
	w.put(t, "manifests/bkp_older.json", "{")
	tell := func() (out []string) {
		for _, b := range w.listed(t, 2) {
			checked := "-"
			if v := b.Verified; v != nil {
				checked = fmt.Sprintf("%s %t by %s", v.How, v.Passed, v.RunID)
				if v.Passed != (v.Error == "") || v.At.IsZero() {
					t.Errorf("%+v", v)
				}
			}
			if (b.State == rumbo.BackupUnreadable) != (b.Error != "") || b.TakenAt.IsZero() != (b.Error != "") {
				t.Errorf("%+v", b)
			}
			out = append(out, b.ID+" "+b.State+" "+checked)
		}
		return out
	}
	damaged := backupOf(run.ID)
	want := func(of string) string {
		return fmt.Sprint([]string{"bkp_older unreadable -", damaged + " complete " + of, rehearsed.ID + " complete restore true by run_" + rehearsed.ID[4:], plain.ID + " complete -"})
	}
	if got := fmt.Sprint(tell()); got != want("read false by "+run.ID) {
		t.Errorf("%s\nwant %s", got, want("read false by "+run.ID))
	}
	w.put(t, object, whole)
	again, err := w.runs.Rerun(t.Context(), w.token(), run.ID, "verify") // the same backup, looked at again
	if err != nil {
		t.Fatal(err)
	}
	w.work(t, false)
	w.run(t, again.ID, rumbo.RunDone)
	if got := fmt.Sprint(tell()); got != want("read true by "+again.ID) {
		t.Errorf("%s\nwant %s", got, want("read true by "+again.ID))
	}
	w.learn.Backups = nil
	if _, err := w.learn.ListBackups(t.Context(), "", 0); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("without a place: %v", err)
	}
}

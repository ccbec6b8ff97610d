package dir

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/blob/blobtest"
)

func TestConformance(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Bucket {
		b, err := Open(filepath.Join(t.TempDir(), "new", "bucket"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
}

func TestOpenClearsWhatACrashLeft(t *testing.T) {
	root := t.TempDir()
	b, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Put(t.Context(), "kept", strings.NewReader("x"), blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, incoming, "put-123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(root, incoming))
	if err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if _, err := again.Stat(t.Context(), "kept"); err != nil {
		t.Error(err)
	}
}

func TestPutLeavesNothingOnTheWay(t *testing.T) {
	root := t.TempDir()
	b, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second one fails
		_, _ = b.Put(t.Context(), "k", strings.NewReader("x"), blob.PutOptions{OnlyIfNew: true})
	}
	if left, _ := os.ReadDir(filepath.Join(root, incoming)); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestOpenNamesTheFault(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file); err == nil {
		t.Error("a file was opened as a bucket")
	}
}

// childRoot names the bucket that this test binary fills when it runs as the
// victim of TestAcknowledgedPutsSurviveKill.
const childRoot = "RUMBO_TEST_BLOB_ROOT"

func TestMain(m *testing.M) {
	if root := os.Getenv(childRoot); root != "" {
		putUntilKilled(root)
		return
	}
	os.Exit(m.Run())
}

// putUntilKilled puts objects of growing size and prints each key once its put
// is acknowledged.
func putUntilKilled(root string) {
	b, err := Open(root)
	for i := 0; err == nil; i++ {
		key := fmt.Sprintf("folder%d/object%d", i%7, i)
		_, err = b.Put(context.Background(), key, strings.NewReader(strings.Repeat(key, i*500)), blob.PutOptions{OnlyIfNew: i%2 == 0})
		if err == nil {
			fmt.Println(i, key)
		}
	}
	fmt.Fprintln(os.Stderr, err)
}

func TestAcknowledgedPutsSurviveKill(t *testing.T) {
	for _, acknowledged := range []int{1, 13, 40} {
		root := t.TempDir()
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childRoot+"="+root)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var i int
			var key string
			if _, err := fmt.Sscan(lines.Text(), &i, &key); err != nil {
				t.Fatal(err)
			}
			want[key] = strings.Repeat(key, i*500)
			if len(want) == acknowledged {
				_ = child.Process.Kill() // and read what it still printed
			}
		}
		_ = child.Wait()
		b, err := Open(root)
		if err != nil {
			t.Fatal(err)
		}
		extra := -len(want)
		for info, err := range b.List(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			extra++
			whole := strings.Repeat(info.Key, int(info.Bytes)/len(info.Key))
			if text, known := want[info.Key]; known && text != whole || content(t, b, info.Key) != whole {
				t.Errorf("%s: %d bytes, of which some are wrong or missing", info.Key, info.Bytes)
			}
			delete(want, info.Key)
		}
		if len(want) > 0 || extra > 1 { // one more may have been under way
			t.Errorf("lost %d acknowledged objects, %d were never acknowledged", len(want), extra)
		}
	}
}

func content(t *testing.T, b *Bucket, key string) string {
	t.Helper()
	r, err := b.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

package dir

import (
	"os"
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

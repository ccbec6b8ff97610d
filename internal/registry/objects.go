package registry

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/logistica-inteligente/rumbo"
)

const (
	root         = "models/"
	maxMetaBytes = 4 << 20
)

// digits of a number in a key: enough for listing by key to be listing by number.
const digits = 8

func folder(name string, number int) string {
	return fmt.Sprintf("%s%s/versions/%0*d/", root, name, digits, number)
}

func championFolder(name string) string { return root + name + "/champion/" }

// numbers lists the version numbers in use, ascending, interrupted ones included.
func (r *Registry) numbers(ctx context.Context, name string) ([]int, error) {
	var out []int
	prefix := root + name + "/versions/"
	for info, err := range r.bucket.List(ctx, prefix) {
		if err != nil {
			return nil, err
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(info.Key, prefix), "/")
		if n, err := strconv.Atoi(first); err == nil && n > 0 && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, nil
}

// read is one object of at most the given size.
func (r *Registry) read(ctx context.Context, key string, limit int64) ([]byte, error) {
	in, err := r.bucket.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, rumbo.Fault(rumbo.Unavailable, "registry", "reading "+key, err)
	}
	if int64(len(data)) > limit {
		return nil, rumbo.Fault(rumbo.Corrupt, "registry", key+" is too large", nil)
	}
	return data, nil
}

// highestIn is the highest number of the objects <prefix><number>.json, 0 without any.
func (r *Registry) highestIn(ctx context.Context, prefix string) (int, error) {
	highest := 0
	for info, err := range r.bucket.List(ctx, prefix) {
		if err != nil {
			return 0, err
		}
		text := strings.TrimSuffix(strings.TrimPrefix(info.Key, prefix), ".json")
		if n, err := strconv.Atoi(text); err == nil {
			highest = max(highest, n)
		}
	}
	return highest, nil
}

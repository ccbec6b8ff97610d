package backup

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// entry is a line of the index: an object of the installation and the part that holds it.
// An object that was put anew under its key has another size or time.
type entry struct {
	Key      string    `json:"key"`
	Bytes    int64     `json:"bytes"`
	Modified time.Time `json:"modified"`
	Part     Part      `json:"part"`
}

func (e entry) is(info blob.Info) bool {
	return e.Bytes == info.Bytes && e.Modified.Equal(info.ModifiedAt)
}

// stored are the object parts of the place with their sizes: one request for a thousand.
func (p *Place) stored(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	for info, err := range p.Bucket.List(ctx, objectFolder) {
		if err != nil {
			return nil, err
		}
		out[info.Key] = info.Bytes
	}
	return out, nil
}

// describe reads a piece of the index whose checksums nobody remembers.
func (p *Place) describe(ctx context.Context, key string) (Part, error) {
	in, err := p.Bucket.Open(ctx, key)
	if err != nil {
		return Part{}, err
	}
	defer in.Close()
	stored := newCounted()
	part := Part{Name: strings.TrimSuffix(key[strings.LastIndex(key, "index/"):], ".zst"), Key: key}
	content, err := unpacked(io.TeeReader(in, stored))
	if err != nil {
		return part, rumbo.Fault(rumbo.Corrupt, "backup.Index", key+" is damaged", err)
	}
	part.Bytes, part.SHA256, part.ContentBytes, part.ContentSHA256 = stored.n, stored.String(), content.n, content.String()
	return part, nil
}

// eachEntry calls do for every line of an index.
func (p *Place) eachEntry(ctx context.Context, index []Part, do func(entry) error) error {
	for _, piece := range index {
		if err := p.eachOf(ctx, piece, do); err != nil {
			return err
		}
	}
	return nil
}

func (p *Place) eachOf(ctx context.Context, piece Part, do func(entry) error) error {
	in, err := p.open(ctx, piece)
	if err != nil {
		return err
	}
	defer in.Close()
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil {
			return in.damaged(err)
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return in.damaged(err)
		}
		if err := do(e); err != nil {
			return err
		}
	}
}

// entries are the whole index by key: what was put anew between two rounds is named by the later one.
func (p *Place) entries(ctx context.Context, m Manifest) (map[string]entry, error) {
	out := make(map[string]entry, m.Objects.Count)
	err := p.eachEntry(ctx, m.Objects.Index, func(e entry) error { out[e.Key] = e; return nil })
	return out, err
}

package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// Registry keeps the models of one installation. Make it with [New].
type Registry struct {
	bucket blob.Bucket
	clock  func() time.Time

	mu        sync.Mutex
	described map[string]meta // complete versions met so far, by folder
	loaded    map[string]held // last good champion, by name
}

// held is a champion in memory.
type held struct {
	*Loaded
	checked time.Time // when it was last seen to be the champion
}

// recheck is how long a champion in memory is not looked for in the bucket.
const recheck = time.Second

// New keeps models in the bucket, under "models/". The clock dates additions and
// promotions, and says when to look for a new champion.
func New(bucket blob.Bucket, clock func() time.Time) *Registry {
	return &Registry{bucket: bucket, clock: clock, described: map[string]meta{}, loaded: map[string]held{}}
}

// Addition is a trained model and what is known of it.
type Addition struct {
	// Key names what is added; the same key adds nothing twice. It is required.
	Key    string
	Bundle *model.Bundle
	// Version is train's account; name, number, time and checksum are filled in here.
	Version rumbo.ModelVersion
	// Passed is the verdict: without it the version is kept but never promoted.
	Passed bool
	// Against is the version of the champion that it was compared with, 0 when
	// there was none.
	Against int
}

// meta is meta.json.
type meta struct {
	Format  int                `json:"format"`
	Key     string             `json:"key"`
	Passed  bool               `json:"passed"`
	Against int                `json:"against,omitempty"`
	Bytes   int                `json:"bytes"`
	Foreign *foreignMeta       `json:"foreign,omitempty"` // nil for our own
	Version rumbo.ModelVersion `json:"version"`
}

const (
	metaFormat  = 1
	modelObject = "model.bin"
)

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

func checkName(op, name string) error {
	if namePattern.MatchString(name) {
		return nil
	}
	return rumbo.Fault(rumbo.Invalid, op, fmt.Sprintf("model name %.80q: lower-case letters, digits and hyphens, at most 63", name), nil)
}

// Add keeps a model as a new version and returns its description. It survives a
// crash at any instant: the version is then complete or absent, and adding again with
// the same key completes the work.
func (r *Registry) Add(ctx context.Context, name string, a Addition) (rumbo.ModelVersion, error) {
	if err := checkName("registry.Add", name); err != nil {
		return rumbo.ModelVersion{}, err
	}
	numbers, err := r.numbers(ctx, name)
	if err != nil {
		return rumbo.ModelVersion{}, err
	}
	if there, err := r.byKey(ctx, name, a.Key, numbers); err != nil || there != nil {
		return r.crowned(ctx, there, err)
	}
	var file bytes.Buffer
	if _, err := a.Bundle.WriteTo(&file); err != nil {
		return rumbo.ModelVersion{}, rumbo.Fault(rumbo.Internal, "registry.Add", "the model cannot be written", err)
	}
	number, err := r.claim(ctx, name, file.Bytes(), numbers)
	if err != nil {
		return rumbo.ModelVersion{}, err
	}
	return r.complete(ctx, name, number, meta{Key: a.Key, Passed: a.Passed, Against: a.Against, Version: a.Version}, file.Bytes())
}

// claim writes the file of a new version under the next free number.
func (r *Registry) claim(ctx context.Context, name string, file []byte, numbers []int) (int, error) {
	next := 1
	if len(numbers) > 0 {
		next = numbers[len(numbers)-1] + 1
	}
	for {
		_, err := r.bucket.Put(ctx, folder(name, next)+modelObject, bytes.NewReader(file), blob.PutOptions{OnlyIfNew: true})
		if rumbo.CodeOf(err) != rumbo.Conflict {
			return next, err
		}
		next++ // another addition took the number
	}
}

// complete writes the descriptions; the last one makes the version count.
func (r *Registry) complete(ctx context.Context, name string, number int, m meta, file []byte) (rumbo.ModelVersion, error) {
	sum := sha256.Sum256(file)
	m.Format, m.Bytes = metaFormat, len(file)
	v := &m.Version
	v.Name, v.Version, v.CreatedAt, v.SHA256, v.Champion = name, number, r.clock(), hex.EncodeToString(sum[:]), false
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return *v, rumbo.Fault(rumbo.Internal, "registry.Add", "the description cannot be written", err)
	}
	if m.Foreign == nil {
		if _, err := r.bucket.Put(ctx, folder(name, number)+"card.md", strings.NewReader(Card(*v)), blob.PutOptions{OnlyIfNew: true}); err != nil {
			return *v, err
		}
	}
	_, err = r.bucket.Put(ctx, folder(name, number)+"meta.json", bytes.NewReader(text), blob.PutOptions{OnlyIfNew: true})
	return *v, err
}

// byKey finds the version that was added under the key.
func (r *Registry) byKey(ctx context.Context, name, key string, numbers []int) (*meta, error) {
	if key == "" {
		return nil, rumbo.Fault(rumbo.Internal, "registry.Add", "an addition needs a key", nil)
	}
	for _, number := range numbers {
		m, err := r.describe(ctx, name, number)
		if rumbo.CodeOf(err) == rumbo.NotFound {
			continue // interrupted
		}
		if err != nil {
			return nil, err
		}
		if m.Key == key {
			return &m, nil
		}
	}
	return nil, nil
}

// Find is the version that was added under the key, and whether it passed its
// verdict: work that was interrupted after the addition need not be done again.
// NotFound when there is none.
func (r *Registry) Find(ctx context.Context, name, key string) (v rumbo.ModelVersion, passed bool, err error) {
	if err := checkName("registry.Find", name); err != nil {
		return v, false, err
	}
	numbers, err := r.numbers(ctx, name)
	if err != nil {
		return v, false, err
	}
	m, err := r.byKey(ctx, name, key, numbers)
	if err == nil && m == nil {
		err = rumbo.Fault(rumbo.NotFound, "registry.Find", fmt.Sprintf("no version of %s was added as %.80q", name, key), nil)
	}
	v, err = r.crowned(ctx, m, err)
	return v, m != nil && m.Passed, err
}

// crowned is the description, with the word whether it is the champion's.
func (r *Registry) crowned(ctx context.Context, m *meta, err error) (rumbo.ModelVersion, error) {
	if err != nil {
		return rumbo.ModelVersion{}, err
	}
	now, err := r.current(ctx, m.Version.Name)
	v := m.Version
	v.Champion = now.Version == v.Version
	return v, err
}

// describe reads the description of one version. NotFound when it is absent or
// incomplete, Corrupt when it cannot be understood.
func (r *Registry) describe(ctx context.Context, name string, number int) (meta, error) {
	at := folder(name, number)
	r.mu.Lock()
	m, ok := r.described[at]
	r.mu.Unlock()
	if ok {
		return m, nil
	}
	text, err := r.read(ctx, at+"meta.json", maxMetaBytes)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil || m.Format != metaFormat || m.Version.Name != name || m.Version.Version != number {
		return m, rumbo.Fault(rumbo.Corrupt, "registry", fmt.Sprintf("description of %s version %d", name, number), err)
	}
	r.mu.Lock()
	r.described[at] = m
	r.mu.Unlock()
	return m, nil
}

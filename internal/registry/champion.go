package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// Change is one entry of a champion's history.
type Change struct {
	Number  int       `json:"number"`
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason"`
}

// Promote makes the version champion. It is refused with rumbo.Conflict when the
// version has not passed its verdict, or when the champion is no longer the one it was
// compared with: then it has to be compared again. A champion that cannot be loaded
// stands in nobody's way. Promoting the champion changes nothing.
func (r *Registry) Promote(ctx context.Context, name string, version int) (rumbo.ModelVersion, error) {
	m, err := r.known(ctx, "registry.Promote", name, version)
	if err != nil {
		return rumbo.ModelVersion{}, err
	}
	if err := m.gate("registry.Promote"); err != nil {
		return rumbo.ModelVersion{}, err
	}
	now, err := r.current(ctx, name)
	if err != nil {
		return rumbo.ModelVersion{}, err
	}
	if now.Version != version && now.Version != m.Against && r.usable(ctx, name, now.Version) {
		return rumbo.ModelVersion{}, rumbo.Fault(rumbo.Conflict, "registry.Promote",
			fmt.Sprintf("version %d was compared with version %d, the champion is now version %d", version, m.Against, now.Version), nil)
	}
	return r.crown(ctx, m, now, m.Version.Verdict)
}

// gate refuses what must not become champion.
func (m *meta) gate(op string) error {
	switch {
	case m.Foreign != nil:
		return rumbo.Fault(rumbo.Conflict, op, "a foreign model; it predicts rows, not trips", nil)
	case !m.Passed:
		return rumbo.Fault(rumbo.Conflict, op, m.Version.Verdict, nil)
	}
	return nil
}

// usable says whether a version can be loaded.
func (r *Registry) usable(ctx context.Context, name string, version int) bool {
	if version == 0 {
		return true // no champion is as good a thing to be compared with as any
	}
	_, err := r.Load(ctx, name, version)
	return err == nil || rumbo.CodeOf(err) == rumbo.Unavailable || ctx.Err() != nil
}

// Rollback makes an earlier version champion again. Only versions that passed their
// verdict qualify. Rolling back to the champion changes nothing.
func (r *Registry) Rollback(ctx context.Context, name string, version int) (rumbo.ModelVersion, error) {
	m, err := r.known(ctx, "registry.Rollback", name, version)
	if err != nil {
		return rumbo.ModelVersion{}, err
	}
	if err := m.gate("registry.Rollback"); err != nil {
		return rumbo.ModelVersion{}, err
	}
	now, err := r.current(ctx, name)
	if err != nil {
		return rumbo.ModelVersion{}, err
	}
	return r.crown(ctx, m, now, fmt.Sprintf("rolled back from version %d", now.Version))
}

// crown adds an entry to the history, right after the one that was looked at.
func (r *Registry) crown(ctx context.Context, m meta, now Change, reason string) (rumbo.ModelVersion, error) {
	v := m.Version
	v.Champion = true
	if now.Version == v.Version {
		return v, nil
	}
	next := Change{Number: now.Number + 1, Version: v.Version, At: r.clock(), Reason: reason}
	text, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return v, rumbo.Fault(rumbo.Internal, "registry", "the history cannot be written", err)
	}
	key := fmt.Sprintf("%s%0*d.json", championFolder(v.Name), digits, next.Number)
	_, err = r.bucket.Put(ctx, key, bytes.NewReader(text), blob.PutOptions{OnlyIfNew: true})
	if rumbo.CodeOf(err) == rumbo.Conflict {
		return v, rumbo.Fault(rumbo.Conflict, "registry", "another version became champion at the same moment", err)
	}
	r.forget(v.Name)
	return v, err
}

// forget makes the next call look for the champion in the bucket.
func (r *Registry) forget(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if h, ok := r.loaded[name]; ok {
		h.checked = time.Time{}
		r.loaded[name] = h
	}
}

// History lists the champions of a model, latest first.
func (r *Registry) History(ctx context.Context, name string) ([]Change, error) {
	if err := checkName("registry.History", name); err != nil {
		return nil, err
	}
	highest, err := r.highest(ctx, name)
	if err != nil {
		return nil, err
	}
	var out []Change
	for n := highest; n > 0; n-- {
		c, err := r.change(ctx, name, n)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// current is the latest entry of the history, the zero Change when there is none.
func (r *Registry) current(ctx context.Context, name string) (Change, error) {
	n, err := r.highest(ctx, name)
	if err != nil || n == 0 {
		return Change{}, err
	}
	return r.change(ctx, name, n)
}

func (r *Registry) highest(ctx context.Context, name string) (int, error) {
	return r.highestIn(ctx, championFolder(name))
}

func (r *Registry) change(ctx context.Context, name string, number int) (Change, error) {
	text, err := r.read(ctx, fmt.Sprintf("%s%0*d.json", championFolder(name), digits, number), maxMetaBytes)
	if err != nil {
		return Change{}, err
	}
	var c Change
	if err := json.Unmarshal(text, &c); err != nil || c.Number != number || c.Version < 1 {
		return c, rumbo.Fault(rumbo.Corrupt, "registry", fmt.Sprintf("entry %d of the champions of %s", number, name), err)
	}
	return c, nil
}

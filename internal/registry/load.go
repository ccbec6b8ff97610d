package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// Loaded is a model ready to predict with.
type Loaded struct {
	Bundle  *model.Bundle
	Version rumbo.ModelVersion
	// Correction is the number of the correction in use, 0 for the one that the
	// version was made with.
	Correction int
	// Stale is nil for the champion itself. Otherwise the champion could not be
	// loaded, this is the fault, and an earlier champion answers.
	Stale error
}

// Champion is the champion of a model, from memory while it stays champion. NoModel
// when there is none that this program can use, Corrupt when neither it nor any earlier champion can be loaded.
func (r *Registry) Champion(ctx context.Context, name string) (*Loaded, error) {
	if err := checkName("registry.Champion", name); err != nil {
		return nil, err
	}
	r.mu.Lock()
	last := r.loaded[name]
	r.mu.Unlock()
	if last.Loaded != nil && r.clock().Sub(last.checked).Abs() < recheck {
		return last.Loaded, nil
	}
	fresh, err := r.lookUp(ctx, name, last.Loaded)
	switch {
	case rumbo.CodeOf(err) == rumbo.NoModel:
		return nil, err
	case err != nil && last.Loaded == nil:
		return nil, err
	case err != nil: // go on with what is in memory
		stale := *last.Loaded
		stale.Stale = err
		return &stale, nil
	case fresh.Stale != nil: // an earlier one answers: look again next time
		return fresh, nil
	}
	r.mu.Lock()
	r.loaded[name] = held{fresh, r.clock()}
	r.mu.Unlock()
	return fresh, nil
}

// lookUp finds the champion in the bucket; last is what is in memory, or nil.
func (r *Registry) lookUp(ctx context.Context, name string, last *Loaded) (*Loaded, error) {
	now, err := r.current(ctx, name)
	if err != nil {
		return nil, err
	}
	if now.Version == 0 {
		return nil, rumbo.Fault(rumbo.NoModel, "registry.Champion", "no version of "+name+" has been promoted", nil)
	}
	correction, err := r.highestIn(ctx, correctionFolder(name, now.Version))
	if err != nil {
		return nil, err
	}
	if last != nil && last.Version.Version == now.Version && last.Correction == correction {
		return last, nil
	}
	fresh, err := r.Load(ctx, name, now.Version)
	if err == nil {
		fresh.Version.Champion = true
		return fresh, nil
	}
	if last == nil {
		last = r.earlier(ctx, name, now)
	}
	if last == nil {
		return nil, err
	}
	stale := *last
	stale.Stale = err
	return &stale, nil
}

// earlier is the latest former champion that can still be loaded.
func (r *Registry) earlier(ctx context.Context, name string, now Change) *Loaded {
	for n := now.Number - 1; n > 0; n-- {
		c, err := r.change(ctx, name, n)
		if err != nil || c.Version == now.Version {
			continue
		}
		if l, err := r.Load(ctx, name, c.Version); err == nil {
			return l
		}
	}
	return nil
}

// Load reads one version and checks it against its checksum and against the feature
// definitions of this program: Corrupt for the first; NoModel for the second, since a
// model of other features is none to this program.
func (r *Registry) Load(ctx context.Context, name string, version int) (*Loaded, error) {
	l, err := r.loadBare(ctx, name, version)
	if err != nil {
		return nil, err
	}
	return r.corrected(ctx, l)
}

// loadBare is Load without the corrections that stand beside the version.
func (r *Registry) loadBare(ctx context.Context, name string, version int) (*Loaded, error) {
	m, err := r.known(ctx, "registry.Load", name, version)
	if err != nil {
		return nil, err
	}
	if m.Foreign != nil {
		return nil, rumbo.Fault(rumbo.Conflict, "registry.Load", "a foreign model; it predicts rows, not trips", nil)
	}
	file, err := r.file(ctx, &m, model.MaxFileBytes)
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("%s version %d", name, version)
	bundle, err := model.Read(bytes.NewReader(file))
	switch {
	case errors.Is(err, model.ErrFeatures):
		return nil, rumbo.Fault(rumbo.NoModel, "registry.Load", what+" was trained with other features; train again", err)
	case err != nil:
		return nil, rumbo.Fault(rumbo.Corrupt, "registry.Load", what, err)
	}
	return &Loaded{Bundle: bundle, Version: m.Version}, nil
}

// file is the model file of a version, checked against its checksum.
func (r *Registry) file(ctx context.Context, m *meta, limit int64) ([]byte, error) {
	name, version := m.Version.Name, m.Version.Version
	file, err := r.read(ctx, folder(name, version)+modelObject, limit)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(file); hex.EncodeToString(sum[:]) != m.Version.SHA256 {
		return nil, rumbo.Fault(rumbo.Corrupt, "registry.Load", fmt.Sprintf("%s version %d differs from its checksum", name, version), nil)
	}
	return file, nil
}

// Versions are all complete versions of a model, newest first. NotFound for a model
// that has none.
func (r *Registry) Versions(ctx context.Context, name string) ([]rumbo.ModelVersion, error) {
	if err := checkName("registry.Versions", name); err != nil {
		return nil, err
	}
	numbers, err := r.numbers(ctx, name)
	if err != nil {
		return nil, err
	}
	now, err := r.current(ctx, name)
	if err != nil {
		return nil, err
	}
	var out []rumbo.ModelVersion
	for _, number := range slices.Backward(numbers) {
		m, err := r.describe(ctx, name, number)
		if rumbo.CodeOf(err) == rumbo.NotFound {
			continue // interrupted
		}
		if err != nil {
			return nil, err
		}
		v := m.Version
		v.Champion = number == now.Version
		out = append(out, v)
	}
	if len(out) == 0 {
		return nil, rumbo.Fault(rumbo.NotFound, "registry.Versions", "no model "+name, nil)
	}
	return out, nil
}

// Version describes one version. NotFound.
func (r *Registry) Version(ctx context.Context, name string, version int) (rumbo.ModelVersion, error) {
	m, err := r.known(ctx, "registry.Version", name, version)
	if err != nil {
		return rumbo.ModelVersion{}, err
	}
	return r.crowned(ctx, &m, nil)
}

// Models is the newest version of every model, by name; none is no fault.
func (r *Registry) Models(ctx context.Context) ([]rumbo.ModelVersion, error) {
	var names []string
	for info, err := range r.bucket.List(ctx, root) {
		if err != nil {
			return nil, err
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(info.Key, root), "/")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	out := []rumbo.ModelVersion{}
	for _, name := range names {
		versions, err := r.Versions(ctx, name)
		switch {
		case rumbo.CodeOf(err) == rumbo.NotFound:
			continue
		case err != nil:
			return nil, err
		}
		out = append(out, versions[0])
	}
	return out, nil
}

// known is the description of a version that is asked for by number.
func (r *Registry) known(ctx context.Context, op, name string, version int) (meta, error) {
	if err := checkName(op, name); err != nil {
		return meta{}, err
	}
	m, err := r.describe(ctx, name, version)
	if rumbo.CodeOf(err) == rumbo.NotFound {
		return m, rumbo.Fault(rumbo.NotFound, op, fmt.Sprintf("no version %d of %s", version, name), err)
	}
	return m, err
}

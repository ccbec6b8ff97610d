package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// kept is one correction object.
type kept struct {
	Format     int              `json:"format"`
	Number     int              `json:"number"`
	Key        string           `json:"key,omitempty"`
	At         time.Time        `json:"at"`
	Correction model.Correction `json:"correction"`
}

// recentKeys is how many of the latest corrections are looked at for a key.
const recentKeys = 10

func correctionFolder(name string, version int) string {
	return folder(name, version) + "corrections/"
}

// Correct puts a correction beside a version and returns its number. It is used from
// then on; the version itself stays as it is. The same key again, of a run that was cut off
// after it, adds nothing (unless recentKeys others came in between). Conflict when another
// correction got the same number at the same moment.
func (r *Registry) Correct(ctx context.Context, name string, version int, key string, c model.Correction) (int, error) {
	l, err := r.Load(ctx, name, version)
	if err != nil {
		return 0, err
	}
	for n := l.Correction; n > max(0, l.Correction-recentKeys) && key != ""; n-- {
		k, err := r.correction(ctx, l, n)
		if err != nil {
			return 0, err
		}
		if k.Key == key {
			return n, nil
		}
	}
	if _, err := l.Bundle.WithCorrection(c); err != nil {
		return 0, rumbo.Fault(rumbo.Invalid, "registry.Correct", "the correction does not fit the model", err)
	}
	k := kept{Format: metaFormat, Number: l.Correction + 1, Key: key, At: r.clock(), Correction: c}
	text, err := json.Marshal(k)
	if err != nil {
		return 0, rumbo.Fault(rumbo.Internal, "registry.Correct", "the correction cannot be written", err)
	}
	if _, err := r.bucket.Put(ctx, correctionKey(name, version, k.Number), bytes.NewReader(text), blob.PutOptions{OnlyIfNew: true}); err != nil {
		return 0, err
	}
	r.forget(name)
	return k.Number, nil
}

func correctionKey(name string, version, number int) string {
	return fmt.Sprintf("%s%0*d.json", correctionFolder(name, version), digits, number)
}

// LoadCorrected is Load with a correction by its number, 0 for the one that the version was
// made with, instead of the latest: what began with it can go on with it. NotFound.
func (r *Registry) LoadCorrected(ctx context.Context, name string, version, correction int) (*Loaded, error) {
	l, err := r.loadBare(ctx, name, version)
	if err != nil {
		return nil, err
	}
	return r.correctedBy(ctx, l, correction)
}

// corrected is a freshly read model with the latest of its corrections.
func (r *Registry) corrected(ctx context.Context, l *Loaded) (*Loaded, error) {
	number, err := r.highestIn(ctx, correctionFolder(l.Version.Name, l.Version.Version))
	if err != nil {
		return l, err
	}
	return r.correctedBy(ctx, l, number)
}

// correctedBy is a freshly read model with one of its corrections.
func (r *Registry) correctedBy(ctx context.Context, l *Loaded, number int) (*Loaded, error) {
	if number == 0 {
		return l, nil
	}
	k, err := r.correction(ctx, l, number)
	if err != nil {
		return nil, err
	}
	if l.Bundle, err = l.Bundle.WithCorrection(k.Correction); err != nil {
		return nil, corruptCorrection(l, number, err)
	}
	l.Correction = number
	return l, nil
}

// correction reads one of the corrections of a version.
func (r *Registry) correction(ctx context.Context, l *Loaded, number int) (k kept, err error) {
	text, err := r.read(ctx, correctionKey(l.Version.Name, l.Version.Version, number), maxMetaBytes)
	if err != nil {
		return k, err
	}
	if err := json.Unmarshal(text, &k); err != nil || k.Format != metaFormat || k.Number != number {
		return k, corruptCorrection(l, number, err)
	}
	return k, nil
}

func corruptCorrection(l *Loaded, number int, err error) error {
	return rumbo.Fault(rumbo.Corrupt, "registry.Load",
		fmt.Sprintf("correction %d of %s version %d", number, l.Version.Name, l.Version.Version), err)
}

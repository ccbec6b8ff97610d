package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/logistica-inteligente/rumbo"
)

// Verified is what a verification saw.
type Verified struct {
	Parts int   `json:"parts"`
	Bytes int64 `json:"bytes"` // read
	// Opened says that what is in the parts was looked at; false for an encrypted backup and
	// nobody who could open it, of which only the checksums were.
	Opened bool `json:"opened"`
}

// maxFaults is how many damaged parts are named.
const maxFaults = 20

// Verify reads every part of a backup and holds it against its size and checksums. The error
// names all parts that are damaged, up to a number: Corrupt, or NotFound for one that is gone.
func (p *Place) Verify(ctx context.Context, m Manifest, tell func(Verified)) (out Verified, err error) {
	parts := slices.Concat(m.Database.Parts, m.Files)
	out.Opened = len(m.Recipients) == 0 || len(p.Identities) > 0
	var faults []error
	for _, piece := range m.Objects.Index {
		if err := p.eachOf(ctx, piece, func(e entry) error { parts = append(parts, e.Part); return nil }); err != nil {
			faults = append(faults, err)
		}
		out.Parts, out.Bytes = out.Parts+1, out.Bytes+piece.Bytes
	}
	var mu sync.Mutex
	var working sync.WaitGroup
	slots := make(chan struct{}, copiers)
	for _, part := range parts {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		working.Go(func() {
			defer func() { <-slots }()
			err := p.verify(ctx, part, out.Opened)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				faults = append(faults, err)
			}
			out.Parts, out.Bytes = out.Parts+1, out.Bytes+part.Bytes
			tell(out)
		})
	}
	working.Wait()
	if ctx.Err() != nil {
		return out, rumbo.Fault(rumbo.Canceled, "backup.Verify", "", ctx.Err())
	}
	return out, faulty(m, faults)
}

// verify reads a part; its content when it can be opened.
func (p *Place) verify(ctx context.Context, part Part, open bool) error {
	if open {
		in, err := p.open(ctx, part)
		if err != nil {
			return err
		}
		defer in.Close()
		_, err = io.Copy(io.Discard, in)
		return err
	}
	in, err := p.Bucket.Open(ctx, part.Key)
	if err != nil {
		return err
	}
	defer in.Close()
	stored := newCounted()
	if _, err := io.Copy(stored, in); err != nil {
		return err
	}
	if stored.n != part.Bytes || stored.String() != part.SHA256 {
		return rumbo.Fault(rumbo.Corrupt, "backup.Verify", part.Key+" is not what the backup wrote", nil)
	}
	return nil
}

// faulty makes one error of many; what is worst gives the code.
func faulty(m Manifest, faults []error) error {
	if len(faults) == 0 {
		return nil
	}
	for _, err := range faults {
		if errors.Is(err, errNoKey) {
			return err // for every part alike
		}
	}
	slices.SortStableFunc(faults, func(a, b error) int { return weight(b) - weight(a) })
	more := ""
	if len(faults) > maxFaults {
		more = fmt.Sprintf(", of which these are %d", maxFaults)
	}
	return &rumbo.Error{Code: rumbo.CodeOf(faults[0]), Op: "backup.Verify", Detail: fmt.Sprintf("%d parts of backup %s cannot be used%s", len(faults), m.ID, more),
		Err: errors.Join(faults[:min(len(faults), maxFaults)]...), Hint: "remove what is damaged from the place: the next backup copies those objects anew"}
}

func weight(err error) int {
	switch rumbo.CodeOf(err) {
	case rumbo.Corrupt:
		return 2
	case rumbo.NotFound:
		return 1
	}
	return 0
}

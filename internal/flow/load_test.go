package flow

import (
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/store"
)

// sized is a store of which only the sizes of bulk loads are asked.
type sized struct {
	store.Store
	loaders int
}

func (s sized) BulkRows() int    { return 2000 }
func (s sized) BulkLoaders() int { return s.loaders }

// Portions shrink while transactions are slow and grow again, within bounds; where
// loaders work side by side nobody waits and they stay as they are.
func TestPaceFollowsTheMachine(t *testing.T) {
	p := newPace(sized{loaders: 1})
	if p.rows() != 500 {
		t.Errorf("begins with %d rows", p.rows())
	}
	for range 20 {
		p.took(p.rows(), 10*time.Millisecond)
	}
	if p.rows() != 2000 {
		t.Errorf("a fast machine takes %d rows", p.rows())
	}
	p.took(2000, 190*time.Millisecond)
	if p.rows() != 1000 {
		t.Errorf("after a slow one %d rows", p.rows())
	}
	p.took(1000, 60*time.Millisecond)
	if p.rows() != 1000 {
		t.Errorf("between the bounds %d rows", p.rows())
	}
	for range 20 {
		p.took(p.rows(), time.Second)
	}
	if p.rows() != paceLeast {
		t.Errorf("a very slow machine takes %d rows", p.rows())
	}
	many := newPace(sized{loaders: 2})
	many.took(2000, time.Second)
	if many.rows() != 2000 {
		t.Errorf("side by side %d rows", many.rows())
	}
}

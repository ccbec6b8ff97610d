package schedule

import (
	"context"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// offered is what an installation remembers of a schedule that it was offered.
type offered struct {
	At   time.Time `json:"at"`
	Made bool      `json:"made"` // false: it had one of its own
}

// Offer makes a schedule of the house's own choice, once in the life of an installation: what
// people then change, pause or delete stays as they left it, whoever offers it again. One that
// already has a schedule of that flow or name keeps what it has. Invalid.
//
// The mark is written before the schedules are read, so that of two processes which begin together
// the second waits, and sees what the first has made.
func Offer(ctx context.Context, st store.Store, s rumbo.Schedule, now time.Time) (made bool, err error) {
	const op = "schedule.Offer"
	if err := rumbo.InvalidFields(op, Check(&s, now)); err != nil {
		return false, err
	}
	s.CreatedAt = now.UTC()
	mark := store.SettingOffered + s.Name
	err = st.InTx(ctx, func(tx store.Tx) error {
		made = false
		before, err := store.Document(ctx, tx, mark, offered{})
		if err != nil || !before.At.IsZero() {
			return err
		}
		if err := store.SetDocument(ctx, tx, mark, offered{At: s.CreatedAt}); err != nil {
			return err
		}
		own, err := tx.Schedules(ctx)
		if err != nil {
			return err
		}
		for _, o := range own {
			if o.Flow == s.Flow || o.Name == s.Name {
				return nil
			}
		}
		if err := store.SetDocument(ctx, tx, mark, offered{At: s.CreatedAt, Made: true}); err != nil {
			return err
		}
		made = true
		return tx.PutSchedule(ctx, s)
	})
	return made && err == nil, err
}

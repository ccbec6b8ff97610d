package backup

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"
)

// Keep says which backups stay: the newest of each of so many days that have one, and of so
// many weeks (from Monday, UTC). Those of the day up to the newest always stay: what spoils
// the data is in the newest of a day, and not yet in the one before. With both 0 all stay.
type Keep struct{ Days, Weeks int }

// unfinishedAge is how old a backup without manifest is before nobody can still be at it.
const unfinishedAge = 2 * 24 * time.Hour

// kept says which of the backups, newest first, stay. Days without a backup do not count: when
// no backup is made for a month, the old ones are not let go.
func (k Keep) kept(all []Manifest) map[string]bool {
	out := map[string]bool{}
	days, weeks := map[string]bool{}, map[string]bool{}
	for i, m := range all {
		at := m.TakenAt.UTC()
		year, number := at.ISOWeek()
		day, week := at.Format(time.DateOnly), fmt.Sprint(year, "/", number)
		stays := i == 0 || all[0].TakenAt.Sub(m.TakenAt) < 24*time.Hour || k == Keep{}
		if !days[day] && len(days) < k.Days {
			days[day], stays = true, true
		}
		if !weeks[week] && len(weeks) < k.Weeks {
			weeks[week], stays = true, true
		}
		out[m.ID] = stays
	}
	return out
}

// Pruned is what Prune removed.
type Pruned struct {
	Backups []string `json:"backups"`
	Parts   int64    `json:"parts"`
	Bytes   int64    `json:"bytes"`
	// Waits says that another backup is being made: parts stay until the next time.
	Waits bool `json:"waits,omitempty"`
}

// Prune lets go of backups that Keep does not ask for, and of parts that no backup needs. Manifests
// go first, so that none ever names what is gone; dying in between leaves parts that the next
// call finds. A backup that is being made may count on parts of any older one.
func (p *Place) Prune(ctx context.Context) (out Pruned, err error) {
	out.Backups = []string{}
	damaged := map[string]bool{}
	all, err := p.List(ctx, func(id string, _ error) { damaged[id] = true })
	if err != nil || len(damaged) > 0 { // who knows what a manifest names that cannot be read
		out.Waits = len(damaged) > 0
		return out, err
	}
	stays := p.Keep.kept(all)
	if out.Waits, err = p.othersAtWork(ctx, stays); err != nil || out.Waits {
		return out, err
	}
	needed := map[string]bool{}
	for _, m := range all {
		if !stays[m.ID] {
			continue
		}
		needed[partKey(m.ID, begunName)] = true
		for _, part := range m.own() {
			needed[part.Key] = true
		}
		if err := p.eachEntry(ctx, m.Objects.Index, func(e entry) error { needed[e.Part.Key] = true; return nil }); err != nil {
			return out, err
		}
	}
	for _, m := range all {
		if !stays[m.ID] {
			if err := p.Bucket.Delete(ctx, manifestKey(m.ID)); err != nil {
				return out, err
			}
			out.Backups = append(out.Backups, m.ID)
		}
	}
	return out, p.sweep(ctx, needed, &out)
}

// othersAtWork says whether a backup has begun, lately, that has no manifest.
func (p *Place) othersAtWork(ctx context.Context, finished map[string]bool) (bool, error) {
	for info, err := range p.Bucket.List(ctx, partFolder) {
		if err != nil {
			return false, err
		}
		id, name, _ := strings.Cut(strings.TrimPrefix(info.Key, partFolder), "/")
		if path.Base(name) != begunName {
			continue
		}
		if _, ok := finished[id]; !ok && p.Clock().Sub(info.ModifiedAt) < unfinishedAge {
			return true, nil
		}
	}
	return false, nil
}

// sweep removes the parts that are not needed.
func (p *Place) sweep(ctx context.Context, needed map[string]bool, out *Pruned) error {
	for _, folder := range []string{partFolder, objectFolder} {
		for info, err := range p.Bucket.List(ctx, folder) {
			if err != nil {
				return err
			}
			if needed[info.Key] {
				continue
			}
			if err := p.Bucket.Delete(ctx, info.Key); err != nil {
				return err
			}
			out.Parts++
			out.Bytes += info.Bytes
		}
	}
	return nil
}

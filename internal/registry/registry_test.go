package registry_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/blob/dir"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
	"github.com/logistica-inteligente/rumbo/internal/registry"
)

const name = rumbo.TravelTime

// clock moves on by two seconds whenever it is read, so that every question goes to
// the bucket.
func clock() time.Time {
	return time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC).Add(2 * time.Second * time.Duration(ticks.Add(1)))
}

var ticks atomic.Int64

func TestAChampionInMemoryIsLookedForOnceASecond(t *testing.T) {
	ctx, on := context.Background(), bucket(t)
	now := clock()
	here, elsewhere := registry.New(on, func() time.Time { return now }), registry.New(on, clock)
	for i, key := range []string{"a", "bb"} {
		add(t, here, addition(t, key, i, true))
	}
	if _, err := elsewhere.Promote(ctx, name, 1); err != nil {
		t.Fatal(err)
	}
	version := func() int {
		c, err := here.Champion(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		return c.Version.Version
	}
	first := version()
	if _, err := elsewhere.Promote(ctx, name, 2); err != nil {
		t.Fatal(err)
	}
	soon := version()
	now = now.Add(time.Second)
	later := version()
	if _, err := here.Rollback(ctx, name, 1); err != nil {
		t.Fatal(err)
	}
	if got := [4]int{first, soon, later, version()}; got != [4]int{1, 1, 2, 1} {
		t.Errorf("champions %v; promoted elsewhere: within a second, then after it; rolled back here: at once", got)
	}
}

func TestACorrectionIsUsedBesideItsVersion(t *testing.T) {
	ctx, on := context.Background(), bucket(t)
	r := registry.New(on, clock)
	add(t, r, addition(t, "a", 0, true))
	if _, err := r.Promote(ctx, name, 1); err != nil {
		t.Fatal(err)
	}
	c := model.NoCorrection()
	for want, ratio := range []float64{0, 1.25, 1.5} {
		if want > 0 {
			c.Ratio = [2]float64{ratio, ratio}
			for range 2 { // the same key again adds nothing
				if n, err := r.Correct(ctx, name, 1, fmt.Sprint("run", want), c); err != nil || n != want {
					t.Fatalf("correction %d: %v", n, err)
				}
			}
		}
		for _, r := range []*registry.Registry{r, registry.New(on, clock)} {
			l, err := r.Champion(ctx, name)
			if err != nil || l.Correction != want || l.Stale != nil || want > 0 && l.Bundle.Correction.Ratio[1] != ratio {
				t.Errorf("correction %d, ratio %v: %v", l.Correction, l.Bundle.Correction.Ratio, err)
			}
		}
	}
	for number, ratio := range []float64{0, 1.25, 1.5} {
		l, err := r.LoadCorrected(ctx, name, 1, number)
		if err != nil || l.Correction != number || number > 0 && l.Bundle.Correction.Ratio[1] != ratio {
			t.Errorf("asked for correction %d: %+v, %v", number, l, err)
		}
	}
	if _, err := r.LoadCorrected(ctx, name, 1, 3); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("asked for an unknown correction: %v", err)
	}
	if n, err := r.Correct(ctx, name, 1, "run1", c); err != nil || n != 1 {
		t.Errorf("an earlier key again: correction %d, %v", n, err)
	}
	c.Ratio[0] = -1
	if _, err := r.Correct(ctx, name, 1, "", c); rumbo.CodeOf(err) != rumbo.Invalid {
		t.Errorf("a correction that makes times negative: %v", err)
	}
	if _, err := r.Correct(ctx, name, 9, "", c); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("correcting an unknown version: %v", err)
	}
}

func bucket(t *testing.T) blob.Bucket {
	t.Helper()
	b, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func bundle(t *testing.T, seed uint64) *model.Bundle {
	t.Helper()
	b, err := modeltest.Bundle(feature.R, seed)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func addition(t *testing.T, key string, against int, passed bool) registry.Addition {
	return registry.Addition{Key: key, Bundle: bundle(t, uint64(len(key))), Passed: passed, Against: against,
		Version: rumbo.ModelVersion{Features: "R", Verdict: "verdict of " + key, Metrics: rumbo.Metrics{Rows: 10, MAES: 100}}}
}

func add(t *testing.T, r *registry.Registry, a registry.Addition) rumbo.ModelVersion {
	t.Helper()
	v, err := r.Add(context.Background(), name, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAVersionsLife(t *testing.T) {
	ctx, on := context.Background(), bucket(t)
	r := registry.New(on, clock)
	if _, err := r.Champion(ctx, name); rumbo.CodeOf(err) != rumbo.NoModel {
		t.Fatalf("champion of an empty registry: %v", err)
	}
	if all, err := r.Models(ctx); err != nil || len(all) != 0 {
		t.Fatalf("models of an empty registry: %v, %v", all, err)
	}
	first := add(t, r, addition(t, "a", 0, true))
	if again := add(t, r, addition(t, "a", 0, true)); again.Version != first.Version || first.Version != 1 {
		t.Errorf("the same key made versions %d and %d", first.Version, again.Version)
	}
	if _, err := r.Promote(ctx, name, 1); err != nil {
		t.Fatal(err)
	}
	if again := add(t, r, addition(t, "a", 0, true)); !again.Champion {
		t.Error("added again, the champion is not said to be one")
	}
	if v, passed, err := r.Find(ctx, name, "a"); err != nil || v.Version != 1 || !v.Champion || !passed {
		t.Errorf("found %+v, %v: %v", v, passed, err)
	}
	if _, _, err := r.Find(ctx, name, "never"); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("found under a key that was never used: %v", err)
	}
	second := add(t, r, addition(t, "bb", 1, true))
	if _, err := r.Promote(ctx, name, second.Version); err != nil {
		t.Fatal(err)
	}
	// Another process sees the same, and can go back.
	other := registry.New(on, clock)
	champion, err := other.Champion(ctx, name)
	if err != nil || champion.Version.Version != 2 || !champion.Version.Champion || champion.Stale != nil {
		t.Fatalf("champion %+v: %v", champion, err)
	}
	if v, err := other.Rollback(ctx, name, 1); err != nil || !v.Champion {
		t.Fatalf("rollback: %+v, %v", v, err)
	}
	if v, err := other.Rollback(ctx, name, 1); err != nil || !v.Champion {
		t.Fatalf("rolling back again: %+v, %v", v, err)
	}
	if champion, err = r.Champion(ctx, name); err != nil || champion.Version.Version != 1 {
		t.Fatalf("hot reload: %+v, %v", champion, err)
	}
	history, err := r.History(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	var story []string
	for _, c := range history {
		story = append(story, fmt.Sprintf("%d:%d %s", c.Number, c.Version, c.Reason))
	}
	want := "3:1 rolled back from version 2; 2:2 verdict of bb; 1:1 verdict of a"
	if got := strings.Join(story, "; "); got != want {
		t.Errorf("history %s, want %s", got, want)
	}
	versions, err := r.Versions(ctx, name)
	if err != nil || len(versions) != 2 || versions[0].Version != 2 || versions[0].Champion || !versions[1].Champion {
		t.Errorf("versions %+v: %v", versions, err)
	}
}

func TestTheGate(t *testing.T) {
	ctx := context.Background()
	r := registry.New(bucket(t), clock)
	add(t, r, addition(t, "failed", 0, false))
	for what, call := range map[string]func(context.Context, string, int) (rumbo.ModelVersion, error){"promote": r.Promote, "roll back": r.Rollback} {
		if _, err := call(ctx, name, 1); rumbo.CodeOf(err) != rumbo.Conflict || !strings.Contains(err.Error(), "verdict of failed") {
			t.Errorf("%s a version that failed: %v", what, err)
		}
		if _, err := call(ctx, name, 7); rumbo.CodeOf(err) != rumbo.NotFound {
			t.Errorf("%s an unknown version: %v", what, err)
		}
	}
	if _, err := r.Add(ctx, "No Name", addition(t, "x", 0, true)); rumbo.CodeOf(err) != rumbo.Invalid {
		t.Errorf("bad name: %v", err)
	}
	if _, err := r.Versions(ctx, "unknown"); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("versions of an unknown model: %v", err)
	}
}

func TestOfTwoPromotersOneWins(t *testing.T) {
	ctx, on := context.Background(), bucket(t)
	r := registry.New(on, clock)
	add(t, r, addition(t, "a", 0, true))
	if _, err := r.Promote(ctx, name, 1); err != nil {
		t.Fatal(err)
	}
	const rivals = 6
	for i := range rivals {
		add(t, r, addition(t, strings.Repeat("b", i+2), 1, true))
	}
	var wg sync.WaitGroup
	won := make([]error, rivals)
	for i := range rivals {
		wg.Go(func() { _, won[i] = registry.New(on, clock).Promote(ctx, name, i+2) })
	}
	wg.Wait()
	winners := 0
	for i, err := range won {
		switch rumbo.CodeOf(err) {
		case "":
			winners++
			if c, err := r.Champion(ctx, name); err != nil || c.Version.Version != i+2 {
				t.Errorf("winner %d, champion %v %v", i+2, c, err)
			}
		case rumbo.Conflict:
		default:
			t.Errorf("promoter %d: %v", i, err)
		}
	}
	if winners != 1 {
		t.Errorf("%d promoters followed the same champion", winners)
	}
}

func TestAdditionsAtOnceGetNumbersOfTheirOwn(t *testing.T) {
	on := bucket(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]bool{}
	for i := range 6 {
		a := addition(t, strings.Repeat("k", i+1), 0, true)
		wg.Go(func() {
			v, err := registry.New(on, clock).Add(context.Background(), name, a)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || seen[v.Version] {
				t.Errorf("version %d: %v", v.Version, err)
			}
			seen[v.Version] = true
		})
	}
	wg.Wait()
	if versions, err := registry.New(on, clock).Versions(context.Background(), name); err != nil || len(versions) != 6 {
		t.Errorf("%d versions: %v", len(versions), err)
	}
}

// TestAnInterruptedAdditionIsAbsent cuts an addition off before its description.
func TestAnInterruptedAdditionIsAbsent(t *testing.T) {
	ctx, on := context.Background(), bucket(t)
	cut := registry.New(&failing{Bucket: on, after: 1}, clock)
	if _, err := cut.Add(ctx, name, addition(t, "a", 0, true)); err == nil {
		t.Fatal("the bucket failed, the addition did not")
	}
	r := registry.New(on, clock)
	if _, err := r.Versions(ctx, name); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("an incomplete version is listed: %v", err)
	}
	if v := add(t, r, addition(t, "a", 0, true)); v.Version != 2 {
		t.Errorf("added as version %d, want 2: the number of the interrupted one is spent", v.Version)
	}
	if _, err := r.Load(ctx, name, 1); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("loading the incomplete version: %v", err)
	}
}

func TestADamagedChampionLeavesTheLastGoodOne(t *testing.T) {
	ctx, on := context.Background(), bucket(t)
	r := registry.New(on, clock)
	for i, key := range []string{"a", "bb"} {
		add(t, r, addition(t, key, i, true))
		if _, err := r.Promote(ctx, name, i+1); err != nil {
			t.Fatal(err)
		}
	}
	damage(t, on, "models/travel-time/versions/00000002/model.bin")
	for who, r := range map[string]*registry.Registry{"the same process": r, "a fresh one": registry.New(on, clock)} {
		c, err := r.Champion(ctx, name)
		if err != nil || c.Version.Version != 1 || rumbo.CodeOf(c.Stale) != rumbo.Corrupt {
			t.Errorf("%s: %+v, %v", who, c, err)
		}
	}
	damage(t, on, "models/travel-time/versions/00000001/model.bin")
	if _, err := registry.New(on, clock).Champion(ctx, name); rumbo.CodeOf(err) != rumbo.Corrupt {
		t.Errorf("nothing can be loaded: %v", err)
	}
}

// TestAnUnusableChampionStandsInNobodysWay: after an upgrade that defines features
// anew, or damage, a new version was compared with nothing and is promoted.
func TestAnUnusableChampionStandsInNobodysWay(t *testing.T) {
	ctx, on := context.Background(), bucket(t)
	r := registry.New(on, clock)
	add(t, r, addition(t, "a", 0, true))
	if _, err := r.Promote(ctx, name, 1); err != nil {
		t.Fatal(err)
	}
	add(t, r, addition(t, "bb", 0, true))
	if _, err := r.Promote(ctx, name, 2); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Fatalf("compared with nothing, promoted over a sound champion: %v", err)
	}
	damage(t, on, "models/travel-time/versions/00000001/model.bin")
	if _, err := r.Promote(ctx, name, 2); err != nil {
		t.Error(err)
	}
}

// TestAModelOfOtherFeaturesIsNone writes the version anew with another definition, as
// an older program would have left it.
func TestAModelOfOtherFeaturesIsNone(t *testing.T) {
	ctx, on := context.Background(), bucket(t)
	r := registry.New(on, clock)
	add(t, r, addition(t, "a", 0, true))
	if _, err := r.Promote(ctx, name, 1); err != nil {
		t.Fatal(err)
	}
	const at = "models/travel-time/versions/00000001/"
	file := bytes.Replace(read(t, on, at+"model.bin"), []byte(feature.R.Hash()), []byte(strings.Repeat("0", 64)), 1)
	body := file[:len(file)-sha256.Size]
	inner := sha256.Sum256(body)
	file = append(bytes.Clone(body), inner[:]...)
	outer, before := sha256.Sum256(file), sha256.Sum256(read(t, on, at+"model.bin"))
	meta := bytes.Replace(read(t, on, at+"meta.json"), []byte(hex.EncodeToString(before[:])), []byte(hex.EncodeToString(outer[:])), 1)
	for key, data := range map[string][]byte{at + "model.bin": file, at + "meta.json": meta} {
		if _, err := on.Put(ctx, key, bytes.NewReader(data), blob.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := registry.New(on, clock).Champion(ctx, name); rumbo.CodeOf(err) != rumbo.NoModel || !strings.Contains(err.Error(), "train again") {
		t.Errorf("a model of other features: %v", err)
	}
}

// damage changes one byte of an object.
func damage(t *testing.T, on blob.Bucket, key string) {
	t.Helper()
	file := read(t, on, key)
	file[len(file)/2] ^= 1
	if _, err := on.Put(context.Background(), key, strings.NewReader(string(file)), blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
}

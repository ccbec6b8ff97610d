package train_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob/dir"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
	"github.com/logistica-inteligente/rumbo/internal/registry"
	"github.com/logistica-inteligente/rumbo/internal/train"
)

// city is the made-up city's trips as a source.
func city(trips []rumbo.Trip) train.Source {
	return train.Source{Trips: modeltest.Seq(trips), Resolver: modeltest.Resolver(), Roads: &modeltest.Roads{}}
}

// TestTheStoryOfADrift: a model is in use; the city becomes slower; the watch raises
// the alarm; a challenger trained on the new trips wins and is promoted; somebody
// rolls back.
func TestTheStoryOfADrift(t *testing.T) {
	ctx := context.Background()
	bucket, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	models := registry.New(bucket, modeltest.Start)
	add := func(key string, r *train.Result, against int) rumbo.ModelVersion {
		t.Helper()
		v, err := models.Add(ctx, rumbo.TravelTime, registry.Addition{Key: key, Bundle: r.Bundle, Version: r.Version, Passed: r.Passed, Against: against})
		if err == nil {
			v, err = models.Promote(ctx, rumbo.TravelTime, v.Version)
		}
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	mustTrain := func(trips []rumbo.Trip, o train.Options) *train.Result {
		t.Helper()
		r, err := train.Train(ctx, city(trips), o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}

	quiet := modeltest.Trips(2000, 1, 1)
	add("run_1", mustTrain(quiet[:1500], train.Options{}), 0)
	champion, err := models.Champion(ctx, rumbo.TravelTime)
	if err != nil {
		t.Fatal(err)
	}
	if h := watch(t, champion, quiet[1500:]); len(h.Alerts) != 0 {
		t.Errorf("an ordinary week raises %q", h.Alerts)
	}

	slow := modeltest.Trips(1500, 2, 1.6)
	for i := range slow {
		slow[i].ID = "slow-" + slow[i].ID
		slow[i].PickupAt, slow[i].DropoffAt = slow[i].PickupAt.AddDate(1, 0, 0), slow[i].DropoffAt.AddDate(1, 0, 0)
	}
	alerts := strings.Join(watch(t, champion, slow).Alerts, "\n")
	for _, want := range []string{"mean absolute error is", "P10 to P90 hold", "duration_s has shifted"} {
		if !strings.Contains(alerts, want) {
			t.Errorf("a slower city raises\n%s\nwithout %q", alerts, want)
		}
	}

	challenger := mustTrain(append(quiet, slow...), train.Options{
		From: slow[0].PickupAt, Champion: champion.Bundle, ChampionUntil: champion.Version.Lineage.TrainUntil,
	})
	if v := add("run_2", challenger, champion.Version.Version); !strings.Contains(v.Verdict, "beats") || !strings.Contains(v.Verdict, "the champion") {
		t.Errorf("verdict %q", v.Verdict)
	}
	if now, err := models.Champion(ctx, rumbo.TravelTime); err != nil || now.Version.Version != 2 {
		t.Errorf("champion %+v: %v", now, err)
	}
	if _, err := models.Rollback(ctx, rumbo.TravelTime, 1); err != nil {
		t.Fatal(err)
	}
	if now, err := models.Champion(ctx, rumbo.TravelTime); err != nil || now.Version.Version != 1 {
		t.Errorf("after the rollback: %+v: %v", now, err)
	}
}

func watch(t *testing.T, l *registry.Loaded, trips []rumbo.Trip) train.Health {
	t.Helper()
	h, err := train.Watch(context.Background(), l.Bundle, l.Version, city(trips), time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3/s3test"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
	"github.com/logistica-inteligente/rumbo/internal/registry"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
)

// TestPredictionFiles sends files of queries over HTTP and reads their answers, with payloads
// in a directory.
func TestPredictionFiles(t *testing.T) { testPredictionFiles(t, settings{Data: t.TempDir()}) }

// TestPredictionFilesOnPostgres is TestPredictionFiles on a real PostgreSQL and a bucket.
func TestPredictionFilesOnPostgres(t *testing.T) {
	pgtest.Need(t, server)
	testPredictionFiles(t, settings{Data: t.TempDir(), Database: server.Database(t), Blobs: s3test.New(t).Bucket(t), WebhookSecret: "whsec_" + strings.Repeat("c2Vj", 8)})
}

func testPredictionFiles(t *testing.T, s settings) {
	a, c, stop := startTownAs(t, s)
	defer stop()
	file := []byte(strings.Repeat(`{"from":{"zone":1},"to":{"zone":2},"depart_at":"2026-03-16T08:00:00-03:00"}`+"\n", 3000))
	if _, err := c.PredictFile(t.Context(), bytes.NewReader(file), client.FileOptions{}); rumbo.CodeOf(err) != rumbo.NoModel {
		t.Errorf("without a model: %v", err)
	}
	crown(t, a)
	hooks := make(chan client.Event, 4)
	verifier, err := client.NewVerifier(a.secret)
	if err != nil {
		t.Fatal(err)
	}
	receiver := httptest.NewServer(verifier.Handler(func(e client.Event) error { hooks <- e; return nil }))
	defer receiver.Close()
	send := map[string]func() (rumbo.PredictionJob, error){
		"plain": func() (rumbo.PredictionJob, error) {
			return c.PredictFile(t.Context(), bytes.NewReader(file), client.FileOptions{CallbackURL: receiver.URL})
		},
		"compressed": func() (rumbo.PredictionJob, error) {
			return c.PredictFile(t.Context(), bytes.NewBuffer(squeezed(t, file)), client.FileOptions{Gzip: true, CallbackURL: receiver.URL})
		},
		"large": func() (rumbo.PredictionJob, error) {
			return c.PredictLargeFile(t.Context(), bytes.NewReader(file), client.FileOptions{CallbackURL: receiver.URL})
		},
	}
	for name, post := range send {
		job, err := post()
		if err == nil {
			job, err = c.WaitPredictions(t.Context(), job.ID)
		}
		if err != nil || job.Counts.Answered != 3000 || job.Bytes != int64(len(file)) || job.Version != 1 {
			t.Fatalf("%s: %+v, %v", name, job, err)
		}
		var told struct{ Data rumbo.PredictionJob }
		if e := <-hooks; e.Type != rumbo.EventPredictionFinished || json.Unmarshal(e.Data, &told.Data) != nil || told.Data.ID != job.ID || told.Data.Results != job.Results {
			t.Errorf("%s: %s %s", name, e.Type, e.Data)
		}
		lines := 0
		for l, err := range c.PredictionResults(t.Context(), job.ID) {
			if lines++; err != nil || l.Line != int64(lines) || l.Prediction == nil {
				t.Fatalf("%s: %+v, %v", name, l, err)
			}
		}
		var whole bytes.Buffer
		if n, err := c.CopyPredictionResults(t.Context(), job.ID, &whole); err != nil || n != job.ResultsBytes || lines != 3000 {
			t.Errorf("%s: %d bytes of %d, %d lines, %v", name, n, job.ResultsBytes, lines, err)
		}
	}
	faulty, err := c.PredictFile(t.Context(), strings.NewReader("{}\n"), client.FileOptions{})
	if err == nil {
		_, err = c.WaitPredictions(t.Context(), faulty.ID)
	}
	if rumbo.CodeOf(err) != rumbo.Conflict || !strings.Contains(fmt.Sprint(err), "missing_field") {
		t.Errorf("a file of faults: %v", err)
	}
	for _, err := range c.PredictionResults(t.Context(), faulty.ID) {
		if rumbo.CodeOf(err) != rumbo.NotFound {
			t.Errorf("its answers: %v", err)
		}
	}
}

// crown makes a champion without training: tinytown has too few trips for a good one.
func crown(t *testing.T, a *app) {
	t.Helper()
	bundle, err := modeltest.Bundle(feature.R, 1)
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.registry.Add(t.Context(), rumbo.TravelTime, registry.Addition{Key: "test", Bundle: bundle, Passed: true, Version: rumbo.ModelVersion{Features: "R"}})
	if err == nil {
		_, err = a.registry.Promote(t.Context(), rumbo.TravelTime, v.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
}

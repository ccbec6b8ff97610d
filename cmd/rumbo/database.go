package main

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/logistica-inteligente/rumbo/internal/flow"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
)

// shared says that other processes may use the same database.
func (s settings) shared() bool { return strings.HasPrefix(s.Database, "postgres") }

// openStore opens the database and the task queue that lives in it.
func (a *app) openStore(ctx context.Context) error {
	config := rivertask.Config{Logger: a.log, GaveUp: func(ctx context.Context, t task.Attempt, cause error) error {
		return flow.GaveUp(a.learn, a.plan)(ctx, t, cause)
	}}
	if a.settings.shared() {
		return a.openPostgres(ctx, config)
	}
	db, err := sqlite.Open(ctx, filepath.Join(a.settings.Data, "rumbo.db"))
	if err != nil {
		return err
	}
	a.closers = append(a.closers, db.Close)
	queue, err := rivertask.OpenSQLite(ctx, db.Writer(), config)
	if err != nil {
		return err
	}
	a.queue, a.store = queue, db.Store(queue)
	return nil
}

func (a *app) openPostgres(ctx context.Context, config rivertask.Config) error {
	db, err := postgres.Open(ctx, a.settings.Database)
	if err != nil {
		return err
	}
	a.closers = append(a.closers, db.Close)
	queue, err := rivertask.OpenPostgres(ctx, db.Pool(), config)
	if err != nil {
		return err
	}
	a.queue, a.store = queue, db.Store(queue)
	return nil
}

// openKeys opens the database alone, for commands that manage API keys.
func openKeys(ctx context.Context, data string) (store.Store, error) {
	db, err := sqlite.Open(ctx, filepath.Join(data, "rumbo.db"))
	if err != nil {
		return nil, err
	}
	return db.Store(nil), nil
}

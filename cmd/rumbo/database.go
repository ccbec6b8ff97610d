package main

import (
	"context"
	"os"
	"path/filepath"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/flow"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
)

// shared says that other processes may use the same database.
func (s settings) shared() bool { return s.Database != "" }

// openStore opens the database and the task queue that lives in it.
func (a *app) openStore(ctx context.Context) error {
	config := rivertask.Config{Logger: a.log, Rescue: a.settings.Rescue, Classes: a.settings.classes(),
		ShortWorkers: a.settings.Concurrency[string(task.Short)], LongWorkers: a.settings.Concurrency[string(task.Long)], GaveUp: func(ctx context.Context, t task.Attempt, cause error) error {
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
	a.queue, a.store = queue, db.Passing(rivertask.Passing()...).Store(queue)
	return nil
}

// classes are the classes of work that this process takes.
func (s settings) classes() (out []task.Class) {
	for _, q := range s.Queues {
		out = append(out, task.Class(q))
	}
	return out
}

// place is the installation that a command looks after.
type place struct {
	Data     string `env:"RUMBO_DATA_DIR" help:"Directory of the installation. A server that uses it must be stopped first, unless the data is in PostgreSQL."`
	Database string `env:"RUMBO_DATABASE" help:"postgres://… where the data is in PostgreSQL."`
}

// file is the path of the SQLite database.
func (p place) file() (string, error) {
	if p.Data == "" {
		return "", &rumbo.Error{Code: rumbo.Invalid, Op: "rumbo", Detail: "which installation?", Hint: "give --data or --database"}
	}
	return filepath.Join(p.Data, "rumbo.db"), os.MkdirAll(p.Data, 0o700)
}

// openKeys opens the database alone, for commands that manage API keys.
func (p place) openKeys(ctx context.Context) (store.Store, error) {
	if p.Database != "" {
		db, err := postgres.Open(ctx, p.Database)
		if err != nil {
			return nil, err
		}
		return db.Store(nil), nil
	}
	path, err := p.file()
	if err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	return db.Store(nil), nil
}

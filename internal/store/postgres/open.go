package postgres

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"

	"github.com/logistica-inteligente/rumbo/internal/store/sqlstore"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Database is a pool of connections: hand Pool to the task queue, then make
// the Store with it.
type Database struct {
	pool    *pgxpool.Pool
	passing []string // tables of others that no backup holds
}

// Open connects to a postgres:// address and brings the tables up to date.
// pool_max_conns in the address limits the connections (16), silence_timeout how long
// the server may say nothing while an answer is awaited (2m). Errors: Invalid for an
// address that cannot be read; Unavailable when no server answers it or refuses
// the login; Conflict for a server that is too old, or when a newer Rumbo has
// changed the tables.
func Open(ctx context.Context, address string) (*Database, error) {
	db, err := connect(ctx, address, silence)
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		db.pool.Close()
		return nil, explain(db.pool.Config().ConnConfig, err)
	}
	return db, nil
}

// connect is Open without its tables; patience is for an address that chooses none, schema
// for tables that are not those of the installation.
func connect(ctx context.Context, address string, patience time.Duration, schema ...string) (*Database, error) {
	config, err := configure(address, patience)
	if err != nil {
		return nil, err
	}
	if len(schema) == 1 && schema[0] != "" {
		config.ConnConfig.RuntimeParams["search_path"] = quote(schema[0])
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, explain(config.ConnConfig, err)
	}
	if err := firstPing(ctx, pool); err != nil {
		pool.Close()
		return nil, explain(config.ConnConfig, err)
	}
	return &Database{pool: pool}, nil
}

// hidden drops pgx's message, which repeats the address and so the password.
func hidden(error) error {
	return errors.New("it should look like postgres://user:password@host:5432/database")
}

// firstPing waits, a minute at most, for a server that is there but still recovers or
// starts: both begin together after a power cut.
func firstPing(ctx context.Context, pool *pgxpool.Pool) error {
	for began := time.Now(); ; {
		err := pool.Ping(ctx)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "57P03" || time.Since(began) > time.Minute {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (db *Database) migrate(ctx context.Context) error {
	provider, done, err := db.provider()
	if err != nil {
		return err
	}
	defer done()
	return sqlstore.Up(ctx, provider)
}

// provider is what applies migrations; done lets go of it, not of the pool.
func (db *Database) provider() (p *goose.Provider, done func() error, err error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // a look a second, for five minutes
	if err != nil {
		return nil, nil, err
	}
	std := stdlib.OpenDBFromPool(db.pool)
	p, err = goose.NewProvider(database.DialectPostgres, std, files,
		goose.WithTableName(sqlstore.VersionTable), goose.WithSessionLocker(locker))
	if err != nil {
		std.Close()
		return nil, nil, err
	}
	return p, std.Close, nil
}

// Pool is the pool of connections; the task queue shares it.
func (db *Database) Pool() *pgxpool.Pool { return db.pool }

// Close waits for running statements and closes the connections. A second call
// changes nothing.
func (db *Database) Close() error {
	db.pool.Close()
	return nil
}

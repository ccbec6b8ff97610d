package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/logistica-inteligente/rumbo"
)

// Limits of a connection that the address may choose otherwise.
const (
	// OldestServer is the first version of PostgreSQL that is supported.
	OldestServer = 14
	// maxConns is the number of connections of one process (pool_max_conns): its
	// ten workers with one each, requests, and the listening connection.
	maxConns = 16
	// silence is how long the server may say nothing while an answer is awaited
	// (silence_timeout, a duration such as 30s): more means that the network
	// swallows what is sent, which no error would ever tell.
	silence = 2 * time.Minute
)

// configure reads an address and adds what it leaves open.
func configure(address string, patience time.Duration) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, rumbo.Fault(rumbo.Invalid, "postgres.Open", "the address of the database cannot be read", hidden(err))
	}
	params := config.ConnConfig.RuntimeParams
	if given, ok := params["silence_timeout"]; ok {
		if patience, err = time.ParseDuration(given); err != nil || patience <= 0 {
			return nil, rumbo.Fault(rumbo.Invalid, "postgres.Open", "silence_timeout is no duration such as 30s", nil)
		}
		delete(params, "silence_timeout") // ours, not the server's
	}
	if !strings.Contains(address, "pool_max_conns") {
		config.MaxConns = maxConns
	}
	params["application_name"] = "rumbo"
	for name, value := range map[string]string{
		"idle_in_transaction_session_timeout": "120000", // ms; a process that hangs gives its locks back
		"lock_timeout":                        "60000",
		"timezone":                            "UTC",
	} {
		if _, given := params[name]; !given {
			params[name] = value
		}
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 10 * time.Second
	}
	dialer := &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 4}}
	config.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dialer.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &patient{Conn: c, patience: patience}, nil
	}
	config.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		return supported(c.PgConn().ParameterStatus("server_version"))
	}
	return config, nil
}

// supported refuses servers whose SQL lacks what we use.
func supported(version string) error {
	number, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(number); err == nil && n < OldestServer {
		return &rumbo.Error{Code: rumbo.Conflict, Op: "postgres.Open",
			Detail: "the server is PostgreSQL " + version, Hint: fmt.Sprintf("Rumbo needs PostgreSQL %d or newer", OldestServer)}
	}
	return nil
}

// explain says in an operator's words why the database could not be opened; the
// address, and so the password, is not repeated.
func explain(config *pgx.ConnConfig, err error) error {
	const op = "postgres.Open"
	place := net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	told := func(detail, hint string) error {
		return &rumbo.Error{Code: rumbo.Unavailable, Op: op, Detail: detail, Hint: hint}
	}
	var coded *rumbo.Error
	if errors.As(err, &coded) {
		return coded
	}
	if errors.Is(err, context.Canceled) {
		return rumbo.Fault(rumbo.Canceled, op, "", err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "28P01", "28000":
			return told(fmt.Sprintf("PostgreSQL at %s refuses user %q: %s", place, config.User, pg.Message), "check user and password of --database, and pg_hba.conf")
		case "3D000":
			return told(fmt.Sprintf("PostgreSQL at %s has no database %q", place, config.Database), "make it first: createdb "+config.Database)
		case "53300":
			return told("PostgreSQL at "+place+" has no connection left", "raise max_connections, or lower pool_max_conns in the address of every process")
		case "25006":
			return told("PostgreSQL at "+place+" only reads: it is a standby", "use the address of the primary")
		case "42501":
			return told(fmt.Sprintf("user %q may not make tables in database %q: %s", config.User, config.Database, pg.Message), "make the user owner of the database")
		}
		return dialect().Fail(op, err)
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return told("no PostgreSQL server answers at "+place, "check that it runs and that host and port of --database are right")
	}
	return dialect().Fail(op, err)
}

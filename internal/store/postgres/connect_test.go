package postgres_test

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
)

// actor is a server that greets each connection with the given messages, and then
// says nothing.
func actor(t *testing.T, greet ...pgproto3.BackendMessage) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			go func() {
				b := pgproto3.NewBackend(c, c)
				if _, err := b.ReceiveStartupMessage(); err != nil {
					return
				}
				for _, m := range greet {
					b.Send(m)
				}
				_ = b.Flush()
			}()
		}
	}()
	return "postgres://ana:secret@" + l.Addr().String() + "/rutas?sslmode=disable"
}

// TestOpenSaysWhatIsWrong holds the errors that an operator meets.
func TestOpenSaysWhatIsWrong(t *testing.T) {
	welcome := func(version string) []pgproto3.BackendMessage {
		return []pgproto3.BackendMessage{&pgproto3.AuthenticationOk{}, &pgproto3.ParameterStatus{Name: "server_version", Value: version},
			&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: []byte{0, 0, 0, 1}}, &pgproto3.ReadyForQuery{TxStatus: 'I'}}
	}
	refusal := func(code, message string) pgproto3.BackendMessage {
		return &pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: message}
	}
	for _, c := range []struct {
		what, address string
		code          rumbo.Code
		says          string
	}{
		{"wrong password", actor(t, refusal("28P01", "password authentication failed")), rumbo.Unavailable, `refuses user "ana"`},
		{"no connection left", actor(t, refusal("53300", "too many clients")), rumbo.Unavailable, "no connection left"},
		{"too old", actor(t, welcome("13.14 (Debian 13.14-1)")...), rumbo.Conflict, "PostgreSQL 13.14"},
		{"bad silence", "postgres://ana@127.0.0.1/rutas?silence_timeout=soon", rumbo.Invalid, "silence_timeout"},
		{"nobody there", "postgres://ana:secret@127.0.0.1:1/rutas", rumbo.Unavailable, "no PostgreSQL server answers at 127.0.0.1:1"},
	} {
		began := time.Now()
		db, err := postgres.Open(t.Context(), c.address)
		if err == nil {
			db.Close()
		}
		if rumbo.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", c.what, err)
		}
		var fault *rumbo.Error
		if c.says != "" && c.code != rumbo.Invalid && (!errors.As(err, &fault) || fault.Hint == "") {
			t.Errorf("%s: no hint in %v", c.what, err)
		}
		t.Logf("%s after %s: %v", c.what, time.Since(began).Round(time.Millisecond), err)
	}
}

// TestOpenOnARealServer meets the same without a database and without a user.
func TestOpenOnARealServer(t *testing.T) {
	pgtest.Need(t, server)
	address := server.Database(t)
	nowhere := address[:strings.LastIndex(address, "/")] + "/nowhere?sslmode=disable"
	if _, err := postgres.Open(t.Context(), nowhere); rumbo.CodeOf(err) != rumbo.Unavailable || !strings.Contains(err.Error(), `no database "nowhere"`) {
		t.Errorf("no database: %v", err)
	}
	stranger := strings.Replace(address, "rumbo@", "stranger@", 1)
	if _, err := postgres.Open(t.Context(), stranger); rumbo.CodeOf(err) != rumbo.Unavailable || !strings.Contains(err.Error(), `refuses user "stranger"`) {
		t.Errorf("no such user: %v", err)
	}
}

// TestOpenWaitsForAStartingServer meets a server that first says that it is
// starting.
func TestOpenWaitsForAStartingServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	calls := make(chan bool, 10)
	go func() {
		for starting := true; ; starting = false {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b := pgproto3.NewBackend(c, c)
			if _, err := b.ReceiveStartupMessage(); err == nil {
				code := "3D000"
				if starting {
					code = "57P03"
				}
				b.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: "the database system is starting up"})
				_ = b.Flush()
			}
			calls <- starting
			c.Close()
		}
	}()
	_, err = postgres.Open(t.Context(), "postgres://ana@"+l.Addr().String()+"/rutas?sslmode=disable")
	if !strings.Contains(err.Error(), "has no database") || !<-calls || <-calls {
		t.Errorf("did not try again: %v", err)
	}
}

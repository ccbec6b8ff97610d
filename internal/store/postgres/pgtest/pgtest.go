//go:build unix

// Package pgtest starts a real PostgreSQL server for tests, on loopback, with
// its data in a temporary folder.
//
// It uses the server that is installed (Debian: the package postgresql). Where
// there is none the tests that need it are skipped, unless the environment says
// RUMBO_REQUIRE_POSTGRES=1, as ./test does where a server is expected: then
// they fail. PostgreSQL refuses to run as root, so a test that runs as root
// starts it as the user postgres or nobody.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a running server.
type Server struct {
	dir      string
	bin      string // folder of initdb and postgres
	port     int
	settings []string
	cmd      *exec.Cmd
	exited   chan struct{}
	log      *bytes.Buffer
	names    atomic.Int64

	preparing sync.Once
	prepared  error
}

// Required is the environment variable that turns skipping into failing.
const Required = "RUMBO_REQUIRE_POSTGRES"

// ErrNone says that no server is installed.
var ErrNone = errors.New("no PostgreSQL server is installed (Debian: apt install postgresql)")

// Start starts a server that the caller stops. settings are further lines of
// its configuration, such as "fsync=off".
func Start(settings ...string) (*Server, error) {
	bin, err := installed()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "rumbo-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, bin: bin, settings: settings}
	if err := s.start(); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// installed finds the newest installed server.
func installed() (bin string, err error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", ErrNone
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	return filepath.Dir(path), nil
}

func version(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}

func (s *Server) start() error {
	as, err := owner(s.dir)
	if err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "-D", data, "-U", "rumbo", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = attributes(as), s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	return s.Run()
}

// Run starts the server's process, at first and after Kill, and waits until it
// answers.
func (s *Server) Run() error {
	as, err := owner(s.dir)
	if err != nil {
		return err
	}
	args := []string{"-D", filepath.Join(s.dir, "data"), "-p", strconv.Itoa(s.port), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "max_connections=200"}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	s.log, s.exited = new(bytes.Buffer), make(chan struct{})
	s.cmd = exec.Command(filepath.Join(s.bin, "postgres"), args...)
	s.cmd.SysProcAttr, s.cmd.Dir, s.cmd.Stderr = attributes(as), s.dir, s.log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = s.cmd.Wait()
		close(s.exited)
	}()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		select {
		case <-s.exited:
			return fmt.Errorf("postgres ended:\n%s", s.log)
		default:
		}
		err := s.exec("postgres", "SELECT 1")
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("postgres does not answer: %w", err)
		}
	}
}

// exec runs a statement in a database.
func (s *Server) exec(database, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, s.address(database))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	return err
}

func (s *Server) address(database string) string {
	return fmt.Sprintf("postgres://rumbo@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}

// Database makes an empty database and returns its address.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	return s.create(t, "")
}

// Copy makes a copy of a database that prepare has filled, which is called once
// for a server, and returns its address: tables are copied faster than they are
// made by migrations.
func (s *Server) Copy(t testing.TB, prepare func(ctx context.Context, address string) error) string {
	t.Helper()
	s.preparing.Do(func() {
		s.prepared = s.exec("postgres", "CREATE DATABASE prepared")
		if s.prepared == nil {
			s.prepared = prepare(context.Background(), s.address("prepared"))
		}
	})
	if s.prepared != nil {
		t.Fatal(s.prepared)
	}
	return s.create(t, " TEMPLATE prepared")
}

// New makes an empty database and returns its address, for programs.
func (s *Server) New() (address string, err error) {
	name := fmt.Sprintf("made_%d", s.names.Add(1))
	return s.address(name), s.exec("postgres", "CREATE DATABASE "+name)
}

func (s *Server) create(t testing.TB, from string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", s.names.Add(1))
	if err := s.exec("postgres", "CREATE DATABASE "+name+from); err != nil {
		t.Fatal(err)
	}
	return s.address(name)
}

// Kill is kill -9 of the server; Run brings it back.
func (s *Server) Kill() error {
	err := s.cmd.Process.Kill()
	<-s.exited
	return err
}

// Stop ends the server and removes its data.
func (s *Server) Stop() error {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(syscall.SIGQUIT) // immediate shutdown; its children end too
		select {
		case <-s.exited:
		case <-time.After(30 * time.Second):
			_ = s.Kill()
		}
	}
	return os.RemoveAll(s.dir)
}

// owner gives the folder to the user that the server will run as and returns
// that user, or nil when it is the user of this process.
func owner(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err := errors.Join(err1, err2, os.Chown(dir, uid, gid)); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL refuses to run as root and there is no user postgres or nobody")
}

// freePort is a port of loopback that was free a moment ago.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Main runs a package's tests with one server, given to set before; for
// TestMain. Without an installed server set is not called and Need skips.
func Main(m *testing.M, set func(*Server), settings ...string) int {
	s, err := Start(settings...)
	switch {
	case errors.Is(err, ErrNone):
		return m.Run()
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	set(s)
	code := m.Run()
	if err := s.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// Need ends a test that needs a server when there is none: skipped, or failed
// where the environment requires one.
func Need(t testing.TB, s *Server) {
	t.Helper()
	if s != nil {
		return
	}
	if os.Getenv(Required) != "" {
		t.Fatal(ErrNone)
	}
	t.Skip(ErrNone)
}

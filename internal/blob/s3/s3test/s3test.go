// Package s3test starts a real S3 server (versitygw on a temporary folder) for
// tests, on loopback.
//
// Where none is installed the tests that need it are skipped, unless the
// environment says RUMBO_REQUIRE_S3=1, as ./test does: then they fail.
package s3test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// Required is the environment variable that turns skipping into failing.
const Required = "RUMBO_REQUIRE_S3"

// ErrNone says that no server is installed.
var ErrNone = errors.New("no versitygw is installed (go install github.com/versity/versitygw/cmd/versitygw@v1.8.0)")

// What the server is told and a client must tell.
const (
	access = "rumbo"
	secret = "rumbo-secret"
	region = "us-east-1"
)

// Server is a running server.
type Server struct {
	dir     string
	Host    string // host:port
	cmd     *exec.Cmd
	exited  chan struct{}
	log     bytes.Buffer
	buckets atomic.Int64
}

// installed finds the program: in the path, or where ./test puts it.
func installed() (string, error) {
	if path, err := exec.LookPath("versitygw"); err == nil {
		return path, nil
	}
	dir, err := os.Getwd()
	for ; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if path := filepath.Join(dir, "bin", "versitygw"); isProgram(path) {
			return path, nil
		}
	}
	return "", ErrNone
}

func isProgram(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0
}

// NewVersioned is New with buckets that can keep old versions, when told to.
func NewVersioned(t testing.TB) *Server {
	t.Helper()
	return begin(t, "--versioning-dir", t.TempDir())
}

// New starts a server that stops when the test ends, and sets the environment of the
// test so that a client of AWS's SDK finds its credentials and never asks a cloud's
// metadata service.
func New(t testing.TB) *Server {
	t.Helper()
	return begin(t)
}

func begin(t testing.TB, flags ...string) *Server {
	t.Helper()
	path, err := installed()
	if err != nil {
		if os.Getenv(Required) != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	for key, value := range map[string]string{"AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_PROFILE": "", "AWS_SESSION_TOKEN": ""} {
		t.(interface{ Setenv(key, value string) }).Setenv(key, value)
	}
	s := &Server{dir: t.TempDir()}
	t.Cleanup(s.stop)
	if err := s.start(path, flags); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Server) start(path string, flags []string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.Host = l.Addr().String()
	l.Close()
	data, notes := filepath.Join(s.dir, "data"), filepath.Join(s.dir, "notes")
	if err := errors.Join(os.Mkdir(data, 0o755), os.Mkdir(notes, 0o755)); err != nil {
		return err
	}
	// Metadata beside the files: not every file system of a temporary folder has attributes.
	args := append([]string{"--port", s.Host, "--access", access, "--secret", secret, "--region", region, "--quiet", "posix", "--sidecar", notes}, flags...)
	s.cmd = exec.Command(path, append(args, data)...)
	s.cmd.Stdout, s.cmd.Stderr, s.exited = &s.log, &s.log, make(chan struct{})
	if err := s.cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = s.cmd.Wait()
		close(s.exited)
	}()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case <-s.exited:
			return fmt.Errorf("versitygw ended:\n%s", &s.log)
		default:
		}
		if answer, err := http.Get("http://" + s.Host); err == nil {
			answer.Body.Close()
			return nil
		}
	}
	return errors.New("versitygw does not answer")
}

func (s *Server) stop() {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.exited
}

// Bucket makes an empty bucket and returns the address of a prefix in it. The server
// takes a folder of its data for a bucket.
func (s *Server) Bucket(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("bucket-%d", s.buckets.Add(1))
	if err := os.Mkdir(filepath.Join(s.dir, "data", name), 0o755); err != nil {
		t.Fatal(err)
	}
	return s.Address(name, s.Host)
}

// Address is that of a prefix in a bucket of the server, reached at a host and port, its
// own or a proxy's.
func (s *Server) Address(bucket, host string) string {
	return "s3://" + bucket + "/acme?" + url.Values{"region": {region}, "endpoint": {"http://" + host}}.Encode()
}

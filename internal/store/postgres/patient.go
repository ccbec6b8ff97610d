package postgres

import (
	"net"
	"sync"
	"time"
)

// patient is a connection whose reads end with an error when nothing has come for
// a while, so that a network that swallows everything (a cut that nobody was told
// of) blocks no work forever. A deadline that pgx sets goes first.
type patient struct {
	net.Conn
	patience time.Duration

	mu    sync.Mutex
	given bool // pgx has set a deadline
}

// Read implements net.Conn.
func (p *patient) Read(b []byte) (int, error) {
	p.mu.Lock()
	if !p.given {
		_ = p.Conn.SetReadDeadline(time.Now().Add(p.patience)) // fails only on a closed connection, as the read then does
	}
	p.mu.Unlock()
	return p.Conn.Read(b)
}

// Write implements net.Conn.
func (p *patient) Write(b []byte) (int, error) {
	p.mu.Lock()
	if !p.given {
		_ = p.Conn.SetWriteDeadline(time.Now().Add(p.patience))
	}
	p.mu.Unlock()
	return p.Conn.Write(b)
}

// SetDeadline implements net.Conn.
func (p *patient) SetDeadline(t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.given = !t.IsZero()
	return p.Conn.SetDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (p *patient) SetReadDeadline(t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.given = !t.IsZero()
	return p.Conn.SetReadDeadline(t)
}

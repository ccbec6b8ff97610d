// Package faulttest puts a network that misbehaves between a test and a server:
// Shopify's toxiproxy as a library, with words for what can go wrong.
//
// Place: tests of drivers (databases, buckets). It never runs in production.
//
//   - Slow: every piece of data is late, by a random part of it more or less.
//   - Cut: the connections that are open break, with an error on both sides; new ones
//     work.
//   - Down: nobody answers; new connections are refused.
//   - Silent: everything sent is swallowed and no connection breaks, as when a cable is
//     pulled or a firewall forgets: connections are half open. New ones hang too.
//   - Heal: all is well again. Connections that lost data in a silence stay broken in
//     their own way, as they would be.
//
// A Proxy may be used by many goroutines.
package faulttest

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// Proxy is a network between its address and a server.
type Proxy struct {
	t     testing.TB
	proxy *toxiproxy.Proxy
}

// Between starts a proxy in front of the server at host:port; it ends with the test.
func Between(t testing.TB, server string) *Proxy {
	t.Helper()
	api := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.New(io.Discard))
	p := &Proxy{t, toxiproxy.NewProxy(api, t.Name(), "127.0.0.1:0", server)}
	if err := p.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.proxy.Stop)
	return p
}

// Address is the proxy's host:port; it stays the same over Down and Cut.
func (p *Proxy) Address() string { return p.proxy.Listen }

// Slow delays data by about d, a random part of jitter more or less, each way.
func (p *Proxy) Slow(d, jitter time.Duration) {
	for _, way := range []string{"upstream", "downstream"} {
		p.add("latency", way, fmt.Sprintf(`{"latency":%d,"jitter":%d}`, d.Milliseconds(), jitter.Milliseconds()))
	}
}

// Silent swallows data both ways and keeps connections open.
func (p *Proxy) Silent() {
	for _, way := range []string{"upstream", "downstream"} {
		p.add("timeout", way, `{"timeout":0}`)
	}
}

// Down breaks the open connections and refuses new ones.
func (p *Proxy) Down() { p.proxy.Stop() }

// Up ends Down.
func (p *Proxy) Up() {
	p.t.Helper()
	if err := p.proxy.Start(); err != nil {
		p.t.Fatal(err)
	}
}

// Cut breaks the open connections.
func (p *Proxy) Cut() {
	p.t.Helper()
	p.Down()
	p.Up()
}

// Heal ends Slow and Silent.
func (p *Proxy) Heal() { p.proxy.Toxics.ResetToxics(context.Background()) }

func (p *Proxy) add(kind, way, attributes string) {
	p.t.Helper()
	_, err := p.proxy.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(`{"type":%q,"stream":%q,"attributes":%s}`, kind, way, attributes)))
	if err != nil {
		p.t.Fatal(err)
	}
}

package api

import (
	"context"
	"net"
	"net/http"
	"time"
)

type stoppingKey struct{}

// NewServer is an HTTP server with time limits that keep slow clients from
// holding connections. Bodies and answers have no limit as a whole: each read
// of a body has its own (see body.go), and event streams last. When Shutdown
// begins, requests that only wait are answered with what there is, and event
// streams end; requests at work are left to finish.
func NewServer(handler http.Handler) *http.Server {
	stopping := make(chan struct{})
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), stoppingKey{}, (<-chan struct{})(stopping))
		},
	}
	server.RegisterOnShutdown(func() { close(stopping) })
	return server
}

// stopping is closed when the server of the request is shutting down; nil,
// which blocks for ever, when it is not one of NewServer's.
func stopping(ctx context.Context) <-chan struct{} {
	ch, _ := ctx.Value(stoppingKey{}).(<-chan struct{})
	return ch
}

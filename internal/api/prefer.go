package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// maxWait is the longest time that Prefer: wait holds an answer back.
const maxWait = 120 * time.Second

// preferredWait reads Prefer: wait=N (RFC 7240, 4.3). Other preferences are
// none of our business and are ignored, as the RFC asks.
func preferredWait(r *http.Request) (time.Duration, *rumbo.FieldError) {
	for _, header := range r.Header.Values("Prefer") {
		for _, part := range strings.FieldsFunc(header, func(c rune) bool { return c == ',' || c == ';' }) {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			if !strings.EqualFold(strings.TrimSpace(name), "wait") {
				continue
			}
			seconds, err := strconv.Atoi(strings.Trim(strings.TrimSpace(value), `"`))
			if err != nil || seconds < 0 {
				return 0, &rumbo.FieldError{Pointer: "Prefer", Code: rumbo.WrongType, Value: header, Limit: "wait=seconds"}
			}
			return min(time.Duration(seconds)*time.Second, maxWait), nil
		}
	}
	return 0, nil
}

// await reads until done says so, the preferred time is over or the client
// has gone, and returns what it read last. Reading is polling: the worker may
// be another process, and only the store knows. The pause grows from 20 ms to
// half a second, so that short work is answered at once and long work costs little.
func await[T any](ctx context.Context, r *http.Request, read func(context.Context) (T, error), done func(T) bool) (v T, ended bool, err error) {
	wait, _ := preferredWait(r) // checked before the handler ran
	over := time.After(wait)
	for pause := 20 * time.Millisecond; ; pause = min(pause*3/2, 500*time.Millisecond) {
		if v, err = read(ctx); err != nil || done(v) {
			return v, err == nil, err
		}
		if wait == 0 {
			return v, false, nil
		}
		select {
		case <-over:
			return v, false, nil
		case <-stopping(ctx):
			return v, false, nil
		case <-ctx.Done():
			return v, false, rumbo.Fault(rumbo.Canceled, "api.await", "", ctx.Err())
		case <-time.After(pause):
		}
	}
}

// Package telemetry makes the process visible: structured logs (log/slog) and
// metrics in Prometheus' text format.
//
// It is a shared piece, outside the walk: flow, api and cmd report to it; the
// engines and the pure stages do not know it. A Metrics value owns its own
// registry, so that two servers in one process (as in tests) never share
// counts and nothing registers itself globally.
//
// Names follow Prometheus' rules: prefix rumbo_, base units in the name
// (_seconds, _bytes), _total for counters. Labels come from small fixed sets
// (endpoint patterns, states, rules), never from IDs or addresses, so that the
// number of series stays bounded.
//
// What it never does: log a body, a key, a secret or a query string. All
// methods are safe for concurrent use, and on a nil *Metrics they do nothing.
package telemetry

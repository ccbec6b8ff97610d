// Package api is the front door: the HTTP endpoints under /v1, their OpenAPI
// document, the documentation page, health and metrics. It turns requests into
// calls of small services (services.go) and their answers and faults into JSON.
//
// Place in the walk: before stage 1 and after stage 8. It calls flow, the
// store and the registry through the interfaces it declares, and never
// composes two stages.
//
// Concepts:
//   - an endpoint is one operation of the OpenAPI document with its handler;
//     parameters are checked against the document's own schemas, bodies by
//     internal/strictjson and the nouns' Validate, so every fault of a request
//     is reported at once;
//   - a problem is an RFC 9457 answer: a stable rumbo.Code, texts in the
//     language of Accept-Language, every faulty field with its JSON pointer,
//     value and limit. problem.go holds the only mapping from code to status;
//   - a claim is what is kept about an Idempotency-Key, so that a POST sent
//     again has its effect once and gets the same answer;
//   - a token names the effect of one POST; see services.go.
//
// Long work answers 202 with the resource to poll; Prefer: wait=N holds the
// answer back for up to N seconds (RFC 7240). Handlers are safe for
// concurrent use. The package keeps no state of its own except the requests
// under way, so any number of processes may serve one store.
package api

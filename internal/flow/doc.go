// Package flow is the walk: it composes the stages and nothing else does.
//
// Learn goes from payload to model (stages 1 to 5: ingest, etl, store, train,
// registry), Plan from orders to a signed plan (stages 3, 6, 7, 8: store, predict,
// optimize, webhook). Read learn.go and plan.go: each method is one sentence of the walk.
//
// # Terms
//
//   - token: 26 characters that stand for one effect of one request. What the request
//     makes is named by it ("plan_" + token), so a repeat, even after a crash between the effect
//     and its answer, finds what is there and makes nothing new.
//   - handler: the background half of a request. It is enqueued in the transaction
//     that stores the request and may run more than once: it looks at what is stored
//     and does what is left to do.
//
// Beside the walk: Track turns what vehicles told of themselves into batches of trips,
// Recalibrate puts what recent trips say beside the champion, Retain lets go of what nobody
// needs any more, Backup copies all that there is to another place, and Automations tell of runs that fail or are late.
//
// Flow holds no rules of the business: what a row, a feature, a constraint or a signature
// is, the stages know. It is safe for concurrent use; the clock is given.
package flow

// Package client talks to a Rumbo server over HTTP, and holds the wire types
// that are not nouns of package rumbo.
//
// Place: outside the walk, on the client company's side of it. The demo uses
// nothing else. Example:
//
//	c, err := client.New("http://127.0.0.1:8080", os.Getenv("RUMBO_KEY"))
//	batch, err := c.Ingest(ctx, rumbo.KindOrders, "json", file, client.IngestOptions{})
//	batch, err = c.WaitBatch(ctx, batch.ID)
//	plan, err := c.SubmitPlan(ctx, rumbo.PlanRequest{Day: "2022-01-31", TimeLimitS: 10})
//	plan, err = c.WaitPlan(ctx, plan.ID)
//
// Concepts:
//   - every fault that the server reports comes back as a *rumbo.Error with
//     its code and all faulty fields; rumbo.CodeOf(err) tells them apart;
//   - every POST carries an Idempotency-Key, so that it can be sent again
//     after a network error, 429, 502, 503 or 504 and still has its effect
//     once; a body that cannot be rewound is sent once;
//   - a Verifier checks the webhooks that the server sends to you (package
//     internal/webhook/signature holds the mathematics).
//
// What it never does: keep state between calls, log, or follow a redirect with
// the key. A Client and a Verifier are safe for concurrent use.
package client

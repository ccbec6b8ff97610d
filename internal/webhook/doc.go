// Package webhook sends events to the client's own systems.
//
// Stage 8 of 8: in, a rumbo.Delivery (an event on its way to one address);
// out, a signed POST and a rumbo.DeliveryAttempt that says how it went and
// what to do next. Who stores deliveries and when the next attempt runs is
// decided elsewhere (internal/flow, internal/task).
//
// Method: Standard Webhooks 1.0.0 (https://www.standardwebhooks.com). The body
// is {"type","timestamp","data"}; the headers are those of package signature;
// the ID is the same on every attempt, so delivery is at least once and the
// receiver can make it exactly once. Any 2xx answer is a receipt. Anything
// else is tried again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and then every
// 10 h, twelve attempts within three days; 410 Gone and addresses that the
// policy refuses end it at once. An attempt takes at most 15 s.
//
// Addresses come from outside, so a Policy keeps Rumbo from being used to
// reach into the network it stands in (server-side request forgery, OWASP API7:2023).
// It refuses loopback, private, link-local, metadata, multicast and reserved
// addresses, also inside IPv4-mapped, NAT64 and 6to4 ones. The deciding check
// is made on the resolved address at the moment of dialing, so a name that
// resolves differently the second time gains nothing; redirects are answers, never followed; no
// proxy of the environment is used.
//
// What it never does: keep state, read more than 4 KiB of an answer, or put
// anything of an answer's body into the log. A Sender is safe for concurrent use.
package webhook

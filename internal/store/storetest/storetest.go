// Package storetest is the suite that every driver of internal/store passes.
// What is not tested here is not promised.
//
// Run calls each test with a fresh, empty store. A driver's own test needs
// little more than:
//
//	func TestStore(t *testing.T) { storetest.Run(t, open) }
package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// Harness is a fresh store with the task queue that it enqueues to.
type Harness struct {
	Store store.Store
	Queue task.Queue
}

// Run tests a driver; open makes an empty store and closes it when t ends.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Harness)
	}{
		{"Batches", testBatches},
		{"BatchBecomesVisibleAtOnce", testVisibility},
		{"BatchStates", testBatchStates},
		{"NaturalKeys", testNaturalKeys},
		{"KeysTwiceInOneBatch", testTwiceInOneBatch},
		{"LastReceivedWins", testLastReceivedWins},
		{"UnchangedBesidePending", testUnchangedBesidePending},
		{"LoadAgainAfterCrash", testLoadAgain},
		{"FailedBatchShowsNothing", testFailedBatch},
		{"RandomLoads", testRandomLoads},
		{"RandomPortions", testRandomPortions},
		{"ReadersDuringLoad", testReadersDuringLoad},
		{"LoadersSideBySide", testLoadersSideBySide},
		{"Quarantine", testQuarantine},
		{"QuarantineIsMended", testMended},
		{"Settings", testSettings},
		{"TripsKeepTheirContent", testTripContent},
		{"TripRangesAndPages", testTripPages},
		{"Orders", testOrders},
		{"Fleet", testFleet},
		{"EventsKeepTheirContent", testEventContent},
		{"EventQueriesAndPages", testEventPages},
		{"EventDays", testEventDays},
		{"EventsThatAreSettled", testEventsSettled},
		{"Plans", testPlans},
		{"Predictions", testPredictions},
		{"Runs", testRuns},
		{"RunQueries", testRunQueries},
		{"Steps", testSteps},
		{"RunLog", testRunLog},
		{"Deliveries", testDeliveries},
		{"Keys", testKeys},
		{"Replies", testReplies},
		{"Schedules", testSchedules},
		{"Firings", testFirings},
		{"RandomPrunes", testRandomPrunes},
		{"PruneVersions", testPruneVersions},
		{"PruneBesideLoaders", testPruneBesideLoaders},
		{"PruneQuarantine", testPruneQuarantine},
		{"PruneRuns", testPruneRuns},
		{"PruneDeliveries", testPruneDeliveries},
		{"ExpiredPayloads", testExpiredPayloads},
		{"PruneOfNothingKnown", testPruneUnknown},
		{"ConcurrentClaims", testConcurrentClaims},
		{"RolledBackLeavesNothing", testRollback},
		{"PanicRollsBack", testPanic},
		{"CanceledContext", testCanceled},
		{"IncrementsAreNotLost", testIncrements},
		{"UnknownIDs", testUnknownIDs},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

// noon is the instant around which the tests happen.
var noon = time.Date(2022, 1, 31, 12, 0, 0, 0, time.UTC)

func id(prefix string, n int) string { return fmt.Sprintf("%s_%05d", prefix, n) }

// write runs a transaction that must succeed.
func write(t *testing.T, s store.Store, do func(tx store.Tx) error) {
	t.Helper()
	if err := s.InTx(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

// wantCode checks the code of an error.
func wantCode(t *testing.T, what string, err error, code rumbo.Code) {
	t.Helper()
	var coded *rumbo.Error
	if !errors.As(err, &coded) || coded.Code != code {
		t.Errorf("%s: error %v, want code %s", what, err, code)
	}
}

// same compares with times as instants with offsets, and empty with nil.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	times := cmp.Comparer(func(a, b time.Time) bool {
		_, x := a.Zone()
		_, y := b.Zone()
		return a.Equal(b) && x == y
	})
	if diff := cmp.Diff(want, got, times, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// all reads a list page by page.
func all[T any](t *testing.T, limit int, list func(ctx context.Context, after string, limit int) (store.Page[T], error)) []T {
	t.Helper()
	var out []T
	for after := ""; ; {
		page, err := list(t.Context(), after, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) > limit {
			t.Fatalf("page of %d items, limit %d", len(page.Items), limit)
		}
		if page.Next == "" {
			return append(out, page.Items...)
		}
		if page.Next == after || len(page.Items) == 0 {
			t.Fatalf("cursor %q does not advance", after)
		}
		out, after = append(out, page.Items...), page.Next
	}
}

// batch is a batch as it arrives.
func batch(n int, kind string) rumbo.Batch {
	return rumbo.Batch{ID: id("batch", n), Kind: kind, Format: "csv", State: rumbo.BatchReceived,
		ReceivedAt: noon.Add(time.Duration(n) * time.Second), Bytes: 100, SHA256: fmt.Sprintf("sha%05d", n), BlobKey: fmt.Sprintf("raw/%d", n)}
}

// receive adds a batch.
func receive(t *testing.T, s store.Store, b rumbo.Batch) {
	t.Helper()
	write(t, s, func(tx store.Tx) error { return tx.AddBatch(t.Context(), b) })
}

// load adds trips to a batch in one transaction.
func load(t *testing.T, s store.Store, b rumbo.Batch, trips ...rumbo.Trip) store.LoadCounts {
	t.Helper()
	var counts store.LoadCounts
	write(t, s, func(tx store.Tx) (err error) {
		counts, err = tx.AddTrips(t.Context(), b.ID, trips)
		return err
	})
	return counts
}

// finish sets a batch's state.
func finish(t *testing.T, s store.Store, b rumbo.Batch, state string) {
	t.Helper()
	b.State = state
	write(t, s, func(tx store.Tx) error { return tx.SetBatch(t.Context(), b) })
}

// clear removes what was loaded of a batch, a few rows at a time.
func clearBatch(t *testing.T, s store.Store, b rumbo.Batch) (removed int) {
	t.Helper()
	for {
		n := 0
		write(t, s, func(tx store.Tx) (err error) {
			n, err = tx.ClearBatch(t.Context(), b.ID, 3)
			return err
		})
		if n > 3 {
			t.Fatalf("removed %d rows, limit 3", n)
		}
		if n == 0 {
			return removed
		}
		removed += n
	}
}

// trip n starts n minutes after noon.
func trip(n int, distance float64) rumbo.Trip {
	at := noon.Add(time.Duration(n) * time.Minute)
	return rumbo.Trip{ID: id("trip", n), PickupAt: at, DropoffAt: at.Add(10 * time.Minute),
		From: rumbo.Spot{Zone: 1}, To: rumbo.Spot{Zone: 2}, DistanceM: distance}
}

// trips reads all visible trips.
func trips(t *testing.T, s store.Reader, q store.TripQuery) []rumbo.Trip {
	t.Helper()
	var out []rumbo.Trip
	for trip, err := range s.Trips(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, trip)
	}
	return out
}

// distances are the visible trips as ID=distance@batch.
func distances(t *testing.T, s store.Reader) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, trip := range trips(t, s, store.TripQuery{}) {
		if _, twice := out[trip.ID]; twice {
			t.Errorf("trip %s is visible twice", trip.ID)
		}
		out[trip.ID] = fmt.Sprintf("%g@%s", trip.DistanceM, trip.BatchID)
	}
	return out
}

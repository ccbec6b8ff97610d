package rumbo

import "time"

// Kinds of record that a batch can carry.
const (
	KindTrips    = "trips"
	KindOrders   = "orders"
	KindVehicles = "vehicles"
	KindDepots   = "depots"
	KindEvents   = "events"
)

// Kinds are all of them.
func Kinds() []string { return []string{KindTrips, KindOrders, KindVehicles, KindDepots, KindEvents} }

// Formats of a payload. CSV and Parquet are for trips.
const (
	FormatCSV     = "csv"
	FormatJSON    = "json"    // an array of rows, or {"orders": [...]}
	FormatNDJSON  = "ndjson"  // one JSON object a line
	FormatParquet = "parquet" // columns named as in CSV
)

// States of a batch. Its records become visible when it is loaded, all at once.
const (
	BatchReceived = "received" // raw payload kept, cleaning queued
	BatchCleaning = "cleaning"
	BatchLoaded   = "loaded"
	BatchFailed   = "failed" // nothing of it was loaded; Error says why
)

// Batch is one raw payload as it arrived. The payload never changes; the state
// and the counts tell what became of it.
type Batch struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Format string `json:"format" doc:"csv, json, ndjson or parquet"`
	Schema string `json:"schema" doc:"Which columns were met: tlc_yellow, tlc_green, rumbo"`
	// TimeZone and Month are what the sender declared of the payload; the
	// cleaning reads local times by the first and holds pickups to the second.
	TimeZone   string     `json:"time_zone,omitempty" doc:"IANA name for local times without offset"`
	Month      string     `json:"month,omitempty" doc:"YYYY-MM that the trips should lie in"`
	State      string     `json:"state"`
	ReceivedAt time.Time  `json:"received_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
	Bytes      int64      `json:"bytes"`
	SHA256     string     `json:"sha256"`
	BlobKey    string     `json:"-"`
	// Repeated says that the same payload had been sent before: this is the
	// batch of the first sending.
	Repeated bool        `json:"repeated,omitempty"`
	Counts   BatchCounts `json:"counts"`
	// Quality is filled when the batch ends.
	Quality BatchQuality `json:"quality,omitzero"`
	Error   string       `json:"error,omitempty"`
}

// BatchCounts adds up: Rows = Accepted + Quarantined, Accepted = Added +
// Replaced + Unchanged.
type BatchCounts struct {
	Rows        int64            `json:"rows"`
	Accepted    int64            `json:"accepted"`
	Quarantined int64            `json:"quarantined"`
	Added       int64            `json:"added"`
	Replaced    int64            `json:"replaced" doc:"Known by natural key, with other content"`
	Unchanged   int64            `json:"unchanged" doc:"Known by natural key, same content"`
	ByRule      map[string]int64 `json:"by_rule,omitempty" doc:"Quarantined rows by rule"`
}

// Quarantine is one row that a rule kept out, with all that is needed to mend it.
type Quarantine struct {
	BatchID string `json:"batch_id"`
	Row     int64  `json:"row" doc:"Number of the record in the payload, from 1, header not counted"`
	Raw     string `json:"raw" doc:"The row as it was sent, or as it was mended"`
	Rule    string `json:"rule" doc:"Name of the rule that matched first"`
	Reason  string `json:"reason"`
	// EditedAt is when somebody mended the row; Original is then the row as it was sent.
	EditedAt *time.Time `json:"edited_at,omitempty"`
	Original string     `json:"original,omitempty" doc:"The row as it was sent, when raw is an edit of it"`
}

// DeclaredLike says that both payloads are read in the same way: with the same bytes they
// are then the same batch. Bytes sent again with a corrected time zone are not.
func (b Batch) DeclaredLike(other Batch) bool {
	return b.Format == other.Format && b.Schema == other.Schema && b.TimeZone == other.TimeZone && b.Month == other.Month
}

package etl

import (
	"io"
	"strings"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
	"github.com/logistica-inteligente/rumbo/internal/tabular/parquetfile"
)

// Again cleans single rows of a payload once more, mended or after the rules have
// changed. It belongs to one goroutine.
type Again struct {
	c      *cleaner
	header string         // of a table, as CSV; empty for JSON
	match  *tabular.Match // nil for JSON
}

// NewAgain reads of a payload what its rows share: the header of a table. The
// payload may be closed afterwards. Errors are those of Clean.
func NewAgain(payload io.Reader, b rumbo.Batch, zones Zones) (*Again, error) {
	c, err := newCleaner(b, zones)
	if err != nil {
		return nil, err
	}
	a := &Again{c: c}
	var names []string
	switch b.Format {
	case rumbo.FormatCSV:
		first, err := tabular.NewReader(payload).Next()
		if err != nil {
			return nil, payloadFault(err)
		}
		a.header = string(first.Raw)
		for _, f := range first.Fields {
			names = append(names, string(f))
		}
	case rumbo.FormatParquet:
		records, err := c.openParquet(payload)
		if err != nil {
			return nil, err
		}
		names = records.Header()
		a.header = parquetfile.HeaderLine(names)
	default:
		return a, nil
	}
	var faults []rumbo.FieldError
	a.match, faults = tabular.MatchHeader(names, tabular.TripSchemas())
	return a, rumbo.InvalidFields("etl.NewAgain", faults)
}

// Row cleans the text of one row. Duplicates are not its business: it does not know
// the other rows. O(length).
func (a *Again) Row(number int64, raw string) Result {
	a.c.slab, a.c.ids = nil, map[string]int64{}
	if a.match == nil {
		res, _ := a.c.row(strictjson.Row{Index: number - 1, Raw: []byte(raw)})
		return res
	}
	records := tabular.NewReader(strings.NewReader(a.header + "\n" + raw))
	if _, err := records.Next(); err != nil {
		return a.c.reject(number, raw, RuleUnreadable, "the header cannot be read: "+err.Error())
	}
	rec, err := records.Next()
	if err != nil {
		return a.c.reject(number, raw, RuleUnreadable, "the row is empty")
	}
	row := tableRow{raw: string(rec.Raw), fault: rec.Fault}
	for _, f := range rec.Fields {
		row.fields = append(row.fields, string(f))
	}
	if _, err := records.Next(); err != io.EOF {
		return a.c.reject(number, raw, RuleUnreadable, "the text holds more than one row")
	}
	return a.c.tripRecord(number, row, a.match)
}

package ingest

import (
	"slices"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// formats are the formats of each kind.
var formats = map[string][]string{
	rumbo.KindTrips:    {rumbo.FormatCSV, rumbo.FormatJSON, rumbo.FormatNDJSON, rumbo.FormatParquet},
	rumbo.KindOrders:   {rumbo.FormatJSON, rumbo.FormatNDJSON},
	rumbo.KindVehicles: {rumbo.FormatJSON, rumbo.FormatNDJSON},
	rumbo.KindDepots:   {rumbo.FormatJSON, rumbo.FormatNDJSON},
	rumbo.KindEvents:   {rumbo.FormatJSON, rumbo.FormatNDJSON},
}

// declarationFaults names what is wrong with what was declared of a payload; the
// pointers are the names of the request's parameters.
func declarationFaults(p rumbo.Payload) []rumbo.FieldError {
	var out []rumbo.FieldError
	out = append(out, oneOf("kind", p.Kind, rumbo.Kinds())...)
	if allowed, ok := formats[p.Kind]; ok {
		out = append(out, oneOf("format", p.Format, allowed)...)
	}
	if p.Schema != "" {
		out = append(out, oneOf("schema", p.Schema, schemasOf(p.Kind))...)
	}
	if p.TimeZone != "" {
		if _, err := time.LoadLocation(p.TimeZone); err != nil || p.TimeZone == "Local" {
			out = append(out, rumbo.FieldError{Pointer: "time_zone", Code: rumbo.NotOneOf, Value: p.TimeZone, Limit: "an IANA time zone, as America/New_York"})
		}
	}
	if p.Month != "" {
		if _, err := time.Parse("2006-01", p.Month); err != nil {
			out = append(out, rumbo.FieldError{Pointer: "month", Code: rumbo.BadTime, Value: p.Month, Limit: "YYYY-MM"})
		}
	}
	return out
}

func oneOf(parameter, value string, choices []string) []rumbo.FieldError {
	switch {
	case slices.Contains(choices, value):
		return nil
	case value == "":
		return []rumbo.FieldError{{Pointer: parameter, Code: rumbo.MissingField, Limit: strings.Join(choices, ", ")}}
	}
	return []rumbo.FieldError{{Pointer: parameter, Code: rumbo.NotOneOf, Value: value,
		Limit: strings.Join(choices, ", "), Suggestion: strictjson.Nearest(value, choices)}}
}

// schemasOf are the schemas that a kind may declare.
func schemasOf(kind string) []string {
	if kind != rumbo.KindTrips {
		return []string{tabular.Rumbo}
	}
	var names []string
	for _, s := range tabular.TripSchemas() {
		names = append(names, s.Name)
	}
	return names
}

// candidates are the schemas that a CSV file of trips may follow.
func candidates(declared string) []*tabular.Schema {
	return slices.DeleteFunc(tabular.TripSchemas(), func(s *tabular.Schema) bool {
		return declared != "" && s.Name != declared
	})
}

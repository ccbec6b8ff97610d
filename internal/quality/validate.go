package quality

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
)

// Limits of a document.
const (
	maxChecks  = 100
	maxValues  = 1000
	maxBatches = 100
)

var (
	types      = []string{rumbo.CheckType, rumbo.CheckNull, rumbo.CheckRange, rumbo.CheckSet, rumbo.CheckUnique, rumbo.CheckReference, rumbo.CheckCrossField, rumbo.CheckFreshness, rumbo.CheckVolume, rumbo.CheckDrift}
	severities = []string{rumbo.SeverityWarn, rumbo.SeverityQuarantine, rumbo.SeverityFail}
	targets    = []string{"zones", rumbo.KindDepots, rumbo.KindVehicles}
	relations  = []string{"lt", "le", "eq", "ne", "ge", "gt"}
	readings   = []string{"integer", "number", "time", "boolean", "id"}
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,99}$`)
)

// receivedAt is the name of the batch's time of reception in a cross_field check.
const receivedAt = "received_at"

// Validate reports every fault of a document, with JSON pointers.
func Validate(d rumbo.QualityDocument) []rumbo.FieldError {
	var out []rumbo.FieldError
	for _, kind := range rumbo.Kinds() {
		checks := d.Of(kind)
		if len(checks) > maxChecks {
			out = append(out, rumbo.FieldError{Pointer: "/" + kind, Code: rumbo.TooMany, Value: len(checks), Limit: maxChecks})
			continue
		}
		names := map[string]bool{}
		for i, c := range checks {
			v := &validation{at: fmt.Sprintf("/%s/%d", kind, i), kind: kind}
			v.check(c)
			if c.Name != "" && names[c.Name] {
				v.fault("name", rumbo.DuplicateID, c.Name, nil)
			}
			names[c.Name] = true
			out = append(out, v.faults...)
		}
	}
	return out
}

// validation collects the faults of one check.
type validation struct {
	at, kind string
	faults   []rumbo.FieldError
}

func (v *validation) fault(field string, code rumbo.Code, value, limit any) {
	v.faults = append(v.faults, rumbo.FieldError{Pointer: v.at + "/" + field, Code: code, Value: value, Limit: limit})
}

func (v *validation) oneOf(field, value string, choices []string) {
	switch {
	case slices.Contains(choices, value):
	case value == "":
		v.fault(field, rumbo.MissingField, nil, strings.Join(choices, ", "))
	default:
		v.faults = append(v.faults, rumbo.FieldError{Pointer: v.at + "/" + field, Code: rumbo.NotOneOf, Value: value,
			Limit: strings.Join(choices, ", "), Suggestion: strictjson.Nearest(value, choices)})
	}
}

func (v *validation) check(c rumbo.Check) {
	switch {
	case c.Name == "":
		v.fault("name", rumbo.MissingField, nil, nil)
	case !nameForm.MatchString(c.Name):
		v.fault("name", rumbo.WrongType, c.Name, "lower-case letters, digits and _, beginning with a letter, at most 100")
	}
	v.oneOf("type", c.Type, types)
	v.oneOf("severity", c.Severity, severities)
	if c.OfBatch() && c.Severity == rumbo.SeverityQuarantine {
		v.fault("severity", rumbo.Conflicting, c.Severity, "a check of rows")
	}
	if c.MaxShare < 0 || c.MaxShare > 1 {
		v.fault("max_share", rumbo.OutOfRange, c.MaxShare, "0 to 1")
	} else if c.MaxShare > 0 && (c.OfBatch() || c.Severity == rumbo.SeverityQuarantine) {
		v.fault("max_share", rumbo.Conflicting, c.MaxShare, "a check of rows with severity warn or fail")
	}
	if c.Type != rumbo.CheckVolume {
		v.field("field", c.Field)
	}
	v.parameters(c)
	v.strangers(c)
}

// field checks that the kind has the field.
func (v *validation) field(name, path string) {
	switch {
	case path == "":
		v.fault(name, rumbo.MissingField, nil, nil)
	case fieldReader(v.kind, path) == nil:
		v.faults = append(v.faults, rumbo.FieldError{Pointer: v.at + "/" + name, Code: rumbo.UnknownReference, Value: path,
			Suggestion: strictjson.Nearest(path, fieldNames(v.kind))})
	}
}

// parameters checks what the type of the check needs.
func (v *validation) parameters(c rumbo.Check) {
	switch c.Type {
	case rumbo.CheckType:
		v.oneOf("is", c.Is, readings)
	case rumbo.CheckRange:
		if c.Min == nil && c.Max == nil {
			v.fault("min", rumbo.MissingField, nil, "min, max or both")
		}
		if c.Min != nil && c.Max != nil && *c.Min > *c.Max {
			v.fault("max", rumbo.OutOfRange, *c.Max, fmt.Sprintf("%g and above", *c.Min))
		}
	case rumbo.CheckSet:
		if len(c.Values) == 0 {
			v.fault("values", rumbo.MissingField, nil, nil)
		}
		if len(c.Values) > maxValues {
			v.fault("values", rumbo.TooMany, len(c.Values), maxValues)
		}
	case rumbo.CheckReference:
		v.oneOf("to", c.To, targets)
	case rumbo.CheckCrossField:
		v.oneOf("op", c.Op, relations)
		if c.Other != receivedAt {
			v.field("other", c.Other)
		}
	case rumbo.CheckFreshness:
		if c.MaxAgeH <= 0 {
			v.fault("max_age_h", rumbo.OutOfRange, c.MaxAgeH, "above 0")
		}
	case rumbo.CheckVolume, rumbo.CheckDrift:
		if c.Tolerance <= 0 {
			v.fault("tolerance", rumbo.OutOfRange, c.Tolerance, "above 0")
		}
		if c.Batches < 0 || c.Batches > maxBatches {
			v.fault("batches", rumbo.OutOfRange, c.Batches, fmt.Sprintf("0 to %d", maxBatches))
		}
	}
}

// strangers names parameters that belong to checks of another type: they would
// be passed over in silence.
func (v *validation) strangers(c rumbo.Check) {
	for _, p := range []struct {
		name  string
		given bool
		value any
		types []string
	}{
		{"is", c.Is != "", c.Is, []string{rumbo.CheckType}},
		{"min", c.Min != nil, c.Min, []string{rumbo.CheckRange}},
		{"max", c.Max != nil, c.Max, []string{rumbo.CheckRange}},
		{"values", len(c.Values) > 0, len(c.Values), []string{rumbo.CheckSet}},
		{"to", c.To != "", c.To, []string{rumbo.CheckReference}},
		{"op", c.Op != "", c.Op, []string{rumbo.CheckCrossField}},
		{"other", c.Other != "", c.Other, []string{rumbo.CheckCrossField}},
		{"max_age_h", c.MaxAgeH != 0, c.MaxAgeH, []string{rumbo.CheckFreshness}},
		{"batches", c.Batches != 0, c.Batches, []string{rumbo.CheckVolume, rumbo.CheckDrift}},
		{"tolerance", c.Tolerance != 0, c.Tolerance, []string{rumbo.CheckVolume, rumbo.CheckDrift}},
	} {
		if p.given && slices.Contains(types, c.Type) && !slices.Contains(p.types, c.Type) {
			v.fault(p.name, rumbo.Conflicting, p.name, "type "+strings.Join(p.types, " or "))
		}
	}
	if c.Type == rumbo.CheckVolume && c.Field != "" {
		v.fault("field", rumbo.Conflicting, "field", "a type other than volume")
	}
}

package api

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
)

// params are the checked query and path parameters of a request; those that
// were not sent have their default, or are absent.
type params map[string]string

// number is a parameter that the document declares as an integer.
func (p params) number(name string) int {
	n, _ := strconv.Atoi(p[name]) // checked already; absent is 0
	return n
}

// time is a parameter that the document declares as a time.
func (p params) time(name string) time.Time {
	t, _ := time.Parse(time.RFC3339, p[name]) // checked already; absent is the zero time
	return t
}

// checkParameters holds a request against the parameters that its operation
// declares in the OpenAPI document, and reports every fault.
func checkParameters(op *huma.Operation, r *http.Request) (params, []rumbo.FieldError) {
	out, faults := params{}, []rumbo.FieldError(nil)
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		faults = append(faults, rumbo.FieldError{Pointer: "query", Code: rumbo.WrongType, Value: r.URL.RawQuery, Limit: "name=value&…, percent-encoded"})
	}
	known := map[string]bool{}
	for _, p := range op.Parameters {
		switch p.In {
		case "path":
			out[p.Name] = r.PathValue(p.Name)
		case "query":
			known[p.Name] = true
			value, fault := queryValue(p, query[p.Name])
			if fault != nil {
				faults = append(faults, *fault)
			} else if value != "" {
				out[p.Name] = value
			}
		}
	}
	for _, name := range sorted(query) {
		if !known[name] {
			faults = append(faults, rumbo.FieldError{Pointer: name, Code: rumbo.UnknownField, Value: name, Suggestion: strictjson.Nearest(name, sorted(known))})
		}
	}
	return out, faults
}

func queryValue(p *huma.Param, values []string) (string, *rumbo.FieldError) {
	switch {
	case len(values) == 0 && p.Required:
		return "", &rumbo.FieldError{Pointer: p.Name, Code: rumbo.MissingField, Limit: limitOf(p.Schema)}
	case len(values) == 0:
		if p.Schema.Default != nil {
			return fmt.Sprint(p.Schema.Default), nil
		}
		return "", nil
	case len(values) > 1:
		return "", &rumbo.FieldError{Pointer: p.Name, Code: rumbo.DuplicateField, Value: strings.Join(values, ", ")}
	}
	if code := faultOf(p.Schema, values[0]); code != "" {
		fault := &rumbo.FieldError{Pointer: p.Name, Code: code, Value: values[0], Limit: limitOf(p.Schema)}
		if code == rumbo.NotOneOf {
			fault.Suggestion = strictjson.Nearest(values[0], choices(p.Schema))
		}
		if code == rumbo.OutOfRange {
			fault.Limit = fmt.Sprintf("%g to %g", *p.Schema.Minimum, *p.Schema.Maximum)
		}
		if code == rumbo.TooLong {
			fault.Value = utf8.RuneCountInString(values[0])
		}
		return "", fault
	}
	return values[0], nil
}

// faultOf checks one text against the parts of JSON Schema that our parameters
// use: enum, integer bounds, date, pattern and maxLength.
func faultOf(s *huma.Schema, value string) rumbo.Code {
	switch {
	case !utf8.ValidString(value):
		return rumbo.NotUTF8
	case value == "":
		return rumbo.MissingField
	case len(s.Enum) > 0:
		if !slices.ContainsFunc(s.Enum, func(e any) bool { return e == value }) {
			return rumbo.NotOneOf
		}
	case s.Type == huma.TypeInteger:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != value {
			return rumbo.WrongType
		}
		if float64(n) < *s.Minimum || float64(n) > *s.Maximum {
			return rumbo.OutOfRange
		}
	case s.Format == "date":
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return rumbo.BadTime
		}
	case s.Format == "date-time":
		if _, err := time.Parse(time.RFC3339, value); err != nil {
			return rumbo.BadTime
		}
	case s.MaxLength != nil && utf8.RuneCountInString(value) > *s.MaxLength:
		return rumbo.TooLong
	case s.Pattern != "":
		if ok, _ := regexp.MatchString(s.Pattern, value); !ok {
			return rumbo.WrongType
		}
	}
	return ""
}

// limitOf says in one value what a parameter accepts.
func limitOf(s *huma.Schema) any {
	switch {
	case len(s.Enum) > 0:
		return strings.Join(choices(s), ", ")
	case s.Type == huma.TypeInteger:
		return fmt.Sprintf("an integer from %g to %g", *s.Minimum, *s.Maximum)
	case s.Format == "date":
		return "YYYY-MM-DD"
	case s.Format == "date-time":
		return "YYYY-MM-DDThh:mm:ss and an offset, as Z"
	case s.PatternDescription != "":
		return s.PatternDescription
	case s.MaxLength != nil:
		return *s.MaxLength
	}
	return nil
}

func choices(s *huma.Schema) []string {
	out := make([]string, len(s.Enum))
	for i, e := range s.Enum {
		out[i] = fmt.Sprint(e)
	}
	return out
}

// Constructors of parameters, so that an endpoint's declaration reads as a list.

func pathParam(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "path", Required: true, Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
}

func textParam(name, doc string) *huma.Param {
	most := rumbo.MaxIDLength
	return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most}}
}

func choiceParam(name, doc string, choices ...string) *huma.Param {
	p := textParam(name, doc)
	p.Schema.MaxLength = nil
	for _, c := range choices {
		p.Schema.Enum = append(p.Schema.Enum, c)
	}
	return p
}

func dateParam(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: huma.TypeString, Format: "date"}}
}

func timeParam(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: huma.TypeString, Format: "date-time"}}
}

func patternParam(name, doc, pattern, accepts string) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: huma.TypeString, Pattern: pattern, PatternDescription: accepts}}
}

// pageParams are those of every list.
func pageParams() []*huma.Param {
	low, high := 1.0, float64(maxPage)
	most := 200
	return []*huma.Param{
		{Name: "limit", In: "query", Description: "Most items of one page", Schema: &huma.Schema{Type: huma.TypeInteger, Minimum: &low, Maximum: &high, Default: 50}},
		{Name: "after", In: "query", Description: "Where the page begins: next of the page before", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most}},
	}
}

func required(p *huma.Param) *huma.Param {
	p.Required = true
	return p
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

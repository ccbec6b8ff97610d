package tabular

import (
	"strings"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
)

// Column is one column of a schema.
type Column struct {
	Key      string // what the reader calls it; the name when empty
	Name     string
	Aliases  []string // other names it has had
	Required bool
}

func (c *Column) key() string {
	if c.Key != "" {
		return c.Key
	}
	return c.Name
}

// Schema is a set of columns by name.
type Schema struct {
	Name    string
	Columns []Column
	// Open passes over columns that it does not have: others write these files,
	// and their columns change with the years.
	Open bool
	// Either are alternatives, by key: of each list of column sets at least one
	// set must be there whole.
	Either [][][]string
}

// Match says where a file has the columns of a schema.
type Match struct {
	Schema *Schema
	Width  int // columns in the file
	at     map[string]int
}

// At is the position of the column with the key, -1 when the file has none.
func (m *Match) At(key string) int {
	if i, ok := m.at[key]; ok {
		return i
	}
	return -1
}

// Unknown says whether a column of the file, by position, is none of the schema's.
func (m *Match) Unknown(i int) bool {
	for _, at := range m.at {
		if at == i {
			return false
		}
	}
	return true
}

// Name is the name of the column with the key, as the schema writes it.
func (m *Match) Name(key string) string {
	for i := range m.Schema.Columns {
		if c := &m.Schema.Columns[i]; c.key() == key {
			return c.Name
		}
	}
	return key
}

// MatchHeader finds the schema that a header follows, among the candidates (the
// one that shares most columns with it, the first of equals), and every fault of
// the header: missing, unknown and repeated columns. The pointer of a fault is
// the column's name. O(columns²).
func MatchHeader(header []string, candidates []*Schema) (*Match, []rumbo.FieldError) {
	var best *Match
	for _, s := range candidates {
		if m := s.locate(header); best == nil || len(m.at) > len(best.at) {
			best = m
		}
	}
	return best, best.faults(header)
}

// locate finds the schema's columns in a header.
func (s *Schema) locate(header []string) *Match {
	m := &Match{Schema: s, Width: len(header), at: map[string]int{}}
	for i, name := range header {
		if c := s.column(name); c != nil {
			if _, taken := m.at[c.key()]; !taken {
				m.at[c.key()] = i
			}
		}
	}
	return m
}

// column is the column that goes by a name, nil when there is none.
func (s *Schema) column(name string) *Column {
	name = strings.TrimSpace(name)
	for i := range s.Columns {
		c := &s.Columns[i]
		if strings.EqualFold(c.Name, name) {
			return c
		}
		for _, alias := range c.Aliases {
			if strings.EqualFold(alias, name) {
				return c
			}
		}
	}
	return nil
}

// faults names everything that is wrong with the header.
func (m *Match) faults(header []string) []rumbo.FieldError {
	var out []rumbo.FieldError
	for _, c := range m.Schema.Columns {
		if c.Required && m.At(c.key()) < 0 {
			out = append(out, rumbo.FieldError{Pointer: c.Name, Code: rumbo.MissingColumn, Value: c.Name})
		}
	}
	for _, sets := range m.Schema.Either {
		if !m.hasOne(sets) {
			names := make([]string, len(sets))
			for i, set := range sets {
				names[i] = strings.Join(set, " and ")
			}
			text := strings.Join(names, ", or ")
			out = append(out, rumbo.FieldError{Pointer: sets[0][0], Code: rumbo.MissingColumn, Value: text})
		}
	}
	passing := m.Schema.Open && len(out) == 0 // one of them may be a missing one, misspelled
	for i, name := range header {
		switch c := m.Schema.column(name); {
		case c == nil && passing:
		case c == nil:
			shown := name
			if strings.TrimSpace(name) == "" {
				shown = "(no name)"
			}
			out = append(out, rumbo.FieldError{Pointer: shown, Code: rumbo.UnknownColumn, Value: shown,
				Suggestion: strictjson.Nearest(name, m.missing())})
		case m.at[c.key()] != i:
			out = append(out, rumbo.FieldError{Pointer: name, Code: rumbo.DuplicateField, Value: name})
		}
	}
	return out
}

func (m *Match) hasOne(sets [][]string) bool {
next:
	for _, set := range sets {
		for _, name := range set {
			if m.At(name) < 0 {
				continue next
			}
		}
		return true
	}
	return false
}

// missing are the schema's columns that the file does not have.
func (m *Match) missing() []string {
	var out []string
	for _, c := range m.Schema.Columns {
		if m.At(c.key()) < 0 {
			out = append(out, c.Name)
		}
	}
	return out
}

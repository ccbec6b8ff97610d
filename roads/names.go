package roads

import (
	"fmt"
	"unicode/utf8"
)

// Names is a list of street names in two arrays, so that it can stay in a mapped
// file: name i is Text[Start[i]:Start[i+1]]. Name 0 is always empty. The zero
// Names holds nothing, not even name 0.
type Names struct {
	Start []uint32 // one more than names
	Text  []byte   // UTF-8
}

// NameList collects names for a graph, each text once.
type NameList struct {
	names  Names
	number map[string]uint32
}

// NewNameList returns a list that holds the empty name.
func NewNameList() *NameList {
	return &NameList{names: Names{Start: []uint32{0, 0}}, number: map[string]uint32{"": 0}}
}

// Add is the number of a name, which is new when the text is. Invalid UTF-8 is
// replaced. O(len(text)).
func (l *NameList) Add(text string) uint32 {
	if i, ok := l.number[text]; ok {
		return i
	}
	if !utf8.ValidString(text) {
		return l.Add(string([]rune(text)))
	}
	i := uint32(len(l.names.Start) - 1)
	l.number[text] = i
	l.names.Text = append(l.names.Text, text...)
	l.names.Start = append(l.names.Start, uint32(len(l.names.Text)))
	return i
}

// Names is what has been collected.
func (l *NameList) Names() Names { return l.names }

// Count is the number of names, the empty one included.
func (n Names) Count() int { return max(0, len(n.Start)-1) }

// Name is the text of a name.
func (n Names) Name(i uint32) string { return string(n.Text[n.Start[i]:n.Start[i+1]]) }

// check holds that every name is valid text.
func (n Names) check() error {
	if len(n.Start) == 0 && len(n.Text) == 0 {
		return nil
	}
	if len(n.Start) < 2 || n.Start[0] != 0 || n.Start[1] != 0 || int64(n.Start[len(n.Start)-1]) != int64(len(n.Text)) {
		return fmt.Errorf("%w: the list of names is not whole", ErrGraph)
	}
	for i := range n.Count() {
		if n.Start[i] > n.Start[i+1] || !utf8.Valid(n.Text[n.Start[i]:n.Start[i+1]]) {
			return fmt.Errorf("%w: name %d is not text", ErrGraph, i)
		}
	}
	return nil
}

// NameOf is the street name of an arc, empty where there is none.
func (g *Graph) NameOf(a Arc) string {
	if g.ArcName == nil {
		return ""
	}
	return g.Names.Name(g.ArcName[a])
}

// Kind says what kind of road an arc is: a class in the low four bits and flags
// above them.
type Kind uint8

// Classes of roads, from unknown over the largest to the smallest.
const (
	UnknownRoad Kind = iota
	Motorway
	Trunk
	Primary
	Secondary
	Tertiary
	Local   // residential and unclassified streets
	Service // driveways, parking, alleys
	Path    // not for motor vehicles
	Ferry
)

// Flags of roads.
const (
	Link       Kind = 0x10 // a ramp or slip road of its class
	Roundabout Kind = 0x20
)

// Class is the kind without flags.
func (k Kind) Class() Kind { return k & 0x0f }

// KindOf is the kind of an arc; [UnknownRoad] on a map that does not say.
func (g *Graph) KindOf(a Arc) Kind {
	if g.ArcKind == nil {
		return UnknownRoad
	}
	return g.ArcKind[a]
}

// checkNames holds that names and kinds fit the arcs.
func (g *Graph) checkNames() error {
	if err := g.Names.check(); err != nil {
		return err
	}
	if g.ArcName != nil && len(g.ArcName) != len(g.Head) || g.ArcKind != nil && len(g.ArcKind) != len(g.Head) {
		return fmt.Errorf("%w: %d names and %d kinds for %d arcs", ErrGraph, len(g.ArcName), len(g.ArcKind), len(g.Head))
	}
	for a, name := range g.ArcName {
		if int64(name) >= int64(g.Names.Count()) {
			return fmt.Errorf("%w: arc %d has name %d of %d", ErrGraph, a, name, g.Names.Count())
		}
	}
	return nil
}

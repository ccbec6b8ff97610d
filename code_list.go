package rumbo

import (
	"maps"
	"slices"
)

// Codes lists every code, by name: for documents and for tests that hold a
// table against it.
func Codes() []Code { return slices.Sorted(maps.Keys(texts)) }

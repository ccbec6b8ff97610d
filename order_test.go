package rumbo

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

// The hand-written test of identifiers agrees with the expression that documents it.
func TestIdentifiersAreAsDocumented(t *testing.T) {
	form := regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._:/# -]*$`)
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zñ0-9._:/# \-é²\n\x00]{0,8}`),
			rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 6), func(b []byte) string { return string(b) })).Draw(t, "id")
		if isID(id) != form.MatchString(id) {
			t.Fatalf("%q: %v, the expression says %v", id, isID(id), form.MatchString(id))
		}
	})
}

package rumbo

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of what a client may send, named in the errors that break them.
const (
	MaxIDLength  = 100
	MaxServiceS  = 24 * 3600
	MaxAmount    = 1_000_000_000
	MaxWindows   = 20
	MaxSkills    = 32
	MaxDimension = 8
	MaxPrize     = 1_000_000_000 // cents
)

// Kind of an order: what the vehicle does with the load at the place.
const (
	OrderDelivery = "delivery"
	OrderPickup   = "pickup"
)

// Order is what the client wants delivered (or picked up) on one day.
type Order struct {
	ID       string `json:"id" doc:"The client's own number of the order; sending it again replaces it"`
	Day      string `json:"day" doc:"Day of service, YYYY-MM-DD in the depot's local time"`
	Kind     string `json:"kind,omitempty" enum:"delivery,pickup" doc:"delivery (the default) or pickup"`
	Location Point  `json:"location"`
	Address  string `json:"address,omitempty" doc:"For people; not used to find the place"`
	// ServiceS is the time at the door, in seconds.
	ServiceS int64 `json:"service_s,omitempty" doc:"Time at the door, seconds"`
	// Load is what the order takes of each of the vehicle's capacities.
	Load    map[string]int64 `json:"load,omitempty" doc:"Amount by dimension, as {\"kg\": 12}"`
	Windows []TimeWindow     `json:"windows,omitempty" doc:"When service may begin; none means any time"`
	Skills  []string         `json:"skills,omitempty" doc:"What the vehicle must offer, all of them"`
	// Optional orders are served when their prize is worth the detour.
	Optional bool   `json:"optional,omitempty" doc:"May be left out when serving it costs more than its prize"`
	Prize    int64  `json:"prize_cents,omitempty" doc:"Worth of serving an optional order, cents"`
	BatchID  string `json:"batch_id,omitempty" readOnly:"true"`
}

// Validate reports every fault of the order; pointers begin with at.
func (o Order) Validate(at string) []FieldError {
	out := validateID(at+"/id", o.ID)
	if _, err := time.Parse(time.DateOnly, o.Day); err != nil {
		code := BadTime
		if o.Day == "" {
			code = MissingField
		}
		out = append(out, FieldError{Pointer: at + "/day", Code: code, Value: o.Day, Limit: "YYYY-MM-DD"})
	}
	if o.Kind != "" && o.Kind != OrderDelivery && o.Kind != OrderPickup {
		out = append(out, FieldError{Pointer: at + "/kind", Code: NotOneOf, Value: o.Kind, Limit: "delivery, pickup"})
	}
	out = append(out, o.Location.Validate(at+"/location")...)
	out = append(out, inRange(at+"/service_s", o.ServiceS, 0, MaxServiceS)...)
	out = append(out, validateAmounts(at+"/load", o.Load)...)
	out = append(out, atMost(at+"/windows", len(o.Windows), MaxWindows)...)
	out = append(out, validateWindows(at+"/windows", o.Windows)...)
	out = append(out, validateSkills(at+"/skills", o.Skills)...)
	out = append(out, inRange(at+"/prize_cents", o.Prize, 0, MaxPrize)...)
	if o.Prize > 0 && !o.Optional {
		out = append(out, FieldError{Pointer: at + "/prize_cents", Code: Conflicting, Value: o.Prize, Limit: "optional: true"})
	}
	return out
}

// isID says whether a text is letters, digits and . _ : / # - and spaces, beginning with a
// letter or digit. Millions of rows are asked, so it is no regular expression.
func isID(id string) bool {
	for i, r := range id {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', 'A' <= r && r <= 'Z':
		case r >= utf8.RuneSelf:
			if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
				return false
			}
		case i == 0 || !strings.ContainsRune("._:/# -", r):
			return false
		}
	}
	return id != ""
}

func validateID(at, id string) []FieldError {
	switch {
	case id == "":
		return []FieldError{{Pointer: at, Code: MissingField}}
	case len(id) > MaxIDLength:
		return []FieldError{{Pointer: at, Code: TooLong, Value: len(id), Limit: MaxIDLength}}
	case !isID(id):
		return []FieldError{{Pointer: at, Code: BadID, Value: id}}
	}
	return nil
}

func inRange(at string, v, low, high int64) []FieldError {
	if v >= low && v <= high {
		return nil
	}
	return []FieldError{{Pointer: at, Code: OutOfRange, Value: v, Limit: fmt.Sprintf("%d to %d", low, high)}}
}

func atMost(at string, n, limit int) []FieldError {
	if n <= limit {
		return nil
	}
	return []FieldError{{Pointer: at, Code: TooMany, Value: n, Limit: limit}}
}

func validateAmounts(at string, amounts map[string]int64) []FieldError {
	out := atMost(at, len(amounts), MaxDimension)
	for _, name := range sortedKeys(amounts) {
		if name == "" || len(name) > MaxIDLength {
			out = append(out, FieldError{Pointer: at, Code: BadID, Value: name})
			continue
		}
		out = append(out, inRange(at+"/"+name, amounts[name], 0, MaxAmount)...)
	}
	return out
}

func validateSkills(at string, skills []string) []FieldError {
	out := atMost(at, len(skills), MaxSkills)
	for i, s := range skills {
		out = append(out, validateID(fmt.Sprintf("%s/%d", at, i), s)...)
	}
	return out
}

func sortedKeys(m map[string]int64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

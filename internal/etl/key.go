package etl

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"math"
	"math/bits"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// tlcID is the natural key of a drive in a file of the taxi commission, which
// numbers nothing: a hash over vendor, pickup and drop-off time, both zones and
// the metered distance. No two drives of one vendor share all of them except by
// being the same drive. Fares, payment, passengers and flags are left out: a
// corrected bill is the same drive. Times go in as written (the wall clock), so
// that the key does not depend on the zone that was declared.
func tlcID(schema, vendor string, pickup, dropoff clock, from, to int32, miles float64) string {
	k := newKey(schema)
	k.text(strings.TrimSuffix(vendor, ".0"))
	k.clock(pickup)
	k.clock(dropoff)
	k.number(int64(from))
	k.number(int64(to))
	k.number(int64(math.Float64bits(miles)))
	return strings.TrimPrefix(schema, "tlc_") + "-" + k.sum(pickup.at)
}

// tripID is the natural key of a trip that came without an id: vehicle, both
// instants and both places.
func tripID(t *rumbo.Trip) string {
	k := newKey(tabular.Rumbo)
	k.text(t.VehicleID)
	k.number(t.PickupAt.UnixNano())
	k.number(t.DropoffAt.UnixNano())
	for _, spot := range []rumbo.Spot{t.From, t.To} {
		k.number(int64(spot.Zone))
		if spot.Point != nil {
			k.number(int64(math.Float64bits(spot.Point.Lat)))
			k.number(int64(math.Float64bits(spot.Point.Lon)))
		}
	}
	return "trip-" + k.sum(t.PickupAt)
}

// eventID is the natural key of a vehicle event that came without an id. The place is left
// out: a vehicle is in one place at a time, and a corrected place is the same event. The
// order is not: one arrival may be for several.
func eventID(e *rumbo.VehicleEvent) string {
	k := newKey(rumbo.KindEvents)
	k.text(e.VehicleID)
	k.number(e.At.UnixMicro())
	k.text(e.Kind)
	k.text(e.OrderID)
	return "event-" + k.sum(e.At)
}

// isTLC says whether a schema is one of the taxi commission's.
func isTLC(schema string) bool { return schema == tabular.TLCYellow || schema == tabular.TLCGreen }

// key collects what is hashed; every part is told from the next.
type key struct{ buf []byte }

func newKey(schema string) *key {
	k := &key{buf: make([]byte, 0, 128)}
	k.text(schema)
	return k
}

func (k *key) text(s string) {
	k.number(int64(len(s)))
	k.buf = append(k.buf, s...)
}

func (k *key) number(n int64) { k.buf = binary.BigEndian.AppendUint64(k.buf, uint64(n)) }

func (k *key) clock(c clock) {
	if c.local {
		k.number(int64(len(time.DateTime)))
		k.buf = tabular.AppendDateTime(k.buf, c.at)
		return
	}
	k.number(c.at.UnixNano())
}

// letters writes 128 bits as 26 characters that are safe in an id.
var letters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// sum is the key's hash, after the second in which what it names happened. So records of
// one time lie together in the store's index of ids, which is then read and written
// in one place by a batch, instead of everywhere: with ten million trips that is a
// multiple of the speed.
func (k *key) sum(at time.Time) string {
	const seconds = 5 // bytes: 8 letters, enough for 34,000 years
	sum := sha256.Sum256(k.buf)
	var out [16]byte
	binary.BigEndian.PutUint64(out[:], uint64(at.Unix()+epoch)<<(64-8*seconds))
	copy(out[seconds:], sum[:])
	return letters.EncodeToString(out[:])
}

// epoch makes the seconds of the years that RFC 3339 can write positive.
const epoch = 62167219200 // seconds from the year 0 to 1970

// fingerprints is a set of ids, 64 bits each: two ids of a batch of ten million
// trips are mistaken for one with a probability of three in a million. It is cut
// into many small tables, so that growing never copies more than one of them.
//
// The set forgets, so that its memory is bounded: when the younger half holds
// generation ids, the older one goes. The same drive twice, farther apart than that,
// is found by the store, which counts it as unchanged.
type fingerprints struct {
	young, old *fingerprintSet
}

// generation is room for a month of a large city's trips; both halves take at most 130 MB.
const generation = 4 << 20

// add puts an id into the set and says whether it is new. Amortized O(length).
func (f *fingerprints) add(id string) bool {
	print := max(1, fingerprint(id))
	if f.young == nil || f.young.used >= generation {
		f.young, f.old = &fingerprintSet{}, f.young
	}
	if f.old != nil && f.old.parts[print>>56].has(print) {
		return false
	}
	if !f.young.parts[print>>56].add(print) {
		return false
	}
	f.young.used++
	return true
}

// fingerprintSet is one generation.
type fingerprintSet struct {
	parts [256]fingerprintTable // by the highest eight bits
	used  int
}

// fingerprint is FNV-1a over the id, its bits mixed once more (the finalizer of
// MurmurHash3), so that any of them serve for a slot.
func fingerprint(id string) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(id) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// fingerprintTable is a hash table with open addressing.
type fingerprintTable struct {
	slots []uint64 // 0 is free
	used  int
}

func (t *fingerprintTable) add(print uint64) bool {
	if t.used*6 >= len(t.slots)*5 {
		t.grow()
	}
	return t.insert(print)
}

// insert finds the slot by the high bits below those that chose the table, which
// works for any number of slots.
func (t *fingerprintTable) insert(print uint64) bool {
	i, _ := bits.Mul64(print<<8, uint64(len(t.slots)))
	for ; ; i++ {
		if i == uint64(len(t.slots)) {
			i = 0
		}
		switch t.slots[i] {
		case print:
			return false
		case 0:
			t.slots[i] = print
			t.used++
			return true
		}
	}
}

// has says whether a fingerprint is in the table.
func (t *fingerprintTable) has(print uint64) bool {
	if len(t.slots) == 0 {
		return false
	}
	i, _ := bits.Mul64(print<<8, uint64(len(t.slots)))
	for ; ; i++ {
		if i == uint64(len(t.slots)) {
			i = 0
		}
		switch t.slots[i] {
		case print:
			return true
		case 0:
			return false
		}
	}
}

// grow makes a table half as large again: between a half and five sixths of it is used.
func (t *fingerprintTable) grow() {
	old := t.slots
	t.slots, t.used = make([]uint64, max(16, len(old)*3/2)), 0
	for _, print := range old {
		if print != 0 {
			t.insert(print)
		}
	}
}

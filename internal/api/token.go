package api

import (
	"bytes"
	"encoding/binary"
	"io"
	"time"
)

// crockford is Douglas Crockford's base 32: no I, L, O, U to be misread.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewToken is the token of an effect whose name is not drawn at random: the same
// instant and bytes make the same one.
func NewToken(at time.Time, seed []byte) (string, error) { return newToken(at, bytes.NewReader(seed)) }

// newToken makes the 26-character name of an effect, in the layout of a ULID
// (https://github.com/ulid/spec): 48 bits of milliseconds and 80 random bits,
// so that IDs made from tokens sort by time.
func newToken(now time.Time, random io.Reader) (string, error) {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	if _, err := io.ReadFull(random, b[6:]); err != nil {
		return "", err
	}
	high, low := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var text [26]byte
	for i := len(text) - 1; i >= 0; i-- {
		text[i] = crockford[low&31]
		low = low>>5 | high<<59
		high >>= 5
	}
	return string(text[:]), nil
}

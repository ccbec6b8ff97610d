package signature

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// Prefix begins every secret, so that a leaked one is recognized.
const Prefix = "whsec_"

// Bounds of a secret's length in bytes, by the specification.
const (
	MinSecret = 24
	MaxSecret = 64
)

// Secret is a shared key. Its zero value signs nothing and verifies nothing.
type Secret struct{ key []byte }

// ParseSecret reads "whsec_<base64>". The error never repeats the secret.
func ParseSecret(text string) (Secret, error) {
	encoded, ok := strings.CutPrefix(text, Prefix)
	if !ok {
		return Secret{}, fmt.Errorf("a webhook secret begins with %s", Prefix)
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return Secret{}, fmt.Errorf("a webhook secret is %s followed by base64", Prefix)
	}
	if len(key) < MinSecret || len(key) > MaxSecret {
		return Secret{}, fmt.Errorf("a webhook secret holds %d to %d bytes, this one holds %d", MinSecret, MaxSecret, len(key))
	}
	return Secret{key}, nil
}

// NewSecret draws a secret of 32 bytes from random (crypto/rand.Reader).
func NewSecret(random io.Reader) (Secret, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return Secret{}, fmt.Errorf("drawing a webhook secret: %w", err)
	}
	return Secret{key}, nil
}

// Reveal is the text that ParseSecret reads. It is not called String so that
// a secret printed by accident stays secret.
func (s Secret) Reveal() string { return Prefix + base64.StdEncoding.EncodeToString(s.key) }

// String hides the key from logs.
func (s Secret) String() string { return Prefix + "…" }

// GoString hides the key from %#v.
func (s Secret) GoString() string { return s.String() }

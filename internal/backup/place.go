package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// Place is where backups are kept.
type Place struct {
	Bucket blob.Bucket
	// Keys are what parts are encrypted to; without any they are not encrypted.
	Keys Recipients
	// Identities open what is encrypted; whoever only backs up needs none.
	Identities []age.Identity
	Keep       Keep
	Clock      func() time.Time
	Build      string
	// Skip begins the keys of objects that are not backed up.
	Skip []string
	// Files are kept with the backup when it is encrypted: name and content.
	Files map[string][]byte
}

// Recipients are public keys of age, with their texts.
type Recipients struct {
	Texts []string
	keys  []age.Recipient
}

// ParseRecipients reads age1… keys, one a line; lines that begin with # are remarks.
// Invalid.
func ParseRecipients(text string) (out Recipients, err error) {
	if out.keys, err = age.ParseRecipients(strings.NewReader(text)); err != nil {
		return Recipients{}, rumbo.Fault(rumbo.Invalid, "backup.ParseRecipients", "these are no recipients of age", err)
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out.Texts = append(out.Texts, line)
		}
	}
	slices.Sort(out.Texts)
	return out, nil
}

// NewKey makes a pair of keys: one to open what is encrypted to the other.
func NewKey() (secret, recipient string, err error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", rumbo.Fault(rumbo.Internal, "backup.NewKey", "", err)
	}
	return identity.String(), identity.Recipient().String(), nil
}

// ParseIdentities reads AGE-SECRET-KEY-1… keys, one a line. Invalid; the error repeats no key.
func ParseIdentities(text string) ([]age.Identity, error) {
	out, err := age.ParseIdentities(strings.NewReader(text))
	if err != nil {
		return nil, rumbo.Fault(rumbo.Invalid, "backup.ParseIdentities", "these are no identities of age (lines AGE-SECRET-KEY-1…)", nil)
	}
	return out, nil
}

// begun is what lies beside the parts of a backup from its beginning on.
type begun struct {
	At time.Time `json:"at"`
}

// Begin says that a backup of this ID is being made; again it changes nothing.
func (p *Place) Begin(ctx context.Context, id string) error {
	text, err := json.Marshal(begun{p.Clock().UTC()})
	if err != nil {
		return err
	}
	_, err = p.Bucket.Put(ctx, partKey(id, begunName), bytes.NewReader(text), blob.PutOptions{OnlyIfNew: true})
	if rumbo.CodeOf(err) == rumbo.Conflict {
		return nil
	}
	return err
}

func (p *Place) skips(key string) bool {
	return key == markerKey || slices.ContainsFunc(p.Skip, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/logistica-inteligente/rumbo/gbdt"
	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// The file: magic, sections in this order, SHA-256 of all before it. A section is
// a tag of four letters, its length as a little-endian uint64, and its bytes.
const magic = "RUMBOTT\x01"

var sections = [...]string{"HEAD", "ZONE", "MEAN", "QP10", "QP50", "QP90"}

// MaxFileBytes bounds a file; a model of 4 x 5000 trees of 1024 leaves fits.
const MaxFileBytes = 1 << 30

// head is the HEAD section, as JSON.
type head struct {
	Set         feature.Set        `json:"set"`
	FeatureHash string             `json:"feature_hash"`
	Target      string             `json:"target"`
	Base        Base               `json:"base"`
	Correction  Correction         `json:"correction"`
	FloorSpeed  float64            `json:"floor_speed_mps"`
	Spreads     map[string]Spread  `json:"floor_spreads"`
	Reference   map[string]Profile `json:"reference"`
}

// WriteTo writes the model file. The same bundle gives the same bytes.
func (b *Bundle) WriteTo(w io.Writer) (int64, error) {
	header, err := json.Marshal(head{
		Set: b.Set, FeatureHash: b.FeatureHash, Target: TargetName(b.Set), Base: b.Base,
		Correction: b.Correction, FloorSpeed: b.Floors.Speed, Spreads: b.Floors.Spreads,
		Reference: b.Reference,
	})
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	payloads := [][]byte{header, b.Floors.Zones.encode()}
	for _, m := range b.trees() {
		var buf bytes.Buffer
		if _, err := m.WriteTo(&buf); err != nil {
			return 0, err
		}
		payloads = append(payloads, buf.Bytes())
	}
	file := []byte(magic)
	for i, p := range payloads {
		file = append(file, sections[i]...)
		file = binary.LittleEndian.AppendUint64(file, uint64(len(p)))
		file = append(file, p...)
	}
	sum := sha256.Sum256(file)
	n, err := w.Write(append(file, sum[:]...))
	return int64(n), err
}

// Read reads a model file. Errors wrap [ErrBundle] for a damaged or foreign file
// and [ErrFeatures] for one trained with other features.
func Read(r io.Reader) (*Bundle, error) {
	file, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	if err != nil {
		return nil, err
	}
	body := len(file) - sha256.Size
	if body < len(magic) || len(file) > MaxFileBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrBundle, len(file))
	}
	if sum := sha256.Sum256(file[:body]); !bytes.Equal(sum[:], file[body:]) {
		return nil, fmt.Errorf("%w: checksum differs", ErrBundle)
	}
	return parse(file[:body])
}

// parse reads the file without its checksum.
func parse(body []byte) (*Bundle, error) {
	if !bytes.HasPrefix(body, []byte(magic)) {
		return nil, fmt.Errorf("%w: not a travel-time model of this version", ErrBundle)
	}
	body = body[len(magic):]
	var payloads [len(sections)][]byte
	for i, tag := range sections {
		if len(body) < 12 || string(body[:4]) != tag {
			return nil, fmt.Errorf("%w: section %s is missing", ErrBundle, tag)
		}
		n := binary.LittleEndian.Uint64(body[4:12])
		if n > uint64(len(body)-12) {
			return nil, fmt.Errorf("%w: section %s is cut short", ErrBundle, tag)
		}
		payloads[i], body = body[12:12+n], body[12+n:]
	}
	if len(body) > 0 {
		return nil, fmt.Errorf("%w: %d bytes too many", ErrBundle, len(body))
	}
	return assemble(payloads)
}

func assemble(payloads [len(sections)][]byte) (*Bundle, error) {
	var h head
	if err := json.Unmarshal(payloads[0], &h); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	zones, err := decodeZones(payloads[1])
	if err != nil {
		return nil, err
	}
	b := Bundle{
		Set: h.Set, FeatureHash: h.FeatureHash, Base: h.Base, Correction: h.Correction,
		Floors:    Floors{Speed: h.FloorSpeed, Zones: zones, Spreads: h.Spreads},
		Reference: h.Reference,
	}
	for i, into := range []**gbdt.Model{&b.Mean, &b.Quantiles[0], &b.Quantiles[1], &b.Quantiles[2]} {
		if *into, err = gbdt.Read(bytes.NewReader(payloads[2+i])); err != nil {
			return nil, fmt.Errorf("%w: section %s: %w", ErrBundle, sections[2+i], err)
		}
	}
	return New(b)
}

const (
	pairBytes = 16
	cellBytes = 5
)

// encode writes the counts of pairs and cells, then both tables, little-endian.
func (z *ZoneFloor) encode() []byte {
	out := make([]byte, 0, 8+len(z.pairs)*pairBytes+len(z.cells)*cellBytes)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(z.pairs)))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(z.cells)))
	for _, p := range z.pairs {
		out = binary.LittleEndian.AppendUint32(out, uint32(p.from))
		out = binary.LittleEndian.AppendUint32(out, uint32(p.to))
		out = binary.LittleEndian.AppendUint32(out, uint32(p.first))
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(p.ratio))
	}
	for _, c := range z.cells {
		out = append(out, c.hour)
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(c.ratio))
	}
	return out
}

func decodeZones(in []byte) (ZoneFloor, error) {
	if len(in) < 8 {
		return ZoneFloor{}, fmt.Errorf("%w: zone floor is cut short", ErrBundle)
	}
	pairs, cells := binary.LittleEndian.Uint32(in), binary.LittleEndian.Uint32(in[4:])
	if uint64(len(in)) != 8+uint64(pairs)*pairBytes+uint64(cells)*cellBytes {
		return ZoneFloor{}, fmt.Errorf("%w: zone floor has %d bytes for %d pairs and %d cells", ErrBundle, len(in), pairs, cells)
	}
	z := ZoneFloor{pairs: make([]zonePair, pairs), cells: make([]zoneCell, cells)}
	in = in[8:]
	word := func(at int) uint32 { return binary.LittleEndian.Uint32(in[at:]) }
	for i := range z.pairs {
		z.pairs[i] = zonePair{int32(word(0)), int32(word(4)), int32(word(8)), math.Float32frombits(word(12))}
		in = in[pairBytes:]
	}
	for i := range z.cells {
		z.cells[i] = zoneCell{in[0], math.Float32frombits(word(1))}
		in = in[cellBytes:]
	}
	if !z.valid() {
		return ZoneFloor{}, fmt.Errorf("%w: zone floor is out of order", ErrBundle)
	}
	return z, nil
}

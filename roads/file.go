package roads

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

// Errors of [Load]. All say that the bytes cannot be used as a map.
var (
	// ErrNotMap: the bytes do not begin like a map file.
	ErrNotMap = errors.New("not a Rumbo map file")

	// ErrMapVersion: the file has another version of the format, or needs a
	// section that this program does not know.
	ErrMapVersion = errors.New("map file of another version")

	// ErrMapDamaged: the file was cut, or its checksum or structure is wrong.
	ErrMapDamaged = errors.New("map file is damaged")
)

// The map file, format 1; docs/formats/roads.md describes it for readers of
// other languages, and a test holds the two together.
const (
	mapMagic      = "RUMBOMAP"
	mapVersion    = 1
	mapHeaderSize = 32
	mapEntrySize  = 32
	mapAlign      = 64 // every section starts at a multiple, so it can be used in place
	maxSections   = 64
)

// section names a part of the file by four letters; in small letters it is
// optional: a program that does not know it may leave it out.
type section [4]byte

var (
	sectionUnits    = section{'U', 'N', 'I', 'T'}
	sectionFirstOut = section{'F', 'O', 'U', 'T'}
	sectionHead     = section{'H', 'E', 'A', 'D'}
	sectionDuration = section{'D', 'U', 'R', 'A'}
	sectionDistance = section{'D', 'I', 'S', 'T'}
	sectionLat      = section{'l', 'a', 't', 'i'}
	sectionLon      = section{'l', 'o', 'n', 'g'}
	sectionSourceID = section{'s', 'r', 'i', 'd'}
	sectionOrder    = section{'o', 'r', 'd', 'r'}
	sectionTwin     = section{'t', 'w', 'i', 'n'}
	sectionKind     = section{'k', 'i', 'n', 'd'}
	sectionArcName  = section{'a', 'r', 'n', 'm'}
	sectionNameAt   = section{'n', 'm', 'a', 't'}
	sectionNameText = section{'n', 'm', 't', 'x'}
)

func (s section) optional() bool { return s[0] >= 'a' && s[0] <= 'z' }

// castagnoli is the polynomial of the checksums (CRC-32C).
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sectionBytes is one section ready to be written.
type sectionBytes struct {
	name section
	data []byte
}

// sections lists what the file of this graph holds, in file order.
func (g *Graph) sections() []sectionBytes {
	units := make([]byte, 24)
	binary.LittleEndian.PutUint64(units[0:], math.Float64bits(g.Units.SecondsPerUnit))
	binary.LittleEndian.PutUint64(units[8:], math.Float64bits(g.Units.MetersPerUnit))
	if g.Units.Calibrated {
		units[16] = 1
	}
	list := []sectionBytes{
		{sectionUnits, units},
		{sectionFirstOut, littleEndian(g.FirstOut)},
		{sectionHead, littleEndian(g.Head)},
		{sectionDuration, littleEndian(g.Duration)},
		{sectionDistance, littleEndian(g.Distance)},
	}
	if g.HasPlaces() {
		list = append(list, sectionBytes{sectionLat, littleEndian(g.Lat)}, sectionBytes{sectionLon, littleEndian(g.Lon)})
	}
	if g.SourceID != nil {
		list = append(list, sectionBytes{sectionSourceID, littleEndian(g.SourceID)})
	}
	if g.ArcKind != nil {
		list = append(list, sectionBytes{sectionKind, littleEndian(g.ArcKind)})
	}
	if g.ArcName != nil {
		list = append(list, sectionBytes{sectionArcName, littleEndian(g.ArcName)},
			sectionBytes{sectionNameAt, littleEndian(g.Names.Start)}, sectionBytes{sectionNameText, g.Names.Text})
	}
	if g.Twin != nil {
		list = append(list, sectionBytes{sectionTwin, littleEndian(g.Twin)})
	}
	if g.Order != nil {
		list = append(list, sectionBytes{sectionOrder, littleEndian(g.Order)})
	}
	return list
}

// WriteTo writes the graph as a map file that [Load] reads; the same graph gives
// the same bytes. It returns the number of bytes written and the writer's error.
// O(nodes + arcs).
func (g *Graph) WriteTo(w io.Writer) (int64, error) {
	list := g.sections()
	out := &countingWriter{w: w}
	out.write(mapHeader(list))
	for _, s := range list {
		out.pad()
		out.write(s.data)
	}
	return out.count, out.err
}

// mapHeader is the fixed header and the section table.
func mapHeader(list []sectionBytes) []byte {
	header := make([]byte, mapHeaderSize+mapEntrySize*len(list))
	offset := align(uint64(len(header)))
	end := offset
	for i, s := range list {
		entry := header[mapHeaderSize+mapEntrySize*i:]
		copy(entry[0:4], s.name[:])
		binary.LittleEndian.PutUint64(entry[8:], offset)
		binary.LittleEndian.PutUint64(entry[16:], uint64(len(s.data)))
		binary.LittleEndian.PutUint32(entry[24:], crc32.Checksum(s.data, castagnoli))
		end = offset + uint64(len(s.data))
		offset = align(end)
	}
	copy(header, mapMagic)
	binary.LittleEndian.PutUint32(header[8:], mapVersion)
	binary.LittleEndian.PutUint32(header[12:], uint32(len(list)))
	binary.LittleEndian.PutUint64(header[16:], end)
	binary.LittleEndian.PutUint32(header[24:], headerChecksum(header))
	return header
}

// headerChecksum covers the header and section table except its own four bytes
// and the four reserved ones after it.
func headerChecksum(header []byte) uint32 {
	sum := crc32.Checksum(header[:24], castagnoli)
	return crc32.Update(sum, castagnoli, header[mapHeaderSize:])
}

func align(offset uint64) uint64 { return (offset + mapAlign - 1) / mapAlign * mapAlign }

// countingWriter counts bytes and keeps the first error.
type countingWriter struct {
	w     io.Writer
	count int64
	err   error
}

func (c *countingWriter) write(data []byte) {
	if c.err != nil {
		return
	}
	n, err := c.w.Write(data)
	c.count, c.err = c.count+int64(n), err
}

func (c *countingWriter) pad() {
	c.write(make([]byte, align(uint64(c.count))-uint64(c.count)))
}

// Load reads a map file. The graph's slices point into data wherever the
// machine's byte order and alignment allow it, so data must not change, and must
// stay mapped, as long as the graph is in use.
//
// Everything is checked first: checksums, sizes and every index, so that a
// hostile file gives an error and never a panic later. The error wraps
// [ErrNotMap], [ErrMapVersion], [ErrMapDamaged] or [ErrGraph]. O(len(data)).
func Load(data []byte) (*Graph, error) {
	found, err := readSections(data)
	if err != nil {
		return nil, err
	}
	g := &Graph{}
	if err := g.readUnits(found[sectionUnits]); err != nil {
		return nil, err
	}
	errs := []error{
		fromLittleEndian(found, sectionFirstOut, &g.FirstOut),
		fromLittleEndian(found, sectionHead, &g.Head),
		fromLittleEndian(found, sectionDuration, &g.Duration),
		fromLittleEndian(found, sectionDistance, &g.Distance),
		fromLittleEndian(found, sectionLat, &g.Lat),
		fromLittleEndian(found, sectionLon, &g.Lon),
		fromLittleEndian(found, sectionSourceID, &g.SourceID),
		fromLittleEndian(found, sectionOrder, &g.Order),
		fromLittleEndian(found, sectionTwin, &g.Twin),
		fromLittleEndian(found, sectionKind, &g.ArcKind),
		fromLittleEndian(found, sectionArcName, &g.ArcName),
		fromLittleEndian(found, sectionNameAt, &g.Names.Start),
		fromLittleEndian(found, sectionNameText, &g.Names.Text),
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if err := g.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMapDamaged, err)
	}
	return g, nil
}

func (g *Graph) readUnits(data []byte) error {
	if len(data) != 24 || data[16] > 1 {
		return fmt.Errorf("%w: units section of %d bytes", ErrMapDamaged, len(data))
	}
	g.Units = Units{
		SecondsPerUnit: math.Float64frombits(binary.LittleEndian.Uint64(data[0:])),
		MetersPerUnit:  math.Float64frombits(binary.LittleEndian.Uint64(data[8:])),
		Calibrated:     data[16] == 1,
	}
	return nil
}

// readSections checks the header and every checksum and returns the sections by
// name.
func readSections(data []byte) (map[section][]byte, error) {
	if len(data) < len(mapMagic) || string(data[:len(mapMagic)]) != mapMagic {
		return nil, ErrNotMap
	}
	if len(data) < mapHeaderSize {
		return nil, fmt.Errorf("%w: only %d bytes", ErrMapDamaged, len(data))
	}
	if v := binary.LittleEndian.Uint32(data[8:]); v != mapVersion {
		return nil, fmt.Errorf("%w: format %d, this program reads %d", ErrMapVersion, v, mapVersion)
	}
	count := binary.LittleEndian.Uint32(data[12:])
	size := binary.LittleEndian.Uint64(data[16:])
	if size != uint64(len(data)) || count > maxSections || mapHeaderSize+mapEntrySize*uint64(count) > size {
		return nil, fmt.Errorf("%w: %d bytes and %d sections, the header says %d bytes", ErrMapDamaged, len(data), count, size)
	}
	header := data[:mapHeaderSize+mapEntrySize*int(count)]
	if binary.LittleEndian.Uint32(data[24:]) != headerChecksum(header) {
		return nil, fmt.Errorf("%w: wrong checksum of the header", ErrMapDamaged)
	}
	return cutSections(data, header)
}

// cutSections follows the section table. Sections must lie one after the other,
// so no byte belongs to two.
func cutSections(data, header []byte) (map[section][]byte, error) {
	found := make(map[section][]byte)
	end := uint64(len(header))
	for at := mapHeaderSize; at < len(header); at += mapEntrySize {
		entry := header[at : at+mapEntrySize]
		name := section(entry[0:4])
		offset, length := binary.LittleEndian.Uint64(entry[8:]), binary.LittleEndian.Uint64(entry[16:])
		if offset != align(end) || length > uint64(len(data)) || offset > uint64(len(data))-length {
			return nil, fmt.Errorf("%w: section %q at %d of length %d", ErrMapDamaged, name[:], offset, length)
		}
		end = offset + length
		body := data[offset:end:end]
		if binary.LittleEndian.Uint32(entry[24:]) != crc32.Checksum(body, castagnoli) {
			return nil, fmt.Errorf("%w: wrong checksum of section %q", ErrMapDamaged, name[:])
		}
		if _, twice := found[name]; twice {
			return nil, fmt.Errorf("%w: section %q twice", ErrMapDamaged, name[:])
		}
		if !knownSection(name) && !name.optional() {
			return nil, fmt.Errorf("%w: needs section %q", ErrMapVersion, name[:])
		}
		found[name] = body
	}
	if end != uint64(len(data)) {
		return nil, fmt.Errorf("%w: %d bytes after the last section", ErrMapDamaged, uint64(len(data))-end)
	}
	return found, nil
}

func knownSection(name section) bool {
	switch name {
	case sectionUnits, sectionFirstOut, sectionHead, sectionDuration, sectionDistance:
		return true
	}
	return false
}

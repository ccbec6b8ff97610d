package roads

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func mapBytes(t interface{ Fatal(...any) }, g *Graph) []byte {
	var out bytes.Buffer
	n, err := g.WriteTo(&out)
	if err != nil || n != int64(out.Len()) {
		t.Fatal("wrote", n, "of", out.Len(), "bytes:", err)
	}
	return out.Bytes()
}

func sameGraph(a, b *Graph) bool {
	return slices.Equal(a.FirstOut, b.FirstOut) && slices.Equal(a.Head, b.Head) && slices.Equal(a.Duration, b.Duration) &&
		slices.Equal(a.Distance, b.Distance) && slices.Equal(a.Lat, b.Lat) && slices.Equal(a.Lon, b.Lon) &&
		slices.Equal(a.SourceID, b.SourceID) && slices.Equal(a.Order, b.Order) &&
		slices.Equal(a.Twin, b.Twin) && slices.Equal(a.ArcName, b.ArcName) && slices.Equal(a.ArcKind, b.ArcKind) &&
		slices.Equal(a.Names.Start, b.Names.Start) && slices.Equal(a.Names.Text, b.Names.Text) && a.Units == b.Units && a.costShift == b.costShift
}

// nameStreets gives the arcs of a graph random names and kinds.
func nameStreets(t *rapid.T, g *Graph) {
	list := NewNameList()
	g.ArcName, g.ArcKind = make([]uint32, g.ArcCount()), make([]Kind, g.ArcCount())
	for a := range g.ArcName {
		g.ArcName[a] = list.Add(rapid.SampledFrom([]string{"", "Calle 9", "Avenida Ñandú", "\xff"}).Draw(t, "name"))
		g.ArcKind[a] = Kind(rapid.IntRange(0, 63).Draw(t, "kind"))
	}
	g.Names = list.Names()
}

func TestMapFileRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		if rapid.Bool().Draw(t, "bare") {
			g.Lat, g.Lon = nil, nil
		}
		if rapid.Bool().Draw(t, "numbered") {
			g.SourceID = rapid.SliceOfN(rapid.Int64(), g.NodeCount(), g.NodeCount()).Draw(t, "ids")
		}
		if rapid.Bool().Draw(t, "ordered") {
			for v := range g.NodeCount() {
				g.Order = append(g.Order, Node(v))
			}
			g.Order = rapid.Permutation(g.Order).Draw(t, "order")
		}
		if rapid.Bool().Draw(t, "named") {
			nameStreets(t, g)
		}
		g.Units.Calibrated = rapid.Bool().Draw(t, "calibrated")
		data := mapBytes(t, g)
		back, err := Load(data)
		if err != nil {
			t.Fatal(err)
		}
		if !sameGraph(g, back) || !bytes.Equal(mapBytes(t, back), data) {
			t.Fatal("another graph came back")
		}
		// Bytes at an odd address cannot be used in place, and still load.
		shifted := append(make([]byte, 1, len(data)+1), data...)[1:]
		if back, err = Load(shifted); err != nil || !sameGraph(g, back) {
			t.Fatalf("from an odd address: %v", err)
		}
	})
}

func TestLoadNoticesEveryChangedByte(t *testing.T) {
	data := mapBytes(t, loadTown(t))
	covered := func(i int) bool { // neither reserved nor padding between sections
		if i >= 28 && i < 32 {
			return false
		}
		if i < mapHeaderSize+7*mapEntrySize {
			return true
		}
		for at := mapHeaderSize; at < mapHeaderSize+7*mapEntrySize; at += mapEntrySize {
			offset, length := binary.LittleEndian.Uint64(data[at+8:]), binary.LittleEndian.Uint64(data[at+16:])
			if uint64(i) >= offset && uint64(i) < offset+length {
				return true
			}
		}
		return false
	}
	for i := range data {
		changed := slices.Clone(data)
		changed[i] ^= 0x10
		if _, err := Load(changed); covered(i) == (err == nil) {
			t.Errorf("byte %d of %d changed: error %v", i, len(data), err)
		}
	}
	for size := range len(data) {
		if _, err := Load(data[:size]); !errors.Is(err, ErrNotMap) && !errors.Is(err, ErrMapDamaged) {
			t.Errorf("cut at %d: %v", size, err)
		}
	}
}

// reseal makes the checksums of a changed file right again, as a hostile author
// would.
func reseal(data []byte) []byte {
	if len(data) < mapHeaderSize {
		return data
	}
	count := uint64(binary.LittleEndian.Uint32(data[12:]))
	if count > maxSections || mapHeaderSize+mapEntrySize*count > uint64(len(data)) {
		return data
	}
	header := data[:mapHeaderSize+mapEntrySize*count]
	for at := mapHeaderSize; at < len(header); at += mapEntrySize {
		offset, length := binary.LittleEndian.Uint64(data[at+8:]), binary.LittleEndian.Uint64(data[at+16:])
		if offset <= uint64(len(data)) && length <= uint64(len(data))-offset {
			binary.LittleEndian.PutUint32(data[at+24:], crc32.Checksum(data[offset:offset+length], castagnoli))
		}
	}
	binary.LittleEndian.PutUint32(data[24:], headerChecksum(header))
	return data
}

func TestLoadRefusesHostileFiles(t *testing.T) {
	entry := func(data []byte, i int) []byte { return data[mapHeaderSize+mapEntrySize*i:] }
	body := func(data []byte, i int) []byte { return data[binary.LittleEndian.Uint64(entry(data, i)[8:]):] }
	for _, tt := range []struct {
		name   string
		change func([]byte)
		want   error
	}{
		{"another version", func(d []byte) { d[8] = 2 }, ErrMapVersion},
		{"an unknown required section", func(d []byte) { copy(entry(d, 5), "TURN") }, ErrMapVersion},
		{"a section twice", func(d []byte) { copy(entry(d, 6), "lati") }, ErrMapDamaged},
		{"no heads", func(d []byte) { copy(entry(d, 2), "xxxx") }, ErrMapDamaged},
		{"latitudes without longitudes", func(d []byte) { copy(entry(d, 6), "xxxx") }, ErrMapDamaged},
		{"an arc to nowhere", func(d []byte) { body(d, 2)[3] = 0xff }, ErrMapDamaged},
		{"arc ranges that go back", func(d []byte) { body(d, 1)[4] = 0xff }, ErrMapDamaged},
		{"a place off the Earth", func(d []byte) { body(d, 5)[3] = 0x7f }, ErrMapDamaged},
		{"no unit", func(d []byte) { clear(body(d, 0)[:8]) }, ErrMapDamaged},
		{"a section beyond the end", func(d []byte) { entry(d, 6)[16+4] = 1 }, ErrMapDamaged},
		{"a section that overlaps", func(d []byte) { entry(d, 3)[8] ^= 0x40 }, ErrMapDamaged},
		{"billions of sections", func(d []byte) { d[15] = 0xff }, ErrMapDamaged},
		{"weights too large to add up", func(d []byte) {
			for i := range 116 * 4 {
				body(d, 3)[i], body(d, 4)[i] = 0xff, 0xff
			}
		}, ErrMapDamaged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := mapBytes(t, loadTown(t))
			tt.change(data)
			if g, err := Load(reseal(data)); !errors.Is(err, tt.want) {
				t.Errorf("graph %v, error %v", g != nil, err)
			}
		})
	}
}

func TestLoadSkipsUnknownOptionalSections(t *testing.T) {
	g := loadTown(t)
	g.SourceID = make([]int64, g.NodeCount())
	data := mapBytes(t, g)
	copy(data[mapHeaderSize+7*mapEntrySize:], "name")
	back, err := Load(reseal(data))
	if err != nil || back.SourceID != nil || back.NodeCount() != g.NodeCount() {
		t.Errorf("%v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(mapMagic))
	g, err := readSmall(smallTime, smallDistance, smallPlaces)
	if err != nil {
		f.Fatal(err)
	}
	g.Order = []Node{2, 0, 1}
	f.Add(mapBytes(f, g))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := Load(reseal(data))
		if err != nil {
			return
		}
		if _, err := Load(mapBytes(t, g)); err != nil {
			t.Fatalf("written again it does not load: %v", err)
		}
		Components(g)
		if s, err := NewSnapper(g); err == nil {
			if _, err := s.Snap(g.Place(0), 1); err != nil {
				t.Fatal(err)
			}
		}
	})
}

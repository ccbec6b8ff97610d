package osm

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
)

// extract is what a test writes as an .osm.pbf file.
type extract struct {
	nodes     []Node
	ways      []Way
	relations []Relation
	plain     bool // nodes one by one and blobs not packed, instead of dense and zlib

	strings []string
	index   map[string]uint64
}

func putField(to []byte, number int, body []byte) []byte {
	to = binary.AppendUvarint(to, uint64(number)<<3|wireBytes)
	to = binary.AppendUvarint(to, uint64(len(body)))
	return append(to, body...)
}

func putNumber(to []byte, number int, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(to, uint64(number)<<3|wireVarint), value)
}

func (e *extract) text(s string) uint64 {
	if i, ok := e.index[s]; ok {
		return i
	}
	e.strings = append(e.strings, s)
	e.index[s] = uint64(len(e.strings) - 1)
	return e.index[s]
}

// tags gives the packed lists of keys and values.
func (e *extract) tags(t Tags) (keys, values []byte) {
	for i := 0; i < len(t); i += 2 {
		keys, values = binary.AppendUvarint(keys, e.text(t[i])), binary.AppendUvarint(values, e.text(t[i+1]))
	}
	return keys, values
}

// write gives the bytes of the file.
func (e *extract) write() []byte {
	e.strings, e.index = []string{""}, map[string]uint64{"": 0}
	var groups []byte
	if e.plain {
		groups = putField(groups, 2, e.plainNodes())
	} else {
		groups = putField(groups, 2, putField(nil, 2, e.denseNodes()))
	}
	groups = putField(groups, 2, e.wayGroup())
	groups = putField(groups, 2, e.relationGroup())
	var table []byte
	for _, s := range e.strings {
		table = putField(table, 1, []byte(s))
	}
	file := e.blob(nil, "OSMHeader", putField(nil, 4, []byte("OsmSchema-V0.6")))
	return e.blob(file, "OSMData", append(putField(nil, 1, table), groups...))
}

func (e *extract) blob(file []byte, kind string, body []byte) []byte {
	blob := putField(nil, 1, body)
	if !e.plain {
		var packed bytes.Buffer
		w := zlib.NewWriter(&packed)
		w.Write(body)
		w.Close()
		blob = putField(putNumber(nil, 2, uint64(len(body))), 3, packed.Bytes())
	}
	header := putNumber(putField(nil, 1, []byte(kind)), 3, uint64(len(blob)))
	file = binary.BigEndian.AppendUint32(file, uint32(len(header)))
	return append(append(file, header...), blob...)
}

func (e *extract) plainNodes() (group []byte) {
	for _, n := range e.nodes {
		keys, values := e.tags(n.Tags)
		m := putNumber(nil, 1, zigzag(n.ID))
		m = putField(putField(m, 2, keys), 3, values)
		m = putNumber(putNumber(m, 8, zigzag(n.Lat/100)), 9, zigzag(n.Lon/100))
		group = putField(group, 1, m)
	}
	return group
}

func (e *extract) denseNodes() []byte {
	var ids, lats, lons, tags []byte
	var last Node
	for _, n := range e.nodes {
		ids = binary.AppendVarint(ids, n.ID-last.ID)
		lats = binary.AppendVarint(lats, n.Lat/100-last.Lat/100)
		lons = binary.AppendVarint(lons, n.Lon/100-last.Lon/100)
		for _, s := range n.Tags {
			tags = binary.AppendUvarint(tags, e.text(s))
		}
		tags = append(tags, 0)
		last = n
	}
	return putField(putField(putField(putField(nil, 1, ids), 8, lats), 9, lons), 10, tags)
}

func (e *extract) wayGroup() (group []byte) {
	for _, w := range e.ways {
		keys, values := e.tags(w.Tags)
		var refs []byte
		last := int64(0)
		for _, id := range w.Nodes {
			refs, last = binary.AppendVarint(refs, id-last), id
		}
		group = putField(group, 3, putField(putField(putField(putNumber(nil, 1, uint64(w.ID)), 2, keys), 3, values), 8, refs))
	}
	return group
}

func (e *extract) relationGroup() (group []byte) {
	for _, r := range e.relations {
		keys, values := e.tags(r.Tags)
		var roles, ids, kinds []byte
		last := int64(0)
		for _, m := range r.Members {
			roles = binary.AppendUvarint(roles, e.text(m.Role))
			ids, last = binary.AppendVarint(ids, m.ID-last), m.ID
			kinds = append(kinds, byte(m.Kind))
		}
		m := putField(putField(putNumber(nil, 1, uint64(r.ID)), 2, keys), 3, values)
		group = putField(group, 4, putField(putField(putField(m, 8, roles), 9, ids), 10, kinds))
	}
	return group
}

func zigzag(x int64) uint64 { return uint64(x<<1) ^ uint64(x>>63) }

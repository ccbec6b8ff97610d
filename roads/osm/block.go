package osm

import "fmt"

// block reads the elements of one data blob; it is reused from blob to blob.
type block struct {
	strings     []string
	granularity int64
	latOffset   int64
	lonOffset   int64
	groups      []message

	node     Node
	way      Way
	relation Relation
	keys     []uint64
	roles    []uint64
	kinds    []uint64
}

// read hands the elements of a block to the visitor.
func (b *block) read(m message, v *Visitor) error {
	b.strings, b.groups = b.strings[:0], b.groups[:0]
	b.granularity, b.latOffset, b.lonOffset = 100, 0, 0
	err := m.each(func(f field) error {
		switch f.number {
		case 1:
			return b.readStrings(f.bytes)
		case 2:
			b.groups = append(b.groups, f.bytes)
		case 17:
			b.granularity = int64(f.value)
		case 19:
			b.latOffset = int64(f.value)
		case 20:
			b.lonOffset = int64(f.value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, g := range b.groups {
		if err := b.readGroup(g, v); err != nil {
			return err
		}
	}
	return nil
}

// readStrings copies the strings, since the visitor may keep them and the block
// that they came from is overwritten.
func (b *block) readStrings(table message) error {
	return table.each(func(f field) error {
		if f.number == 1 {
			b.strings = append(b.strings, string(f.bytes))
		}
		return nil
	})
}

func (b *block) readGroup(group message, v *Visitor) error {
	return group.each(func(f field) error {
		switch {
		case f.number == 1 && v.Node != nil:
			return b.readNode(f.bytes, v)
		case f.number == 2 && v.Node != nil:
			return b.readDense(f.bytes, v)
		case f.number == 3 && v.Way != nil:
			return b.readWay(f.bytes, v)
		case f.number == 4 && v.Relation != nil:
			return b.readRelation(f.bytes, v)
		}
		return nil
	})
}

// text is a string of the block's table.
func (b *block) text(i uint64) (string, error) {
	if i >= uint64(len(b.strings)) {
		return "", fmt.Errorf("%w: string %d of %d", ErrFormat, i, len(b.strings))
	}
	return b.strings[i], nil
}

// tags looks up keys and values.
func (b *block) tags(to Tags, keys, values []byte) (Tags, error) {
	to, b.keys = to[:0], b.keys[:0]
	if err := b.collect(keys, &b.keys); err != nil {
		return nil, err
	}
	i := 0
	err := eachNumber(values, func(x uint64) error {
		if i >= len(b.keys) {
			return fmt.Errorf("%w: more values than keys", ErrFormat)
		}
		key, err := b.text(b.keys[i])
		if err != nil {
			return err
		}
		value, err := b.text(x)
		to = append(to, key, value)
		i++
		return err
	})
	if err == nil && i != len(b.keys) {
		err = fmt.Errorf("%w: %d keys and %d values", ErrFormat, len(b.keys), i)
	}
	return to, err
}

func (b *block) collect(list []byte, to *[]uint64) error {
	return eachNumber(list, func(x uint64) error {
		*to = append(*to, x)
		return nil
	})
}

// place turns stored coordinates into 1e-9 degrees.
func (b *block) place(lat, lon int64) (int64, int64, error) {
	lat, lon = b.latOffset+b.granularity*lat, b.lonOffset+b.granularity*lon
	if lat < -90e9 || lat > 90e9 || lon < -180e9 || lon > 180e9 {
		return 0, 0, fmt.Errorf("%w: a node outside the Earth's coordinates", ErrFormat)
	}
	return lat, lon, nil
}

func (b *block) readNode(m message, v *Visitor) error {
	var keys, values []byte
	var lat, lon int64
	n := &b.node
	n.ID = 0
	err := m.each(func(f field) error {
		switch f.number {
		case 1:
			n.ID = unzigzag(f.value)
		case 2:
			keys = f.bytes
		case 3:
			values = f.bytes
		case 8:
			lat = unzigzag(f.value)
		case 9:
			lon = unzigzag(f.value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if n.Lat, n.Lon, err = b.place(lat, lon); err != nil {
		return err
	}
	if n.Tags, err = b.tags(n.Tags, keys, values); err != nil {
		return err
	}
	return v.Node(n)
}

// readDense reads nodes in the dense form: columns of differences, and the tags
// of all nodes in one list with a 0 after each node's.
func (b *block) readDense(m message, v *Visitor) error {
	var ids, lats, lons, tags message
	err := m.each(func(f field) error {
		switch f.number {
		case 1:
			ids = f.bytes
		case 8:
			lats = f.bytes
		case 9:
			lons = f.bytes
		case 10:
			tags = f.bytes
		}
		return nil
	})
	if err != nil {
		return err
	}
	var id, lat, lon int64
	for len(ids) > 0 {
		dID, err1 := ids.signed()
		dLat, err2 := lats.signed()
		dLon, err3 := lons.signed()
		if err1 != nil || err2 != nil || err3 != nil {
			return fmt.Errorf("%w: columns of nodes of different length", ErrFormat)
		}
		id, lat, lon = id+dID, lat+dLat, lon+dLon
		n := &b.node
		n.ID = id
		if n.Lat, n.Lon, err = b.place(lat, lon); err != nil {
			return err
		}
		if err := b.denseTags(n, &tags); err != nil {
			return err
		}
		if err := v.Node(n); err != nil {
			return err
		}
	}
	return nil
}

// denseTags takes the tags of one node off the common list.
func (b *block) denseTags(n *Node, list *message) error {
	n.Tags = n.Tags[:0]
	for len(*list) > 0 {
		k, err := list.varint()
		if err != nil {
			return err
		}
		if k == 0 {
			return nil
		}
		x, err := list.varint()
		if err != nil {
			return err
		}
		key, err := b.text(k)
		if err != nil {
			return err
		}
		value, err := b.text(x)
		if err != nil {
			return err
		}
		n.Tags = append(n.Tags, key, value)
	}
	return nil
}

func (b *block) readWay(m message, v *Visitor) error {
	var keys, values, refs []byte
	w := &b.way
	w.ID, w.Nodes = 0, w.Nodes[:0]
	err := m.each(func(f field) error {
		switch f.number {
		case 1:
			w.ID = int64(f.value)
		case 2:
			keys = f.bytes
		case 3:
			values = f.bytes
		case 8:
			refs = f.bytes
		}
		return nil
	})
	if err != nil {
		return err
	}
	if w.Tags, err = b.tags(w.Tags, keys, values); err != nil {
		return err
	}
	id := int64(0)
	err = eachNumber(refs, func(x uint64) error {
		id += unzigzag(x)
		w.Nodes = append(w.Nodes, id)
		return nil
	})
	if err != nil {
		return err
	}
	return v.Way(w)
}

func (b *block) readRelation(m message, v *Visitor) error {
	var keys, values, members []byte
	r := &b.relation
	r.ID, r.Members = 0, r.Members[:0]
	b.roles, b.kinds = b.roles[:0], b.kinds[:0]
	err := m.each(func(f field) error {
		switch f.number {
		case 1:
			r.ID = int64(f.value)
		case 2:
			keys = f.bytes
		case 3:
			values = f.bytes
		case 8:
			return b.collect(f.bytes, &b.roles)
		case 9:
			members = f.bytes
		case 10:
			return b.collect(f.bytes, &b.kinds)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if r.Tags, err = b.tags(r.Tags, keys, values); err != nil {
		return err
	}
	if err := b.readMembers(r, members); err != nil {
		return err
	}
	return v.Relation(r)
}

func (b *block) readMembers(r *Relation, members []byte) error {
	if len(b.roles) != len(b.kinds) {
		return fmt.Errorf("%w: %d roles and %d kinds of members", ErrFormat, len(b.roles), len(b.kinds))
	}
	id := int64(0)
	return eachNumber(members, func(x uint64) error {
		i := len(r.Members)
		if i >= len(b.roles) || b.kinds[i] > uint64(RelationMember) {
			return fmt.Errorf("%w: member %d of relation %d", ErrFormat, i, r.ID)
		}
		role, err := b.text(b.roles[i])
		id += unzigzag(x)
		r.Members = append(r.Members, Member{Kind: MemberKind(b.kinds[i]), ID: id, Role: role})
		return err
	})
}

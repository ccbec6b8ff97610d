package gbdt

// interactions says which features may meet on a path. Every group is a bit; a leaf keeps the
// groups that contain all features on its path.
type interactions struct {
	limited bool
	member  []groupSet // by feature
	groups  int
}

// groupSet is a set of feature groups; its length is fixed within a training run.
type groupSet []uint64

func newInteractions(groups [][]int, features int) interactions {
	if groups == nil {
		return interactions{}
	}
	in := interactions{limited: true, groups: len(groups)}
	alone := make([]bool, features)
	for j := range alone {
		alone[j] = true
	}
	for _, group := range groups {
		for _, j := range group {
			alone[j] = false
		}
	}
	for _, a := range alone {
		if a {
			in.groups++
		}
	}
	in.member = make([]groupSet, features)
	next := len(groups)
	for j := range in.member {
		in.member[j] = make(groupSet, (in.groups+63)/64)
		if alone[j] {
			in.member[j].add(next)
			next++
		}
	}
	for i, group := range groups {
		for _, j := range group {
			in.member[j].add(i)
		}
	}
	return in
}

func (s groupSet) add(i int) { s[i/64] |= 1 << (i % 64) }

// all is the set of all groups, for the root.
func (in *interactions) all() groupSet {
	if !in.limited {
		return nil
	}
	s := make(groupSet, (in.groups+63)/64)
	for i := range in.groups {
		s.add(i)
	}
	return s
}

// open says that feature j shares a group with the whole path.
func (in *interactions) open(path groupSet, j int) bool {
	if !in.limited {
		return true
	}
	for i, w := range in.member[j] {
		if w&path[i] != 0 {
			return true
		}
	}
	return false
}

// after is the path's set once feature j joins it.
func (in *interactions) after(path groupSet, j int) groupSet {
	if !in.limited {
		return nil
	}
	out := make(groupSet, len(path))
	for i := range out {
		out[i] = path[i] & in.member[j][i]
	}
	return out
}

package gbdt

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
)

// ErrModelFile is wrapped by every error that Read returns for the content of a file.
var ErrModelFile = errors.New("gbdt: bad model file")

// Read reads one model, which must be all that r holds. Any bytes give a model or an error, never
// a panic; everything is checked before it is used, and memory grows with the bytes received, at most
// about ten times their number plus 2 KiB a feature. Errors wrap ErrModelFile or are r's own.
func Read(r io.Reader) (*Model, error) {
	d := &decoder{r: bufio.NewReader(r), crc: crc32.New(crc32.MakeTable(crc32.Castagnoli))}
	m := &Model{}
	d.header(m)
	count := d.u32()
	d.check(count <= MaxTrees, "%d trees, limit %d", count, MaxTrees)
	for range count {
		if d.err != nil {
			break
		}
		m.trees = append(m.trees, d.tree(m))
	}
	d.end()
	if d.err != nil {
		return nil, d.err
	}
	return m, nil
}

// decoder reads the file's elements. After the first error it returns zeros.
type decoder struct {
	r   *bufio.Reader
	crc hash.Hash32
	buf [256]byte
	err error
}

func (d *decoder) check(ok bool, format string, args ...any) {
	if d.err == nil && !ok {
		d.err = fmt.Errorf("%w: "+format, append([]any{ErrModelFile}, args...)...)
	}
}

// bytes returns the next n bytes, at most 256; they are valid until the next call.
func (d *decoder) bytes(n int) []byte {
	b := d.buf[:n]
	if d.err == nil {
		if _, err := io.ReadFull(d.r, b); err == io.EOF || err == io.ErrUnexpectedEOF {
			d.check(false, "cut short")
		} else if err != nil {
			d.err = err
		}
		d.crc.Write(b)
	}
	if d.err != nil {
		clear(b)
	}
	return b
}

func (d *decoder) u8() uint8   { return d.bytes(1)[0] }
func (d *decoder) u16() uint16 { return binary.LittleEndian.Uint16(d.bytes(2)) }
func (d *decoder) u32() uint32 { return binary.LittleEndian.Uint32(d.bytes(4)) }
func (d *decoder) u64() uint64 { return binary.LittleEndian.Uint64(d.bytes(8)) }

// float reads a number and refuses NaN and infinities.
func (d *decoder) float(what string) float64 {
	x := math.Float64frombits(d.u64())
	d.check(!math.IsNaN(x) && !math.IsInf(x, 0), "%s is %v", what, x)
	return x
}

func (d *decoder) header(m *Model) {
	d.check(string(d.bytes(len(fileMagic))) == fileMagic, "it does not begin with %q", fileMagic)
	version := d.u16()
	d.check(version == fileVersion, "version %d, this program reads %d", version, fileVersion)
	m.objective, m.target = Objective(d.u8()), Transform(d.u8())
	m.alpha, m.base = d.float("alpha"), d.float("base")
	d.check(m.objective <= Poisson, "unknown %v", m.objective)
	d.check(m.target <= Log1p, "unknown %v", m.target)
	d.check(m.objective != Poisson || m.target == Identity, "poisson with %v", m.target)
	if m.objective == Quantile {
		d.check(m.alpha > 0 && m.alpha < 1, "alpha is %v", m.alpha)
	} else {
		d.check(m.alpha == 0 && !math.Signbit(m.alpha), "alpha is %v without need", m.alpha)
	}
	count := d.u32()
	d.check(count >= 1 && count <= MaxFeatures, "%d features, want 1 to %d", count, MaxFeatures)
	for range count {
		if d.err != nil {
			return
		}
		d.feature(m)
	}
	if err := validateFeatures(m.features); err != nil {
		d.check(false, "%v", err)
	}
}

func (d *decoder) feature(m *Model) {
	f := Feature{Kind: Kind(d.u8())}
	length := d.u16()
	d.check(length <= MaxNameBytes, "name of %d bytes, limit %d", length, MaxNameBytes)
	if d.err != nil {
		return
	}
	f.Name = string(d.bytes(int(length)))
	values := make([]float64, d.u8())
	for i := range values {
		values[i] = math.Float64frombits(d.u64())
		d.check(values[i] == values[i] && (i == 0 || values[i-1] < values[i]), "values of feature %q do not ascend", f.Name)
		d.check(f.Kind != Categorical || validCategory(values[i]), "feature %q has category %v", f.Name, values[i])
	}
	d.check(f.Kind == Categorical || len(values) < MaxCategories, "feature %q has %d cuts", f.Name, len(values))
	m.features = append(m.features, f)
	if f.Kind == Categorical {
		m.binners = append(m.binners, binner{kind: Categorical, values: values})
	} else {
		m.binners = append(m.binners, numericBinner(values))
	}
}

func (d *decoder) tree(m *Model) *tree {
	n := int(d.u16())
	d.check(n >= 1 && n <= MaxLeaves, "tree of %d leaves, want 1 to %d", n, MaxLeaves)
	if d.err != nil {
		return nil
	}
	t := &tree{splits: make([]split, n-1), leaves: make([]float64, n), cover: make([]uint32, n)}
	seen := make([]bool, 2*n) // splits, then leaves
	for i := range t.splits {
		t.splits[i] = d.split(m, t)
		d.child(t.splits[i].left, i, n, seen)
		d.child(t.splits[i].right, i, n, seen)
	}
	for i := range t.leaves {
		t.leaves[i] = d.float("leaf")
		t.cover[i] = d.u32()
	}
	return t
}

func (d *decoder) split(m *Model, t *tree) split {
	s := split{feature: d.u16(), bin: d.u8(), set: -1}
	flags := d.u8()
	s.left, s.right = int32(int16(d.u16())), int32(int16(d.u16()))
	s.gain = d.float("gain")
	d.check(s.gain >= 0, "gain is %v", s.gain)
	d.check(int(s.feature) < len(m.features), "split by feature %d of %d", s.feature, len(m.features))
	d.check(flags == 0 || flags == flagMissingLeft || flags == flagCategorical, "flags %#x", flags)
	if d.err != nil {
		return s
	}
	b := &m.binners[s.feature]
	categorical := flags == flagCategorical
	d.check(categorical == (b.kind == Categorical), "split of the wrong kind for feature %q", m.features[s.feature].Name)
	s.missingLeft = flags == flagMissingLeft
	if !categorical {
		d.check(int(s.bin) <= len(b.values), "bin %d of feature %q, which has %d cuts", s.bin, m.features[s.feature].Name, len(b.values))
		return s
	}
	d.check(s.bin == 0, "categorical split with bin %d", s.bin)
	s.set = int32(len(t.sets))
	t.sets = append(t.sets, binSet{d.u64(), d.u64(), d.u64(), d.u64()})
	return s
}

// child checks that a child follows its parent and hangs in one place only. With n-1 splits of two
// children each, that makes every split and leaf part of one tree.
func (d *decoder) child(at int32, parent, n int, seen []bool) {
	slot := int(at)
	if at < 0 {
		d.check(int(^at) < n, "leaf %d of %d", ^at, n)
		slot = n + int(^at)
	} else {
		d.check(slot > parent && slot < n-1, "split %d below split %d of %d", at, parent, n-1)
	}
	if d.err == nil {
		d.check(!seen[slot], "child %d hangs twice", at)
		seen[slot] = true
	}
}

// end checks the checksum and that nothing follows.
func (d *decoder) end() {
	want := d.crc.Sum32()
	got := d.u32()
	d.check(got == want, "checksum %08x, computed %08x", got, want)
	if d.err != nil {
		return
	}
	switch _, err := d.r.ReadByte(); {
	case err == nil:
		d.check(false, "bytes after the end")
	case err != io.EOF:
		d.err = err
	}
}

package interop

import (
	"bytes"
	"encoding/binary"
	"math"
)

// The binary form that XGBoost wrote before JSON, little-endian: a header of 136 bytes, the names of
// objective and booster, a booster header of 160 bytes, and for each tree a header of 148 bytes,
// nodes of 20 and statistics of 16; dart adds the trees' weights. gblinear has its own header and weights.
const (
	binaryHeader     = 136
	binaryBooster    = 160
	binaryTreeHeader = 148
	binaryNode       = 20
	binaryStat       = 16
	binaryLinear     = 136 // header of gblinear
	binaryNameLimit  = 64
)

// looksLikeXGBoostBinary finds the name of an objective where the binary form has it.
func looksLikeXGBoostBinary(in []byte) bool {
	in = bytes.TrimPrefix(in, []byte("binf"))
	if len(in) < binaryHeader+8 {
		return false
	}
	n := binary.LittleEndian.Uint64(in[binaryHeader:])
	return n > 0 && n < binaryNameLimit && bytes.ContainsRune(in[binaryHeader+8:min(len(in), binaryHeader+8+int(n))], ':')
}

// binaryReader takes little-endian values one after the other.
type binaryReader struct{ in []byte }

func (r *binaryReader) take(n int) []byte {
	require(n >= 0 && n <= len(r.in), "XGBoost binary model cut short")
	b := r.in[:n]
	r.in = r.in[n:]
	return b
}

func (r *binaryReader) text() string {
	n := binary.LittleEndian.Uint64(r.take(8))
	require(n < binaryNameLimit, "XGBoost binary model with a name of %d bytes", n)
	return string(r.take(int(n)))
}

func (b *builder) xgboostBinary(in []byte) *Model {
	r := &binaryReader{bytes.TrimPrefix(in, []byte("binf"))}
	le := binary.LittleEndian
	header := r.take(binaryHeader)
	width := whole(float64(le.Uint32(header[4:])), "num_feature", 1, maxWidth)
	require(int32(le.Uint32(header[8:])) <= 1, "XGBoost model of several classes")
	objective, booster := r.text(), r.text()
	base, exp := xgboostBase(objective, float64(math.Float32frombits(le.Uint32(header))))
	if major := le.Uint32(header[20:]); major == 0 && exp {
		refuse("XGBoost binary model from before version 1.0 with objective %s", objective)
	}
	m := &Model{kind: "xgboost." + booster + " " + objective, width: width}
	switch booster {
	case "gbtree":
		m.root = b.binaryTrees(r, base, exp, width)
	case "dart":
		trees := b.binaryTrees(r, base, exp, width)
		if len(trees.trees) > 0 {
			trees.weights = b.binaryFloats(r, len(trees.trees))
		}
		m.root = trees
	case "gblinear":
		r.take(binaryLinear)
		m.root = &boostedLinear{base: base, exp: exp, weights: b.binaryFloats(r, width+1)}
	default:
		refuse("XGBoost booster %.20q", booster)
	}
	return m
}

func (b *builder) binaryTrees(r *binaryReader, base float32, exp bool, width int) *boosted {
	le := binary.LittleEndian
	count := int(int32(le.Uint32(r.take(binaryBooster))))
	require(count >= 0 && count <= len(r.in)/binaryTreeHeader, "XGBoost binary model of %d trees", count)
	m := &boosted{base: base, exp: exp}
	b.budget.spend(24 * count)
	for range count {
		m.trees = append(m.trees, b.binaryTree(r, width))
	}
	for range count {
		require(le.Uint32(r.take(4)) == 0, "XGBoost tree of another output")
	}
	return m
}

// binaryFloats reads n numbers behind their count.
func (b *builder) binaryFloats(r *binaryReader, n int) []float32 {
	le := binary.LittleEndian
	count := le.Uint64(r.take(8))
	require(count == uint64(n), "%d weights where %d are due", count, n)
	raw := r.take(4 * n)
	b.budget.spend(4 * n)
	out := make([]float32, n)
	for i := range out {
		out[i] = math.Float32frombits(le.Uint32(raw[4*i:]))
	}
	return out
}

func (b *builder) binaryTree(r *binaryReader, width int) []boostedNode {
	le := binary.LittleEndian
	n := int(int32(le.Uint32(r.take(binaryTreeHeader)[4:])))
	require(n > 0 && n <= len(r.in)/(binaryNode+binaryStat), "XGBoost tree of %d nodes", n)
	b.budget.spend(24 * n)
	nodes := make([]boostedNode, n)
	for i := range nodes {
		raw := r.take(binaryNode)
		left, right := int32(le.Uint32(raw[4:])), int32(le.Uint32(raw[8:]))
		split := le.Uint32(raw[12:])
		nodes[i] = boostedNode{value: math.Float32frombits(le.Uint32(raw[16:])), missingLeft: split>>31 == 1, left: -1}
		if left < 0 {
			continue
		}
		nodes[i].left, nodes[i].right = int32(whole(float64(left), "child", 1, n-1)), int32(whole(float64(right), "child", 1, n-1))
		nodes[i].feature = featureOf(float64(split&(1<<31-1)), width)
	}
	r.take(n * binaryStat)
	b.requireTree(nodes)
	return nodes
}

package gbdt

import "math"

// keepMonotone clips leaf values so that every split on a constrained feature keeps its promise: all
// values on one side of it stay on one side of a bound halfway between the two sides' means. Splits
// against the direction were refused while growing; this settles what deeper splits undid.
func (t *trainer) keepMonotone(tree *tree) {
	if t.params.Monotone == nil || len(tree.splits) == 0 {
		return
	}
	c := clipper{tree: tree, monotone: t.params.Monotone}
	c.clip(0, math.Inf(-1), math.Inf(1))
}

type clipper struct {
	tree     *tree
	monotone []int8
}

// clip bounds the values below child at, in O(leaves x depth).
func (c *clipper) clip(at int32, lo, hi float64) {
	if at < 0 {
		c.tree.leaves[^at] = max(lo, min(hi, c.tree.leaves[^at]))
		return
	}
	s := &c.tree.splits[at]
	direction := c.monotone[s.feature]
	if direction == 0 {
		c.clip(s.left, lo, hi)
		c.clip(s.right, lo, hi)
		return
	}
	leftSum, leftRows := c.total(s.left)
	rightSum, rightRows := c.total(s.right)
	mid := max(lo, min(hi, (leftSum/leftRows+rightSum/rightRows)/2))
	if direction > 0 {
		c.clip(s.left, lo, mid)
		c.clip(s.right, mid, hi)
	} else {
		c.clip(s.left, mid, hi)
		c.clip(s.right, lo, mid)
	}
}

// total is the sum of values and the number of training rows below child at.
func (c *clipper) total(at int32) (sum, rows float64) {
	if at < 0 {
		n := math.Max(1, float64(c.tree.cover[^at]))
		return n * c.tree.leaves[^at], n
	}
	a, m := c.total(c.tree.splits[at].left)
	b, n := c.total(c.tree.splits[at].right)
	return a + b, m + n
}

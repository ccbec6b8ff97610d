package speeds

import "math"

// row is one trip: how many map seconds its route spends in each group, and how
// long it took.
type row struct {
	slice   int
	groups  []uint16
	seconds []float64 // in each of those groups
	driven  float64
}

// predicted is the duration under factors.
func (r row) predicted(factor []float64) (sum float64) {
	for i, g := range r.groups {
		sum += factor[g] * r.seconds[i]
	}
	return sum
}

// meanError is the mean absolute error in seconds, 0 for no rows.
func meanError(rows []row, factorOf func(slice int) []float64) float64 {
	var sum float64
	for _, r := range rows {
		sum += math.Abs(r.driven - r.predicted(factorOf(r.slice)))
	}
	return sum / math.Max(1, float64(len(rows)))
}

// reweightings is how often least squares are repeated with new weights; the
// factors hardly move after that.
const reweightings = 12

// leastAbsolute finds factors with about the least sum of absolute errors, drawn
// toward the prior as if by one more trip in each group: of strength map seconds,
// driven exactly at the prior. Factors stay between a fifth of the prior and five
// times it. O(reweightings x (rows x groups of a row ^ 2 + groups
// ^ 3)).
func leastAbsolute(rows []row, prior []float64, strength float64) []float64 {
	n := len(prior)
	factor := append([]float64(nil), prior...)
	for range reweightings {
		matrix, right := make([]float64, n*n), make([]float64, n)
		typical := math.Max(1, meanError(rows, func(int) []float64 { return factor }))
		for _, r := range rows {
			weight := 1 / math.Max(math.Abs(r.driven-r.predicted(factor)), typical/20)
			for i, g := range r.groups {
				right[g] += weight * r.seconds[i] * r.driven
				for j, h := range r.groups {
					matrix[int(g)*n+int(h)] += weight * r.seconds[i] * r.seconds[j]
				}
			}
		}
		for g := range n {
			pull := strength * strength / typical
			matrix[g*n+g] += pull
			right[g] += pull * prior[g]
		}
		solve(matrix, right)
		for g := range n {
			factor[g] = math.Max(prior[g]/5, math.Min(prior[g]*5, right[g]))
		}
	}
	return factor
}

// solve replaces right by the solution of the symmetric positive definite system,
// by Cholesky's method; the matrix is overwritten. O(n^3).
func solve(matrix, right []float64) {
	n := len(right)
	at := func(i, j int) *float64 { return &matrix[i*n+j] }
	for j := range n {
		for k := range j {
			*at(j, j) -= *at(j, k) * *at(j, k)
		}
		*at(j, j) = math.Sqrt(math.Max(*at(j, j), 1e-12))
		for i := j + 1; i < n; i++ {
			for k := range j {
				*at(i, j) -= *at(i, k) * *at(j, k)
			}
			*at(i, j) /= *at(j, j)
		}
	}
	for i := range n {
		for k := range i {
			right[i] -= *at(i, k) * right[k]
		}
		right[i] /= *at(i, i)
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			right[i] -= *at(k, i) * right[k]
		}
		right[i] /= *at(i, i)
	}
}

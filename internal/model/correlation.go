package model

import "time"

// sharedVariance estimates the intraclass correlation of log errors within one
// hour of one day: how much drives of the same hour are slow or fast together.
// One-way analysis of variance for groups of unequal size (Donner 1986,
// doi:10.2307/1403259), kept within [0, 0.9]. The residuals come in order of
// departure. O(n).
func sharedVariance(residuals []Residual) float64 {
	if len(residuals) == 0 {
		return 0
	}
	var within, between, squares, mean float64
	for _, r := range residuals {
		mean += r.Log[1]
	}
	n := float64(len(residuals))
	mean /= n
	hours := 0.0
	for len(residuals) > 0 {
		size := sameHour(residuals)
		var sum, sq float64
		for _, r := range residuals[:size] {
			sum += r.Log[1]
			sq += r.Log[1] * r.Log[1]
		}
		m := float64(size)
		within += sq - sum*sum/m
		between += m * (sum/m - mean) * (sum/m - mean)
		squares += m * m
		hours++
		residuals = residuals[size:]
	}
	if hours < 2 || n <= hours {
		return 0
	}
	size := (n - squares/n) / (hours - 1)
	msb, msw := between/(hours-1), within/(n-hours)
	if total := msb + (size-1)*msw; total > 0 {
		return max(0, min(0.9, (msb-msw)/total))
	}
	return 0
}

// sameHour is how many of the leading residuals depart in the first one's hour.
func sameHour(residuals []Residual) int {
	hour := residuals[0].Facts.At.Truncate(time.Hour)
	n := 1
	for n < len(residuals) && residuals[n].Facts.At.Truncate(time.Hour).Equal(hour) {
		n++
	}
	return n
}

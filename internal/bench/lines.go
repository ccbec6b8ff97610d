package bench

import "slices"

// Line is a row of the target table.
type Line struct {
	Name       string // as in rows and on the command line
	Title      string
	Families   []string // folders of the benchmark data
	Min, Max   int      // customers, both included
	Convention string   // of package vrplib
	Targets    Targets
}

// Targets are mean gaps in percent to reach with budgets of 1, 10 and 60 seconds on one
// thread; None where none is set.
type Targets [3]float64

// None is no target.
const None = -1

// At is the target for a budget in seconds, None if there is none.
func (t Targets) At(budget float64) float64 {
	switch budget {
	case 1:
		return t[0]
	case 10:
		return t[1]
	case 60:
		return t[2]
	}
	return None
}

// Lines lists the target table from top to bottom. The families after CVRP, VRPTW and
// PDPTW have no figure but a peer to beat.
func Lines() []Line {
	peer := Targets{None, None, None}
	return []Line{
		{"cvrp-100-300", "CVRP 100-300", []string{"cvrp-X"}, 100, 302, "cvrplib", Targets{0.9, 0.35, 0.12}},
		{"cvrp-350-650", "CVRP 350-650", []string{"cvrp-X"}, 350, 654, "cvrplib", Targets{0.6, 0.35, 0.2}},
		{"cvrp-1000", "CVRP 700-1000", []string{"cvrp-X"}, 700, 1000, "cvrplib", Targets{2.5, 1.2, 0.6}},
		{"cvrp-3000-7000", "CVRP 3-7k", []string{"cvrp-XXL"}, 3000, 7000, "cvrplib", Targets{5, 1.2, 0.7}},
		{"cvrp-30000", "CVRP 10-30k", []string{"cvrp-XXL"}, 10000, 30000, "cvrplib", peer},
		{"cvrp-real", "CVRP, real matrices", []string{"cvrp-DIMACS"}, 1, 10000, "cvrplib", peer},
		{"vrptw-100", "VRPTW 100", []string{"vrptw-solomon"}, 100, 100, "dimacs", Targets{0.3, 0.05, 0}},
		{"vrptw-200", "VRPTW 200", []string{"vrptw-gh"}, 200, 200, "dimacs", peer},
		{"vrptw-400", "VRPTW 400", []string{"vrptw-gh"}, 400, 400, "dimacs", Targets{3.5, 1.2, 0.6}},
		{"vrptw-1000", "VRPTW 1000", []string{"vrptw-gh"}, 1000, 1000, "dimacs", Targets{8, 4, 2}},
		{"pdptw-100-400", "PDPTW 100-400, distance", []string{"pdptw-lilim"}, 100, 450, "exact", peer},
		{"pdptw-1000", "PDPTW 1000, distance", []string{"pdptw-lilim"}, 1000, 1100, "exact", Targets{11, 5, 3.5}},
		{"pdptw-vehicles", "PDPTW 100-400, vehicles first", []string{"pdptw-lilim"}, 100, 450, "vehicles-first", peer},
		{"pdptw-city", "PDPTW, real travel times, vehicles first", []string{"pdptw-sartori"}, 1, 10000, "vehicles-first", peer},
		{"mdvrp", "MDVRP", []string{"mdvrp-cordeau"}, 1, 10000, "exact", peer},
		{"mdvrptw", "MDVRPTW", []string{"pyvrp-MDVRPTW"}, 1, 10000, "exact-x1000", peer},
		{"pcvrptw", "PCVRPTW", []string{"pyvrp-PCVRPTW"}, 1, 10000, "dimacs-x10", peer},
		{"mtvrptwr", "MTVRPTWR", []string{"pyvrp-MTVRPTWR"}, 1, 10000, "dimacs-x10", peer},
		{"hfvrp", "HFVRP", []string{"pyvrp-HFVRP"}, 1, 10000, "hundredths", peer},
		{"hvrp", "HVRP 20-100", []string{"hvrp"}, 1, 10000, "exact", peer},
		{"vrpb", "VRPB", []string{"pyvrp-VRPB"}, 1, 10000, "cvrplib", peer},
		{"gvrp", "GVRP", []string{"pyvrp-GVRP"}, 1, 10000, "cvrplib", peer},
	}
}

// has reports whether a record belongs to the line. Li & Lim publish no best distances, so
// that the distance lines are measured against the vehicles-first records.
func (l *Line) has(r *Record) bool {
	same := r.Convention == l.Convention || r.Convention == "vehicles-first" && r.Family == "pdptw-lilim"
	return same && r.Customers >= l.Min && r.Customers <= l.Max && slices.Contains(l.Families, r.Family)
}

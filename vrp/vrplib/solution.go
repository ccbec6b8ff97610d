package vrplib

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Stated is what a solution file says of itself.
type Stated struct {
	Cost  float64 // NaN where the file states none
	Empty int     // routes listed without a customer
}

// ReadSolution reads a .sol file: lines "Route #3: 5 7 2" with the node numbers of the
// instance, a line "Cost 123", and remarks. Where the fleet is mixed, the number of a route
// is the number of its vehicle. A depot's number within a route is a reload there.
//
// The routes come back as bare visits, without times or costs, and what is in no route as
// unassigned: complete them with check.Complete. Errors are SyntaxErrors.
func (m *Model) ReadSolution(r io.Reader) (*vrp.Solution, Stated, error) {
	index, err := m.Instance.byID()
	if err != nil {
		return nil, Stated{}, err
	}
	s := &solutionReader{lines: newLines(r), Model: m, index: index, out: &vrp.Solution{}}
	s.stated.Cost = math.NaN()
	for s.next() && s.err == nil {
		s.line()
	}
	if s.err != nil {
		return nil, Stated{}, s.err
	}
	s.out.Unassigned = m.missing(s.out.Routes)
	return s.out, s.stated, nil
}

type solutionReader struct {
	*lines
	*Model
	index  map[int32]int32 // node by number
	out    *vrp.Solution
	stated Stated
}

// line handles a route, the cost, or a remark.
func (s *solutionReader) line() {
	word := strings.ToLower(strings.TrimRight(s.fields[0], ":#"))
	switch {
	case strings.HasPrefix(word, "route"):
		s.routeLine()
	case word == "cost":
		text := strings.TrimSpace(strings.TrimLeft(s.text[len("cost"):], " \t:"))
		if !math.IsNaN(s.stated.Cost) {
			s.fail("a second cost")
		}
		s.fields = []string{text}
		s.stated.Cost = s.float(0, "cost")
	case word != "" && word[0] >= 'a' && word[0] <= 'z': // a remark such as "Optimal: True"
	default:
		s.fail("%q is neither a route, a cost nor a remark", shorten(s.text))
	}
}

func (s *solutionReader) routeLine() {
	head, body, found := strings.Cut(s.text[len("route"):], ":")
	if !found {
		s.fail("a route needs a colon after its number")
		return
	}
	ordinal, err := parseWhole(strings.Trim(head, " \t#"))
	if err != nil || ordinal < 1 {
		s.fail("a route needs a number from 1")
		return
	}
	class, ok := s.Instance.class(int(min(ordinal, maxNodes)))
	if !ok {
		s.fail("there is no vehicle %d", ordinal)
		return
	}
	s.fields = strings.Fields(body)
	if stops := s.stops(class); len(stops) > 2 && s.err == nil {
		s.out.Routes = append(s.out.Routes, vrp.Route{Vehicle: class, Stops: stops})
	} else {
		s.stated.Empty++
	}
}

// stops translates node numbers; a depot at either end of the list says nothing new.
func (s *solutionReader) stops(class int32) []vrp.Stop {
	list := []vrp.Stop{{Visit: vrp.Visit{Kind: vrp.KindStart}}}
	for c := range s.fields {
		node, known := s.index[int32(s.whole(c, "node", 0, maxNodes))]
		if !known {
			s.fail("there is no node %s", shorten(s.fields[c]))
			return nil
		}
		v := s.visits[node]
		if v.Kind == vrp.KindStart {
			if c == 0 || c == len(s.fields)-1 {
				continue
			}
			at := slices.Index(s.Instance.Classes[class].Reloads, node)
			if at < 0 {
				s.fail("vehicles of this class do not reload at node %s", shorten(s.fields[c]))
				return nil
			}
			v = vrp.Visit{Kind: vrp.KindReload, Index: int32(at)}
		}
		list = append(list, vrp.Stop{Visit: v})
	}
	return append(list, vrp.Stop{Visit: vrp.Visit{Kind: vrp.KindEnd}})
}

// class is the class of the vehicle with a number from 1.
func (in *Instance) class(ordinal int) (int32, bool) {
	switch {
	case len(in.Classes) == 1:
		return 0, true
	case ordinal <= len(in.Ordinal):
		return in.Ordinal[ordinal-1], true
	case in.Ordinal != nil:
		return 0, false
	}
	for i := range in.Classes {
		if ordinal <= int(in.Classes[i].Count) {
			return int32(i), true
		}
		ordinal -= int(in.Classes[i].Count)
	}
	return 0, false
}

// missing lists what no route serves.
func (m *Model) missing(routes []vrp.Route) []vrp.Unassigned {
	served := map[vrp.Visit]bool{}
	taken := map[int32]bool{}
	for r := range routes {
		for _, x := range routes[r].Stops {
			served[x.Visit] = true
			if x.Kind == vrp.KindJob {
				taken[m.Problem.Jobs[x.Index].Group] = true
			}
		}
	}
	var list []vrp.Unassigned
	see := func(v vrp.Visit) {
		t := m.Problem.Terms(v)
		u := vrp.Unassigned{Visit: v, Reason: vrp.ReasonNoVehicleLeft}
		switch {
		case served[v]:
			return
		case t.Group != 0 && taken[t.Group]:
			u.Reason = vrp.ReasonAlternative
		case t.Optional:
			u.Reason = vrp.ReasonPrize
		}
		list = append(list, u)
	}
	for i := range m.Problem.Jobs {
		see(vrp.Visit{Kind: vrp.KindJob, Index: int32(i)})
	}
	for i := range m.Problem.Shipments {
		see(vrp.Visit{Kind: vrp.KindPickup, Index: int32(i)})
	}
	return list
}

// WriteSolution writes s as a .sol file that ReadSolution understands, with the stated cost.
// Breaks leave no trace: the format has no word for them.
func (m *Model) WriteSolution(w io.Writer, s *vrp.Solution) error {
	b := bufio.NewWriter(w)
	next := make([]int, len(m.Instance.Classes)) // vehicles of the class used so far
	type numbered struct{ ordinal, route int }
	order := make([]numbered, len(s.Routes))
	for r := range s.Routes {
		class := s.Routes[r].Vehicle
		order[r] = numbered{m.Instance.ordinal(class, next[class]), r}
		if len(next) == 1 {
			order[r].ordinal = r + 1
		}
		next[class]++
	}
	slices.SortStableFunc(order, func(a, b numbered) int { return a.ordinal - b.ordinal })
	for _, o := range order {
		fmt.Fprintf(b, "Route #%d:", o.ordinal)
		for _, x := range s.Routes[o.route].Stops {
			if id, ok := m.number(s.Routes[o.route].Vehicle, x.Visit); ok {
				fmt.Fprintf(b, " %d", id)
			}
		}
		fmt.Fprintln(b)
	}
	fmt.Fprintf(b, "Cost %s\n", m.Format(s.Cost.Total()))
	return b.Flush()
}

// number is what a solution file calls a visit, reloads included.
func (m *Model) number(class int32, v vrp.Visit) (int32, bool) {
	if v.Kind == vrp.KindReload {
		return m.Instance.Nodes[m.Instance.Classes[class].Reloads[v.Index]].ID, true
	}
	return m.Number(v)
}

// Number is the node number that files use for a job, a pickup or a delivery; false for
// other visits. O(1).
func (m *Model) Number(v vrp.Visit) (int32, bool) {
	nodes := m.Instance.Nodes
	switch v.Kind {
	case vrp.KindJob:
		return nodes[m.job[v.Index]].ID, true
	case vrp.KindPickup:
		return nodes[m.ship[v.Index]].ID, true
	case vrp.KindDelivery:
		return nodes[nodes[m.ship[v.Index]].Partner].ID, true
	}
	return 0, false
}

// ordinal is the number of the k-th vehicle of a class, k from 0.
func (in *Instance) ordinal(class int32, k int) int {
	if in.Ordinal == nil {
		before := 0
		for i := range class {
			before += int(in.Classes[i].Count)
		}
		return before + k + 1
	}
	for i, c := range in.Ordinal {
		if c == class {
			if k == 0 {
				return i + 1
			}
			k--
		}
	}
	return len(in.Ordinal) + k + 1
}

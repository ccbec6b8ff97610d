// Command makekernels writes vrp/internal/search/insert_kernels.go, the specialized loops
// that look for a job's cheapest spot beside its neighbors:
//
//	go generate ./vrp/internal/search
//
// A kernel is one shape of problem: where its legs come from (a table, the plane), whether
// time is tested in line, whether one sum decides a route's load. All of them try the same
// spots in the same order, so they are one template; what differs is a switch in it. The
// compiler cannot be asked for that with type parameters: calls through them are not
// inlined, and a call a spot costs more than the spot.
package main

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"go/format"
	"os"
	"text/template"
)

//go:embed kernels.tmpl
var text string

// kernel is one shape of problem.
type kernel struct {
	Name  string
	Doc   []string
	Plane bool // legs come from coordinates, not from a table
	Timed bool // tests of time stand in line
	Any   bool // any fleet on one table: loads and times are tested by tryBeside
}

// side is one of the two spots beside a stop v, between the nodes From and To.
type side struct {
	kernel
	Far      string // the end of the link that is not v
	At       string // its index
	Link     string // the link's cost
	From, To string // its ends as nodes
	Behind   string // the index of From
	Before   string // that of To
	Ends     string // whether the far end is a route's end
}

func (k kernel) After() side {
	return side{k, "b", "n.next", "b.in", "n", "b", "v", "n.next", "b.next == none"}
}

func (k kernel) Ahead() side {
	return side{k, "a", "n.prev", "n.in", "a", "n", "n.prev", "v", "!s.isStop(n.prev)"}
}

var kernels = []kernel{
	{Name: "besidePlain", Doc: []string{
		"besidePlain is beside for a job of a plain fleet: the same spots in the same order, with",
		"the row of the job's distances and its demand at hand."}},
	{Name: "besidePlane", Plane: true, Doc: []string{
		"besidePlane is besidePlain without a table: lengths come from coordinates. Without windows",
		"lists are sorted by distance, which spares most of the spots: a link between stops is",
		"tried from its nearer end, so that from its farther end it need not be looked at, and",
		"what a link with both ends at least d away costs is no less than 2d minus its length."}},
	{Name: "besideTimed", Timed: true, Doc: []string{
		"besideTimed is besidePlain with the tests of time in line. What a stop's own times rule",
		"out is skipped before its neighbor in the route is even read: with narrow windows that",
		"is most of the list."}},
	{Name: "besideRow", Any: true, Doc: []string{
		"besideRow is besideJob with the row of the job's distances at hand: the same spots in the",
		"same order."}},
}

func main() {
	out := flag.String("out", "insert_kernels.go", "file to write")
	flag.Parse()
	src, err := generate()
	if err == nil {
		err = os.WriteFile(*out, src, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "makekernels:", err)
		os.Exit(1)
	}
}

// generate is the formatted source of all kernels.
func generate() ([]byte, error) {
	t, err := template.New("kernels").Parse(text)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, kernels); err != nil {
		return nil, err
	}
	return format.Source(b.Bytes())
}

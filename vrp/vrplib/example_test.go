package vrplib_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/vrplib"
)

// Read an instance, judge a published solution under the usual convention, and write it back.
func Example() {
	f, err := os.Open("testdata/solomon.txt")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	in, err := vrplib.Read(f, vrplib.Auto)
	if err != nil {
		panic(err)
	}
	m, err := in.Model(in.DefaultConvention())
	if err != nil {
		panic(err)
	}
	s, _, err := m.ReadSolution(strings.NewReader("Route #1: 1 3\nRoute #2: 2\n"))
	if err != nil {
		panic(err)
	}
	if err := check.Complete(m.Problem, s); err != nil {
		panic(err)
	}
	report := check.Solution(m.Problem, s)
	fmt.Println(in.Name, m.Convention.Name, report.Feasible(), m.Format(report.Cost.Total()))
	if err := m.WriteSolution(os.Stdout, s); err != nil {
		panic(err)
	}
	// Output:
	// tiny-window dimacs true 27.0
	// Route #1: 1 3
	// Route #2: 2
	// Cost 27.0
}

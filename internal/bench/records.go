package bench

import (
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Record is a published instance and its best known value under one convention.
type Record struct {
	Instance   string
	Family     string // the first folder of File
	Customers  int
	Convention string  // of package vrplib
	Best       float64 // in the convention's stated unit, 0 where nothing is known
	Vehicles   int     // of the best known solution, 0 where not published
	File       string  // below the directory of the data
}

// Records reads bks.csv: instance, customers, convention in words, value, vehicles, source
// and file. An error names the line.
func Records(r io.Reader) ([]Record, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("bench: best known values: %w", err)
	}
	var list []Record
	for i, row := range rows {
		if i == 0 {
			continue
		}
		if len(row) != 7 {
			return nil, fmt.Errorf("bench: best known values: line %d has %d columns, not 7", i+1, len(row))
		}
		rec := Record{Instance: row[0], File: path.Clean(row[6])}
		rec.Family, _, _ = strings.Cut(rec.File, "/")
		var errs [2]error
		rec.Customers, errs[0] = strconv.Atoi(row[1])
		rec.Best, errs[1] = strconv.ParseFloat(row[3], 64)
		if errs[0] != nil || errs[1] != nil || rec.Best <= 0 || !strings.Contains(rec.File, "/") {
			return nil, fmt.Errorf("bench: best known values: line %d: customers %q, value %q, file %q", i+1, row[1], row[3], row[6])
		}
		if n, err := strconv.Atoi(row[4]); err == nil {
			rec.Vehicles = n
		}
		rec.Convention = convention(rec.Family, row[2])
		if rec.Convention == "hundredths" && rec.Best > 1e8 {
			rec.Best /= 1e5 // about half of that set states the integer sum, see vrplib's test of records
		}
		list = append(list, rec)
	}
	return list, nil
}

// convention translates the words of bks.csv.
func convention(family, words string) string {
	switch words = strings.ToUpper(words); {
	case family == "pyvrp-MDVRPTW":
		return "exact-x1000"
	case family == "pyvrp-MTVRPTWR", family == "pyvrp-PCVRPTW":
		return "dimacs-x10"
	case family == "pyvrp-HFVRP":
		return "hundredths"
	case strings.Contains(words, "DIMACS"):
		return "dimacs"
	case strings.Contains(words, "VEHICLES-FIRST"):
		return "vehicles-first"
	case strings.Contains(words, "DOUBLE PRECISION"):
		return "exact"
	}
	return "cvrplib"
}

// Chosen is a record that a line is measured on.
type Chosen struct {
	Line Line
	Record
}

// Choose takes of each line the first instances by SHA-256 of their names, at most n.
func Choose(records []Record, lines []Line, n int) []Chosen {
	var list []Chosen
	for _, l := range lines {
		var mine []Record
		for i := range records {
			twice := func(r Record) bool { return r.File == records[i].File }
			if l.has(&records[i]) && !slices.ContainsFunc(mine, twice) {
				mine = append(mine, records[i])
			}
		}
		slices.SortFunc(mine, func(a, b Record) int { return strings.Compare(digest(a.Instance), digest(b.Instance)) })
		for _, r := range mine[:min(n, len(mine))] {
			r.Convention = l.Convention
			list = append(list, Chosen{l, r})
		}
	}
	return list
}

func digest(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(name))) }

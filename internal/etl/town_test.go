package etl

import (
	"bytes"
	"encoding/csv"
	"os"
	"strconv"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// TestTinyTownStaysOnItsPlaces holds that trips, orders and the depot of the tiny
// town are at the places that its roads lead to.
func TestTinyTownStaysOnItsPlaces(t *testing.T) {
	const town = "../../testdata/tinytown/"
	read := func(name string) *bytes.Reader {
		data, err := os.ReadFile(town + name)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.NewReader(data)
	}
	rows, err := csv.NewReader(read("places.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	places := map[rumbo.Point]string{}
	for _, row := range rows[1:] {
		lat, err1 := strconv.ParseFloat(row[1], 64)
		lon, err2 := strconv.ParseFloat(row[2], 64)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		places[rumbo.Point{Lat: lat, Lon: lon}] = row[0]
	}
	met := map[string]int{}
	at := func(what string, p rumbo.Point) {
		if places[p] == "" {
			t.Errorf("%s is at %v, which is no place of the town", what, p)
		}
		met[what]++
	}
	for kind, name := range map[string]string{rumbo.KindTrips: "trips.csv", rumbo.KindOrders: "orders.json", rumbo.KindDepots: "depots.json"} {
		b := rumbo.Batch{Kind: kind, Format: name[len(kind)+1:], Schema: tabular.Rumbo}
		for _, res := range all(t, read(name), b, zonesTo(3)) {
			switch {
			case res.Trip != nil:
				at(kind, *res.Trip.From.Point)
				at(kind, *res.Trip.To.Point)
			case res.Order != nil:
				at(kind, res.Order.Location)
			case res.Depot != nil:
				at(kind, res.Depot.Location)
			}
		}
	}
	if met[rumbo.KindTrips] != 80 || met[rumbo.KindOrders] != 12 || met[rumbo.KindDepots] != 1 {
		t.Errorf("met %v", met)
	}
}

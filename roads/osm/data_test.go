package osm

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkImport reads the public extracts under RUMBO_DATA.
func BenchmarkImport(b *testing.B) {
	for _, name := range []string{"porto-alegre", "north-bayreuth", "andorra", "ny-tiger-as-osm"} {
		b.Run(name, func(b *testing.B) {
			data, err := os.ReadFile(filepath.Join(os.Getenv("RUMBO_DATA"), "roads", name+".osm.pbf"))
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				g, report, err := Import(context.Background(), data, Car(), Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.Logf("%d nodes, %d arcs, %+v", g.NodeCount(), g.ArcCount(), report)
			}
		})
	}
}

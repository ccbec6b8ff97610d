package registry

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// Card is the model card of a version in Markdown: what it is for, what it learned
// from, how well it does and where it does worse (after Mitchell et al. 2019, Model Cards
// for Model Reporting, doi:10.1145/3287560.3287596).
func Card(v rumbo.ModelVersion) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s, version %d\n", v.Name, v.Version)
	line("%s\n", v.Verdict)
	line("Expected seconds of a drive, with the quantiles P10, P50 and P90. Feature set %s, target %s.", v.Features, v.Target)
	if v.Name == rumbo.TravelTimeMetered {
		line("It needs the metered distance, which is known only after the drive: for comparison, not for use.")
	}
	l := v.Lineage
	line("\n## Learned from\n")
	line("%d trips that departed from %s to %s, of %d batches; checksum `%.16s`.", l.TrainRows, day(l.TrainFrom), day(l.TrainUntil), len(l.Batches), l.DataSHA256)
	line("Build %s, seed %d. Parameters:\n", orDash(l.Code), l.Seed)
	for _, name := range slices.Sorted(maps.Keys(l.Parameters)) {
		line("- %s: %v", name, l.Parameters[name])
	}
	line("\n## On %d later trips, up to %s\n", l.TestRows, day(l.TestUntil))
	line("| | trips | MAE s | RMSE s | RMSLE | pinball P90 s | P10 to P90 |\n|---|---|---|---|---|---|---|")
	row := func(name string, m rumbo.Metrics) {
		line("| %s | %d | %.1f | %.1f | %.3f | %.1f | %.1f %% |", name, m.Rows, m.MAES, m.RMSES, m.RMSLE, m.Pinball90, 100*m.Coverage)
	}
	row("**this model**", v.Metrics)
	for _, name := range slices.Sorted(maps.Keys(v.Floors)) {
		row("floor "+name, v.Floors[name])
	}
	for _, name := range slices.Sorted(maps.Keys(v.Segments)) {
		row(name, v.Segments[name])
	}
	line("\n## Know before use\n")
	if v.Features == "R" {
		line("Places unlike any seen are answered by their road time at a usual ratio.")
	}
	line("Traffic drifts: the figures hold for times like those trips'. P10 to P90 should hold 80 %% of the trips; segments above that hold fewer are surer of themselves than they should be.")
	line("\nModel file `%s`, feature definition `%.16s`.", v.SHA256, v.FeatureHash)
	return b.String()
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

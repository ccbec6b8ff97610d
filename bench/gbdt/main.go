// Command gbdt measures package gbdt on the green taxi trips of New York and, for peers.py, writes
// out the table that it learned from. PROTOCOL.md says what is measured and why.
//
// Terms: the matrix is the features of set B of every clean trip, row-major; a cutoff is the month from which on
// nothing is learned. It reads files and the clock, being a command; everything it measures is in the engine.
// One run is one process; the model does not depend on -threads.
package main

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/logistica-inteligente/rumbo/gbdt"
	"github.com/logistica-inteligente/rumbo/internal/bench"
)

type options struct {
	data, until, export string
	threads, reps       int
	params              gbdt.Params
}

func main() {
	log.SetFlags(0)
	o := options{params: gbdt.DefaultParams()}
	p := &o.params
	p.Target = gbdt.Log1p
	flag.StringVar(&o.data, "data", os.Getenv("RUMBO_DATA"), "data directory, with trips/green_tripdata_*.parquet and trips/taxi_zone_centroids.csv")
	flag.StringVar(&o.until, "until", "2023-03", "month that is tested; months before it are learned from")
	flag.StringVar(&o.export, "export", "", "write the matrix here and train nothing")
	flag.IntVar(&o.threads, "threads", 1, "threads of binning and training")
	flag.IntVar(&o.reps, "reps", 5, "batches and single rows are timed this many times; the best counts")
	flag.IntVar(&p.Trees, "trees", p.Trees, "trees")
	flag.IntVar(&p.Leaves, "leaves", p.Leaves, "leaves of a tree")
	flag.Float64Var(&p.LearningRate, "rate", p.LearningRate, "learning rate")
	flag.IntVar(&p.MinLeafRows, "min", p.MinLeafRows, "rows of a leaf")
	flag.Float64Var(&p.Alpha, "quantile", 0, "train this quantile instead of the mean")
	flag.Parse()
	if p.Alpha > 0 {
		p.Objective = gbdt.Quantile
	}
	if err := run(o); err != nil {
		log.Fatal(err)
	}
}

func run(o options) error {
	m, err := loadMatrix(o.data)
	if err != nil {
		return err
	}
	if o.export != "" {
		return m.export(o.export)
	}
	train, test := m.split(o.until)
	if len(train.target) == 0 || len(test.target) == 0 {
		return fmt.Errorf("%d trips before %s and %d in it", len(train.target), o.until, len(test.target))
	}
	model, seconds, err := learn(train, o)
	if err != nil {
		return err
	}
	s := score(model, test)
	batch, single := latency(model, test, o.reps)
	hash := sha256.New()
	size, err := model.WriteTo(hash)
	if err != nil {
		return err
	}
	fmt.Println("until,rows,test_rows,threads,trees,leaves,cpu_s,wall_s,rmse_s,mae_s,rmsle,pinball_s,below,batch_rows_s,single_us,model_bytes,model_sha256")
	fmt.Printf("%s,%d,%d,%d,%d,%d,%.2f,%.2f,%.2f,%.2f,%.5f,%.3f,%.4f,%.0f,%.2f,%d,%x\n", o.until, len(train.target), len(test.target),
		o.threads, model.Trees(), o.params.Leaves, seconds.cpu.Seconds(), seconds.wall.Seconds(), s.rmse, s.mae, s.rmsle, s.pinball, s.below,
		batch, single, size, hash.Sum(nil)[:8])
	return nil
}

type spent struct{ cpu, wall time.Duration }

// learn bins and trains; both count.
func learn(m *matrix, o options) (*gbdt.Model, spent, error) {
	cpu, wall := bench.CPU(), time.Now()
	dataset, err := gbdt.NewDataset(gbdt.Data{Features: m.features, Rows: m.rows, Target: m.target}, gbdt.Binning{Threads: o.threads})
	if err != nil {
		return nil, spent{}, err
	}
	o.params.Threads = o.threads
	model, err := gbdt.Train(context.Background(), dataset, o.params)
	return model, spent{bench.CPU() - cpu, time.Since(wall)}, err
}

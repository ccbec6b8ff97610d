package vrplib_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/vrplib"
)

// FuzzRead reads anything in any format: either a SyntaxError, or an instance that can be
// written and read back to the same, and that makes a valid problem or a clear error.
func FuzzRead(f *testing.F) {
	for _, x := range tiny {
		raw, err := os.ReadFile(filepath.Join("testdata", x.file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, uint8(x.format))
	}
	f.Fuzz(func(t *testing.T, raw []byte, format uint8) {
		in, err := vrplib.Read(bytes.NewReader(raw), vrplib.Format(format%7))
		if err != nil {
			if !errors.Is(err, vrplib.ErrSyntax) {
				t.Fatalf("neither read nor a syntax error: %v", err)
			}
			return
		}
		var file bytes.Buffer
		switch err := vrplib.Write(&file, in); {
		case errors.Is(err, vrplib.ErrInexpressible):
		case err != nil:
			t.Fatal(err)
		default:
			text := file.String()
			again, err := vrplib.Read(&file, in.Format)
			if err != nil {
				t.Fatalf("%v in what was written:\n%s", err, text)
			}
			if !reflect.DeepEqual(in, again) {
				t.Fatalf("read  %+v\nagain %+v\nfrom\n%s", in, again, text)
			}
		}
		for _, c := range vrplib.Conventions() {
			_, err := in.Model(c)
			if err != nil && !errors.Is(err, vrplib.ErrInexpressible) && !errors.Is(err, vrp.ErrInvalid) {
				t.Fatal(err)
			}
		}
	})
}

// FuzzReadSolution reads anything as a solution of a small instance: either a SyntaxError,
// or something that the referee can judge.
func FuzzReadSolution(f *testing.F) {
	var models []*vrplib.Model
	for _, x := range tiny {
		raw, err := os.ReadFile(filepath.Join("testdata", x.file))
		if err != nil {
			f.Fatal(err)
		}
		in, err := vrplib.Read(bytes.NewReader(raw), vrplib.Auto)
		if err != nil {
			f.Fatal(err)
		}
		m, err := in.Model(in.DefaultConvention())
		if err != nil {
			f.Fatal(err)
		}
		models = append(models, m)
		sol, err := os.ReadFile(filepath.Join("testdata", x.file[:len(x.file)-len(filepath.Ext(x.file))]+".sol"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(sol, uint8(len(models)-1))
	}
	f.Fuzz(func(t *testing.T, raw []byte, which uint8) {
		m := models[int(which)%len(models)]
		s, _, err := m.ReadSolution(bytes.NewReader(raw))
		if err != nil {
			if !errors.Is(err, vrplib.ErrSyntax) {
				t.Fatal(err)
			}
			return
		}
		if check.Complete(m.Problem, s) == nil {
			check.Solution(m.Problem, s)
		}
		if err := m.WriteSolution(&bytes.Buffer{}, s); err != nil {
			t.Fatal(err)
		}
	})
}

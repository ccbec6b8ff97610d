package rumbo

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The architecture is held by tests: ARCHITECTURE.md carries a fenced "deps" block with
// one line a package, and this file compares it with what the source imports.
//
//	internal/etl  pure: . geo internal/strictjson | third.party/module
//
// reads: internal/etl is pure; of this module it may import the root package (.), geo
// and internal/strictjson; of others, packages below third.party/module.

const module = "github.com/logistica-inteligente/rumbo"

// policy is one line of the deps block.
type policy struct {
	pure   bool
	within []string // packages of this module, "dir/..." for a subtree
	third  []string // path prefixes of other modules
}

// source is what the test knows of one package.
type source struct {
	dir       string
	imports   []string
	commented bool
	clock     []string // calls that read the clock, "file:line"
}

func TestArchitecture(t *testing.T) {
	doc, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	policies, err := parsePolicies(string(doc))
	if err != nil {
		t.Fatal(err)
	}
	sources, err := readSources(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, breach := range breaches(policies, sources) {
		t.Error(breach)
	}
}

// TestArchitectureTestBites breaks every rule in a tiny tree and expects to be told.
func TestArchitectureTestBites(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("internal/etl/etl.go", "// Package etl.\npackage etl\nimport (\n\"os\"\n\"time\"\n\""+module+"/internal/store\"\n)\nvar _ = os.Args\nvar _ = time.Now\n")
	write("internal/store/store.go", "package store\nimport _ \"example.com/db\"\n")
	write("internal/extra/extra.go", "// Package extra.\npackage extra\n")
	doc := "```deps\ninternal/etl pure: .\ninternal/store:\ninternal/gone:\n```\n"
	policies, err := parsePolicies(doc)
	if err != nil {
		t.Fatal(err)
	}
	sources, err := readSources(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(breaches(policies, sources), "\n")
	for _, want := range []string{
		"internal/etl imports internal/store",
		"internal/etl is pure and imports os",
		"internal/etl is pure and reads the clock",
		"internal/store imports example.com/db",
		"internal/store has no package comment",
		"internal/extra has no line",
		"internal/gone has a line",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("not told %q; told:\n%s", want, got)
		}
	}
}

func parsePolicies(doc string) (map[string]policy, error) {
	_, rest, ok := strings.Cut(doc, "```deps\n")
	block, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		return nil, fmt.Errorf("no fenced deps block")
	}
	out := map[string]policy{}
	for line := range strings.Lines(block) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		head, allowed, ok := strings.Cut(line, ":")
		words := strings.Fields(head)
		if !ok || len(words) == 0 {
			return nil, fmt.Errorf("deps line %q has no package or no colon", line)
		}
		within, third, _ := strings.Cut(allowed, "|")
		out[words[0]] = policy{slices.Contains(words[1:], "pure"), strings.Fields(within), strings.Fields(third)}
	}
	return out, nil
}

// readSources parses every non-test Go file below root.
func readSources(root string) (map[string]*source, error) {
	out := map[string]*source{}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() && name != root && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") {
			return nil
		}
		rel, _ := filepath.Rel(root, filepath.Dir(name))
		dir := filepath.ToSlash(rel)
		if out[dir] == nil {
			out[dir] = &source{dir: dir}
		}
		return out[dir].read(name)
	})
	return out, err
}

func (s *source) read(name string) error {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	s.commented = s.commented || file.Doc != nil
	for _, spec := range file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		if !slices.Contains(s.imports, p) {
			s.imports = append(s.imports, p)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Tick", "Sleep", "NewTimer", "NewTicker"}, sel.Sel.Name) {
			s.clock = append(s.clock, set.Position(n.Pos()).String())
		}
		return true
	})
	return nil
}

// impure are packages of the standard library that open something or keep global state.
var impure = []string{"os", "os/", "net", "net/", "syscall", "database/sql", "log", "plugin", "testing", "runtime/cgo"}

func breaches(policies map[string]policy, sources map[string]*source) []string {
	var out []string
	for _, dir := range sortedNames(sources) {
		s, allowed := sources[dir], policies[dir]
		if _, ok := policies[dir]; !ok {
			out = append(out, dir+" has no line in the deps block")
			continue
		}
		if !s.commented {
			out = append(out, dir+" has no package comment")
		}
		for _, imported := range s.imports {
			if why := forbidden(allowed, imported); why != "" {
				out = append(out, dir+" "+why)
			}
		}
		if allowed.pure && len(s.clock) > 0 {
			out = append(out, dir+" is pure and reads the clock at "+strings.Join(s.clock, ", "))
		}
	}
	for _, dir := range sortedNames(policies) {
		if sources[dir] == nil {
			out = append(out, dir+" has a line in the deps block and no source")
		}
	}
	return out
}

// forbidden says why a package under the policy may not import p, or "".
func forbidden(allowed policy, p string) string {
	if p == module || strings.HasPrefix(p, module+"/") {
		own := strings.TrimPrefix(strings.TrimPrefix(p, module), "/")
		if own == "" {
			own = "."
		}
		for _, pattern := range allowed.within {
			tree, subtree := strings.CutSuffix(pattern, "/...")
			if pattern == own || subtree && (own == tree || strings.HasPrefix(own, tree+"/")) {
				return ""
			}
		}
		return "imports " + own + ", which its line does not allow"
	}
	if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ".") {
		for _, prefix := range allowed.third {
			if p == prefix || strings.HasPrefix(p, prefix+"/") {
				return ""
			}
		}
		return "imports " + p + ", a third party that its line does not allow"
	}
	if allowed.pure && slices.ContainsFunc(impure, func(q string) bool {
		return p == q || strings.HasSuffix(q, "/") && strings.HasPrefix(p, q)
	}) {
		return "is pure and imports " + path.Clean(p)
	}
	return ""
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

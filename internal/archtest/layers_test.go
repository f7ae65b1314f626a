package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root      = "../.."
	internal  = root + "/internal"
	tableFile = root + "/docs/ARCHITECTURE.md"
	module    = "strowger"
)

func TestEveryPackageStandsInTheTable(t *testing.T) {
	table := readTable(t)
	for pkg := range packages(t) {
		if _, ok := table.Row(pkg); !ok {
			t.Errorf("internal/%s is not in the table of docs/ARCHITECTURE.md. Where does it stand? Give it a row:"+
				" the question it answers, and what it may import.", pkg)
		}
	}
}

func TestEveryRowIsOfPackagesThatAreThereUnlessItSaysLater(t *testing.T) {
	there := packages(t)
	for pkg, row := range readTable(t) {
		_, exists := there[pkg]
		switch {
		case exists && row.Later:
			t.Errorf("internal/%s has come: take \"later:\" from its row in docs/ARCHITECTURE.md", pkg)
		case !exists && !row.Later:
			t.Errorf("internal/%s is not there: take it from the table of docs/ARCHITECTURE.md, or mark its row \"later:\"", pkg)
		}
	}
}

// A newcomer opens what the page names, so it has to be there. Names with a
// placeholder (<verb>) stand for many.
func TestEveryFileThatThePageNamesIsThere(t *testing.T) {
	for _, name := range names(readFile(t, tableFile)) {
		name, _, _ = strings.Cut(name, ":")
		if !strings.HasPrefix(name, "internal/") || strings.ContainsAny(name, "<…") {
			continue
		}
		found, err := filepath.Glob(filepath.Join(root, name))
		if err != nil || len(found) == 0 {
			t.Errorf("docs/ARCHITECTURE.md names %s, which is not there", name)
		}
	}
}

func TestEveryImportIsAllowedByTheTable(t *testing.T) {
	table := readTable(t)
	for pkg, files := range packages(t) {
		row, ok := table.Row(pkg)
		if !ok {
			continue // the test above asks about it
		}
		for _, imp := range imports(t, files) {
			target, ours := strings.CutPrefix(imp.path, module+"/internal/")
			if ours && !table.Allows(pkg, target) {
				t.Errorf("%s: %s may not import %s; its row allows %v", imp.position, pkg, target, row.Allowed)
			}
			if strings.HasPrefix(imp.path, module+"/") && !ours {
				t.Errorf("%s: %s imports %s, which stands above it", imp.position, pkg, imp.path)
			}
		}
	}
}

func TestTheRulesOfACallKnowNoWorld(t *testing.T) {
	worldly := []string{"context", "log", "log/slog", "encoding/json", "net", "net/http", "os", "math/rand", "math/rand/v2", "crypto/rand"}
	files := packages(t)["call"]
	if len(files) == 0 {
		t.Fatal("internal/call is not there")
	}
	for _, imp := range imports(t, files) {
		first, _, _ := strings.Cut(imp.path, "/")
		if strings.Contains(first, ".") || first == module || slices.Contains(worldly, imp.path) {
			t.Errorf("%s: call imports %s; time, chance and identifiers come in as inputs", imp.position, imp.path)
		}
	}
}

type imported struct {
	path     string
	position token.Position
}

// packages maps each package under internal/ to its files, tests left out.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(internal, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == "testdata" {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			pkg, err := filepath.Rel(internal, filepath.Dir(path))
			if err != nil {
				return err
			}
			found[filepath.ToSlash(pkg)] = append(found[filepath.ToSlash(pkg)], path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func imports(t *testing.T, files []string) []imported {
	t.Helper()
	var all []imported
	set := token.NewFileSet()
	for _, name := range files {
		file, err := parser.ParseFile(set, name, nil, parser.ImportsOnly)
		if err != nil {
			t.Errorf("parse: %v", err)
			continue
		}
		for _, spec := range file.Imports {
			all = append(all, imported{pathOf(spec), set.Position(spec.Pos())})
		}
	}
	return all
}

func pathOf(spec *ast.ImportSpec) string {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return spec.Path.Value
	}
	return path
}

func readTable(t *testing.T) Table {
	t.Helper()
	table, err := ParseTable(readFile(t, tableFile))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

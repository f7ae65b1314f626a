package archtest

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The bounds of CONTRIBUTING.md. What comes near them wants to be split.
const (
	mostLines   = 60 // of a function, from its declaration to its closing brace
	mostPercent = 12 // of a package's lines among those of internal and cmd, tests left out
	shown       = 3  // how many of the largest `make size` prints
)

// sized is something whose size has a bound.
type sized struct {
	name string
	size int
}

// largestFirst sorts by size, and by name where sizes are equal.
func largestFirst(all []sized) []sized {
	slices.SortFunc(all, func(a, b sized) int { return cmp.Or(cmp.Compare(b.size, a.size), strings.Compare(a.name, b.name)) })
	return all
}

func TestSizeOfFunctions(t *testing.T) {
	functions := largestFirst(functionSizes(t))
	for i, f := range functions {
		if f.size > mostLines {
			t.Errorf("%s has %d lines, more than %d: split it", f.name, f.size, mostLines)
		} else if i < shown {
			t.Logf("%3d lines of %d  %s", f.size, mostLines, f.name)
		}
	}
}

func TestSizeOfPackages(t *testing.T) {
	packages, total := packageSizes(t)
	for i, p := range largestFirst(packages) {
		percent := 100 * float64(p.size) / float64(total)
		if percent > mostPercent {
			t.Errorf("%s has %.1f %% of the code, more than %d %%: split it", p.name, percent, mostPercent)
		} else if i < shown {
			t.Logf("%4.1f %% of %d %%   %s, %d lines", percent, mostPercent, p.name, p.size)
		}
	}
}

// functionSizes measures every function of the repository, tests included.
func functionSizes(t *testing.T) []sized {
	t.Helper()
	var found []sized
	for _, name := range goFiles(t, "internal", "cmd", "test") {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, filepath.Join(root, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok {
				first, last := set.Position(f.Pos()).Line, set.Position(f.End()).Line
				found = append(found, sized{fmt.Sprintf("%s:%d: %s", name, first, f.Name.Name), last - first + 1})
			}
		}
	}
	return found
}

// packageSizes counts the lines of each package and of all together.
func packageSizes(t *testing.T) (packages []sized, total int) {
	t.Helper()
	lines := map[string]int{}
	for _, name := range goFiles(t, "internal", "cmd") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		n := strings.Count(readFile(t, filepath.Join(root, name)), "\n")
		lines[filepath.Dir(name)] += n
		total += n
	}
	for name, n := range lines {
		packages = append(packages, sized{name, n})
	}
	return packages, total
}

// goFiles lists the sources below some folders of the repository.
func goFiles(t *testing.T, folders ...string) []string {
	t.Helper()
	var found []string
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if strings.HasSuffix(path, ".go") {
				name, err := filepath.Rel(root, path)
				found = append(found, filepath.ToSlash(name))
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

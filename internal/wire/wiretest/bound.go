package wiretest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"strowger/internal/wire"
)

// Bounded insists that every field of every request has a bound, and that the
// documentation tells it. requests have to hold all types of the package under
// test whose names end in Request.
func Bounded(t *testing.T, requests Types) {
	t.Helper()
	page, err := os.ReadFile("../../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, request := range requests {
		typ := reflect.TypeOf(request()).Elem()
		seen[typ.Name()] = true
		bounds, err := wire.Bounds(typ)
		if err != nil {
			t.Errorf("%s: %v", typ.Name(), err)
		}
		for _, b := range bounds {
			requireTold(t, string(page), b)
		}
	}
	for _, name := range requestTypes(t) {
		if !seen[name] {
			t.Errorf("%s is not among the requests of this test: give it a golden file", name)
		}
	}
}

// requireTold looks for the row of a bound, which lists its fields.
func requireTold(t *testing.T, page string, b wire.Bound) {
	t.Helper()
	_, row, found := strings.Cut(page, "\n| "+b.Most+" |")
	row, _, _ = strings.Cut(row, "\n")
	if !found || !strings.Contains(row, "`"+b.Field+"`") {
		t.Errorf("docs/compatibility.md has no row %q with `%s`", b.Most, b.Field)
	}
}

// requestTypes are the names of the types of the package under test that are
// requests.
func requestTypes(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if s, ok := n.(*ast.TypeSpec); ok && strings.HasSuffix(s.Name.Name, "Request") {
				names = append(names, s.Name.Name)
			}
			return true
		})
	}
	return names
}

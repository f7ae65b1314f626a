package call

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// Whoever adds an event must add it to the catalogue: the journal, the stories
// and the published forms go by it.
func TestEveryEventIsInTheCatalogue(t *testing.T) {
	inCatalogue := map[string]bool{}
	for _, e := range Events() {
		name := reflect.TypeOf(e).Name()
		if inCatalogue[name] {
			t.Errorf("%s is in the catalogue twice", name)
		}
		inCatalogue[name] = true
	}
	declared := typesThatEmbed(t, "Recipient", "Subject")
	for _, name := range declared {
		if !inCatalogue[name] {
			t.Errorf("%s is missing in Events (event.go)", name)
		}
	}
	if len(declared) != len(inCatalogue) {
		t.Errorf("%d events are declared, %d are in the catalogue", len(declared), len(inCatalogue))
	}
}

// typesThatEmbed lists the struct types of this package that embed one of names.
func typesThatEmbed(t *testing.T, names ...string) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && embeds(spec, names) {
				found = append(found, spec.Name.Name)
			}
			return true
		})
	}
	return found
}

func embeds(spec *ast.TypeSpec, names []string) bool {
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return false
	}
	for _, f := range s.Fields.List {
		id, ok := f.Type.(*ast.Ident)
		if ok && len(f.Names) == 0 && strings.Contains(" "+strings.Join(names, " ")+" ", " "+id.Name+" ") {
			return true
		}
	}
	return false
}

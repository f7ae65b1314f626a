package call_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"strowger/internal/call"
)

// Whoever adds an event must add it to the catalogue: the journal, the stories
// and the published forms go by it.
func TestEveryEventIsInTheCatalogue(t *testing.T) {
	inCatalogue := map[string]bool{}
	for _, e := range call.Events() {
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
func typesThatEmbed(t *testing.T, names ...string) (found []string) {
	t.Helper()
	eachNode(t, func(n ast.Node) {
		if spec, ok := n.(*ast.TypeSpec); ok && embeds(spec, names) {
			found = append(found, spec.Name.Name)
		}
	})
	return found
}

func embeds(spec *ast.TypeSpec, names []string) bool {
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return false
	}
	return slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool {
		id, ok := f.Type.(*ast.Ident)
		return ok && len(f.Names) == 0 && slices.Contains(names, id.Name)
	})
}

// typesThatHave lists the types of this package that declare a method.
func typesThatHave(t *testing.T, method string) (found []string) {
	t.Helper()
	eachNode(t, func(n ast.Node) {
		f, ok := n.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Name.Name != method {
			return
		}
		if id, ok := f.Recv.List[0].Type.(*ast.Ident); ok {
			found = append(found, id.Name)
		}
	})
	return found
}

// eachNode walks the source of this package.
func eachNode(t *testing.T, f func(ast.Node)) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool { f(n); return true })
	}
}

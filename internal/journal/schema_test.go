package journal_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
)

var update = flag.Bool("update", false, "add what is new to the golden records and schemas; nothing that is there changes")

func goldenDir(major int) string  { return fmt.Sprintf("testdata/form%d", major) }
func schemaFile(major int) string { return fmt.Sprintf("testdata/schema/form%d.txt", major) }

// whatToDo is said whenever the stored form is not what it was.
const whatToDo = `The stored form is a contract: records that are on disks now are read by later versions, and by the version before
in a rolling deploy. So
  - for an addition (a field, an event, a value) raise Minor of the last form in form.go and run this test with -update;
  - for anything else (a name, a type or a meaning that changes, a field that goes) add a form with a new Major to form.go,
    the step to it from the form before, and run this test with -update.
A form that no release has written yet may also be made anew: remove its files below testdata and run with -update.`

// The schema of the form that is written lists each stored field, event and
// value, with the minor form that it came with.
func TestTheStoredFormIsAContract(t *testing.T) {
	form := journal.CurrentForm()
	file := schemaFile(form.Major)
	kept := readSchema(t, file)
	now := schema(t)
	var gone, added []string
	newest := -1
	for line, since := range kept {
		newest = max(newest, since)
		if !slices.Contains(now, line) {
			gone = append(gone, line)
		}
	}
	for _, line := range now {
		if _, ok := kept[line]; !ok {
			added = append(added, line)
		}
	}
	slices.Sort(gone)
	if len(gone) > 0 {
		t.Fatalf("form %d does not hold any more what %s says:\n\t%s\n%s", form.Major, file, strings.Join(gone, "\n\t"), whatToDo)
	}
	if len(added) == 0 {
		return
	}
	if !*update || form.Minor <= newest {
		t.Fatalf("form %d.%d holds what is new:\n\t%s\n%s", form.Major, form.Minor, strings.Join(added, "\n\t"), whatToDo)
	}
	for _, line := range added {
		kept[line] = form.Minor
	}
	writeSchema(t, file, form.Major, kept)
}

// readSchema is what a schema file lists, with the minor form of each line.
func readSchema(t *testing.T, file string) map[string]int {
	t.Helper()
	lines := map[string]int{}
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var major, minor int
		if n, _ := fmt.Sscanf(line, "%d.%d ", &major, &minor); n != 2 {
			t.Fatalf("%s: %q", file, line)
		}
		_, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		lines[rest] = minor
	}
	return lines
}

func writeSchema(t *testing.T, file string, major int, lines map[string]int) {
	var text strings.Builder
	for _, line := range slices.Sorted(maps.Keys(lines)) {
		fmt.Fprintf(&text, "%d.%d %s\n", major, lines[line], line)
	}
	must(t, os.MkdirAll(filepath.Dir(file), 0o755))
	must(t, os.WriteFile(file, []byte(text.String()), 0o644))
}

// schema lists what is stored, a line each: names of the store, fields of the
// record, of the state and of every event, and the values of their words.
func schema(t *testing.T) []string {
	s := &survey{t: t, words: map[string]bool{}}
	for _, name := range journal.StoredNames() {
		s.line("name %s", name)
	}
	s.fields("record", reflect.TypeFor[journal.Written](), "Events", "State", "Change")
	s.line("record.State state")
	s.line("record.Change.Set{string} a field of the state")
	s.line("record.Change.Lists{string}.Gone[] the identity of an element: %s", strings.Join(journal.Identifying, ", "))
	s.line("record.Change.Lists{string}.Put[] an element, or its identity and fields")
	s.fields("checkpoint", reflect.TypeFor[journal.Checkpoint](), "Notes") // which are the reader's
	s.line("record.Events[].Type string")
	s.line("record.Events[].Body an event")
	s.fields("state", reflect.TypeFor[call.State]())
	for name, event := range journal.KnownEvents() {
		s.line("event %s", name)
		s.fields("event "+name, event)
	}
	s.values()
	slices.Sort(s.lines)
	return slices.Compact(s.lines)
}

// survey collects the lines of a schema.
type survey struct {
	t     *testing.T
	lines []string
	words map[string]bool // types of package call that are words, such as Phase
}

func (s *survey) line(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// fields lists the fields of a struct as encoding/json sees them.
func (s *survey) fields(path string, of reflect.Type, except ...string) {
	for _, f := range reflect.VisibleFields(of) {
		if f.IsExported() && !f.Anonymous && !slices.Contains(except, f.Name) {
			s.value(path+"."+f.Name, f.Type)
		}
	}
}

func (s *survey) value(path string, of reflect.Type) {
	switch of {
	case reflect.TypeFor[time.Time]():
		s.line("%s time (RFC 3339)", path)
		return
	case reflect.TypeFor[time.Duration]():
		s.line("%s duration (nanoseconds)", path)
		return
	}
	switch of.Kind() {
	case reflect.Struct:
		s.fields(path, of)
	case reflect.Pointer:
		s.line("%s may be null", path)
		s.value(path, of.Elem())
	case reflect.Slice:
		if of.Elem().Kind() == reflect.Uint8 {
			s.line("%s bytes (base64)", path)
			return
		}
		s.value(path+"[]", of.Elem())
	case reflect.Map:
		s.value(path+"{"+of.Key().Kind().String()+"}", of.Elem())
	case reflect.Interface:
		s.t.Fatalf("%s is an interface: its values would be stored without saying which they are", path)
	case reflect.String:
		if of.PkgPath() != "" {
			s.words[of.Name()] = true
		}
		s.line("%s string", path)
	default:
		s.line("%s %s", path, of.Kind())
	}
}

// values lists the constants of the words that are stored.
func (s *survey) values() {
	files, err := filepath.Glob("../call/*.go")
	must(s.t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		must(s.t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			if c, ok := n.(*ast.ValueSpec); ok {
				s.constant(c)
			}
			return true
		})
	}
}

func (s *survey) constant(c *ast.ValueSpec) {
	of, ok := c.Type.(*ast.Ident)
	if !ok || !s.words[of.Name] || len(c.Values) != 1 {
		return
	}
	if value, ok := c.Values[0].(*ast.BasicLit); ok && value.Kind == token.STRING {
		s.line("word %s %s", of.Name, value.Value)
	}
}

package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const compatibilityFile = root + "/docs/compatibility.md"

// The forms in which the page cites what holds a line; all stand in backticks,
// and … stands for a name where the page explains a form.
var (
	citedTest  = regexp.MustCompile(`^(\S+) ((?:Test|Fuzz)\w*)$`)
	citedStory = regexp.MustCompile(`^story ([^…]+)$`)
	citedSDK   = regexp.MustCompile(`^sdk ([^…]+)$`)
	citedFile  = regexp.MustCompile(`^[\w./-]+/[\w.-]+\.(go|md|json|txt|js)$`)
)

func TestEveryTestThatCompatibilityNamesIsThere(t *testing.T) {
	cited := 0
	for _, name := range names(readFile(t, compatibilityFile)) {
		m := citedTest.FindStringSubmatch(name)
		if m == nil {
			if strings.Contains(name, "Test") || strings.Contains(name, "Fuzz") {
				t.Errorf("docs/compatibility.md cites `%s`: write it `package TestName`, without a wildcard", name)
			}
			continue
		}
		cited++
		if !slices.Contains(testsIn(t, m[1]), m[2]) {
			t.Errorf("docs/compatibility.md names %s of %s, which is not there", m[2], m[1])
		}
	}
	if cited == 0 {
		t.Error("docs/compatibility.md names no test at all")
	}
}

func TestEveryStoryScenarioAndFileThatCompatibilityNamesIsThere(t *testing.T) {
	scenarios := readFile(t, root+"/test/sdk/scenarios.txt")
	for _, name := range names(readFile(t, compatibilityFile)) {
		if m := citedStory.FindStringSubmatch(name); m != nil && !storyIsThere(m[1]) {
			t.Errorf("docs/compatibility.md names the story %s, which is not there", m[1])
		}
		if m := citedSDK.FindStringSubmatch(name); m != nil && !strings.Contains(scenarios, m[1]) {
			t.Errorf("docs/compatibility.md names the SDK scenario %q, which is not there", m[1])
		}
		if citedFile.MatchString(name) && !exists(name) && !exists("internal/"+name) {
			t.Errorf("docs/compatibility.md names the file %s, which is not there", name)
		}
	}
}

// storyIsThere: the pure stories are call's, those with a world are switchboard's.
func storyIsThere(name string) bool {
	return exists("internal/call/testdata/"+name+".txt") || exists("internal/switchboard/testdata/"+name+".txt")
}

// What the server takes and what it sends stand in the code once; whoever adds
// to it says on the page how it behaves.
func TestCompatibilityHasEveryOperationAndEvent(t *testing.T) {
	page := names(readFile(t, compatibilityFile))
	for what, source := range map[string]struct{ files, declaration string }{
		"operation":         {"internal/api/ga/family.go", `\{Name: "(\w+)"`},
		"operation of 2021": {"internal/api/preview2021/family.go", `\{Name: "(\w+)"`},
		"event":             {"internal/wire/*/*.go", `typePrefix \+ "(\w+)"`},
	} {
		declared := regexp.MustCompile(source.declaration).FindAllStringSubmatch(readAll(t, source.files), -1)
		if len(declared) == 0 {
			t.Errorf("no %s was found in %s: this test does not know its form any more", what, source.files)
		}
		for _, m := range declared {
			if !slices.Contains(page, m[1]) {
				t.Errorf("docs/compatibility.md says nothing about the %s `%s`", what, m[1])
			}
		}
	}
}

// An operation has a row of its own, with the version that brought it.
func TestEveryOperationHasItsOwnRow(t *testing.T) {
	rows := regexp.MustCompile("(?m)^\\| `(\\w+)` \\| \\d{4}-\\d\\d-\\d\\d \\| .+ \\| .+ \\|$").FindAllStringSubmatch(readFile(t, compatibilityFile), -1)
	for _, m := range regexp.MustCompile(`\{Name: "(\w+)"`).FindAllStringSubmatch(readAll(t, "internal/api/ga/family.go")+readAll(t, "internal/api/preview2021/family.go"), -1) {
		if !slices.ContainsFunc(rows, func(row []string) bool { return row[1] == m[1] }) {
			t.Errorf("docs/compatibility.md has no row of its own for the operation `%s`, with its first version", m[1])
		}
	}
}

// testsIn lists the test functions of a package, which the page names by its
// folder below internal/ or test/.
func testsIn(t *testing.T, pkg string) []string {
	t.Helper()
	var found []string
	for _, above := range []string{"internal", "test"} {
		files, err := filepath.Glob(filepath.Join(root, above, pkg, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, functions(file)...)
		}
	}
	return found
}

func functions(file *ast.File) []string {
	var found []string
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
			found = append(found, f.Name.Name)
		}
	}
	return found
}

func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, name))
	return err == nil
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readAll reads the files of a pattern, one behind the other.
func readAll(t *testing.T, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no such file (%v)", pattern, err)
	}
	var all strings.Builder
	for _, name := range files {
		all.WriteString(readFile(t, name))
	}
	return all.String()
}

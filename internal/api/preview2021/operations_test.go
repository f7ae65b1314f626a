package preview2021_test

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"strowger/internal/api"
	"strowger/internal/api/preview2021"
)

var parameter = regexp.MustCompile(`\{(\w+)\}`)

// TestEveryPublishedOperationIsThere holds the families to the published lists: names,
// methods, paths and statuses.
func TestEveryPublishedOperationIsThere(t *testing.T) {
	for list, family := range map[string]api.Family{"core": preview2021.Core(preview2021.Config{}), "extension": preview2021.Extension(preview2021.Config{})} {
		here := map[string]bool{}
		for _, op := range family.Operations {
			path := parameter.ReplaceAllStringFunc(op.Path, func(name string) string { return "{" + family.Params[name[1:len(name)-1]] + "}" })
			here[fmt.Sprintf("%s %s %s %d", op.Name, op.Method, path, op.Status)] = op.Serve != nil
		}
		published := listed(t, "testdata/published/operations.txt", list)
		for _, line := range published {
			if !here[line] {
				t.Errorf("%s: %s is not there", list, line)
			}
			delete(here, line)
		}
		for _, line := range slices.Sorted(maps.Keys(here)) {
			t.Errorf("%s: %s is not published", list, line)
		}
	}
}

// listed are the lines below a heading.
func listed(t *testing.T, name, heading string) (lines []string) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	under := ""
	for s := bufio.NewScanner(file); s.Scan(); {
		line, _, _ := strings.Cut(s.Text(), "#")
		switch text := strings.TrimSpace(line); {
		case text == "":
		case line[0] != '\t':
			under = text
		case under == heading:
			lines = append(lines, text)
		}
	}
	if len(lines) == 0 {
		t.Fatalf("%s has no lines under %s", name, heading)
	}
	return lines
}

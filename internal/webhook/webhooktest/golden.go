package webhooktest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Golden compares JSON with a file of the package under test, indented for
// people to read.
func Golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(pretty.Bytes(), want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, pretty.Bytes(), want)
	}
}

// EveryEventHasAForm compares the events that the rules declare with a field
// such as Recipient or Subject embedded first, and the names of those that were
// rendered: the type, and behind a hyphen what is special about one of its kind.
func EveryEventHasAForm[E any](t *testing.T, embedded string, events map[string]E) {
	t.Helper()
	source, err := os.ReadFile("../../call/event.go") // from internal/webhook/<family>
	if err != nil {
		t.Fatal(err)
	}
	rendered := map[string]bool{}
	for name := range events {
		kind, _, _ := strings.Cut(name, "-")
		rendered[kind] = true
	}
	declared := regexp.MustCompile(`(?m)^type (\w+) struct ?\{\s*`+embedded+`\b`).FindAllStringSubmatch(string(source), -1)
	for _, d := range declared {
		if !rendered[d[1]] {
			t.Errorf("call.%s has no golden file: give it a published form in render.go and an example in events", d[1])
		}
	}
	if len(declared) != len(rendered) {
		t.Errorf("%d events declared, %d rendered", len(declared), len(rendered))
	}
}

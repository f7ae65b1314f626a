package webhooktest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"strowger/internal/call"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Golden compares JSON with a file of the package under test, indented for
// people to read. Nothing that is published is null: official clients throw on it.
func Golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	if bytes.Contains(got, []byte(":null")) {
		t.Errorf("%s: a member is null", name)
	}
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

// EveryEventHasAForm compares the events of the rules that are of type E with
// the names of those that were rendered: the type, and behind a hyphen what is
// special about one of its kind.
func EveryEventHasAForm[E, R call.Event](t *testing.T, events map[string]R) {
	t.Helper()
	rendered := map[string]bool{}
	for name := range events {
		kind, _, _ := strings.Cut(name, "-")
		rendered[kind] = true
	}
	declared := 0
	for _, e := range call.Events() {
		if _, ok := e.(E); !ok {
			continue
		}
		declared++
		if name := reflect.TypeOf(e).Name(); !rendered[name] {
			t.Errorf("call.%s has no golden file: give it a published form in render.go and an example in events", name)
		}
	}
	if declared != len(rendered) {
		t.Errorf("%d events declared, %d rendered", declared, len(rendered))
	}
}

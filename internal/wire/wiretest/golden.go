package wiretest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"strowger/internal/wire"
)

// Types maps the first words of a golden file's name to the type that it is of.
type Types map[string]func() any

// Golden puts the bodies in a folder of wire/testdata through the codec, and
// insists that every type has a file and every file a type.
func Golden(t *testing.T, folder string, types Types) {
	t.Helper()
	eachFile(t, folder, types, func(t *testing.T, document []byte, into any) []byte {
		if err := wire.Decode(document, into); err != nil {
			t.Fatal(err)
		}
		return encode(t, into)
	})
}

// GoldenEvents is Golden for callbacks, whose data is of the types.
func GoldenEvents(t *testing.T, folder string, types Types) {
	t.Helper()
	eachFile(t, folder, types, func(t *testing.T, document []byte, into any) []byte {
		got := callback(t, document)
		if err := wire.Decode(got.Data, into); err != nil {
			t.Fatal(err)
		}
		event, err := wire.NewCloudEvent(got.ID, got.Type, got.Subject, got.Time, into)
		if err != nil {
			t.Fatal(err)
		}
		body, err := wire.EncodeCallback(event)
		if err != nil {
			t.Fatal(err)
		}
		return body
	})
}

// Callbacks are the events in a folder of wire/testdata, by the paths of their
// files.
func Callbacks(t *testing.T, folder string) map[string]wire.CloudEvent {
	t.Helper()
	events := map[string]wire.CloudEvent{}
	for _, path := range files(t, folder) {
		events[path] = callback(t, read(t, path))
	}
	return events
}

// FuzzRequests sends what each type of request accepts a second time, as we
// would write it: it is accepted again, and stays the same.
func FuzzRequests(f *testing.F, folder string, types Types) {
	for _, path := range files(f, folder) {
		f.Add(read(f, path))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, make := range types {
			first := make()
			if wire.Decode(document, first) != nil {
				continue
			}
			again := make()
			if err := wire.Decode(encode(t, first), again); err != nil {
				t.Fatalf("%T that was accepted is refused when it is sent again: %v", first, err)
			}
			if a, b := encode(t, first), encode(t, again); !bytes.Equal(a, b) {
				t.Fatalf("%T changes when it is sent again:\n%s\n%s", first, a, b)
			}
		}
	})
}

func eachFile(t *testing.T, folder string, types Types, code func(*testing.T, []byte, any) []byte) {
	t.Helper()
	seen := map[string]bool{}
	for _, path := range files(t, folder) {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		kind := longestPrefix(name, types)
		if kind == "" {
			t.Errorf("no type for fixture %s", name)
			continue
		}
		seen[kind] = true
		t.Run(name, func(t *testing.T) {
			document := read(t, path)
			got := code(t, document, types[kind]())
			if want := parse(t, document); !reflect.DeepEqual(parse(t, got), want) {
				t.Errorf("encoded again it says\n%s\ninstead of\n%s", got, document)
			}
		})
	}
	for kind := range types {
		if !seen[kind] {
			t.Errorf("no fixture for %s", kind)
		}
	}
}

func longestPrefix(name string, types Types) string {
	longest := ""
	for kind := range types {
		if len(kind) > len(longest) && (name == kind || strings.HasPrefix(name, kind+"-")) {
			longest = kind
		}
	}
	return longest
}

// callback is the one event of a callback.
func callback(t *testing.T, document []byte) wire.CloudEvent {
	t.Helper()
	var batch []wire.CloudEvent
	if err := json.Unmarshal(document, &batch); err != nil || len(batch) != 1 {
		t.Fatalf("not an array of one event: %v", err)
	}
	return batch[0]
}

// files are those of a folder; the package under test stands beside testdata.
func files(t testing.TB, folder string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "testdata", folder, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures in %s: %v", folder, err)
	}
	return paths
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func parse(t *testing.T, document []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

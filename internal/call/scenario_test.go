package call

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the expected output of the scenarios")

// Each file in testdata is a story: a line that begins with a verb is an
// input, the indented lines below it are what follows. Text after # is for the
// reader.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("the story went differently (-update rewrites it):\n%s", firstDifference(string(want), got))
			}
		})
	}
}

// testStart is when every step of a story is taken.
var testStart = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

var (
	testCall = ID("11111111-1111-4111-8111-111111111111")
	testConn = map[string]ConnectionID{
		"c1": "11111111-1111-4111-8111-0000000000c1",
		"c2": "11111111-1111-4111-8111-0000000000c2",
	}
)

// tell runs the inputs of a story and writes down what follows each.
func tell(t *testing.T, story string) string {
	c := New(testCall)
	var out strings.Builder
	for _, line := range strings.Split(strings.TrimRight(story, "\n"), "\n") {
		if strings.HasPrefix(line, "\t") {
			continue
		}
		out.WriteString(line + "\n")
		text, _, _ := strings.Cut(line, "#")
		if strings.TrimSpace(text) == "" {
			continue
		}
		in := parseInput(t, text)
		got, err := c.Step(testStart, in)
		if err != nil {
			fmt.Fprintf(&out, "\trefused: %v\n", err)
			continue
		}
		if got.Repeated {
			out.WriteString("\trepeated\n")
		}
		for _, e := range got.Events {
			out.WriteString("\tevent  " + show(e) + "\n")
		}
		for _, e := range got.Effects {
			out.WriteString("\teffect " + show(e) + "\n")
		}
	}
	return out.String()
}

// scriptable lists what a story may say.
var scriptable = []Input{
	CreateCall{}, AnswerCall{}, RedirectCall{}, RejectCall{}, HangUpCall{}, TerminateCall{},
	AddParticipant{}, RemoveParticipant{}, Play{}, Recognize{}, CancelMedia{},
	LegArrived{}, LegRinging{}, LegAnswered{}, LegUnclaimed{}, LegFailed{}, LegEnded{}, ToneReceived{},
	PlayerStarted{}, PlayerFinished{}, PlayerFailed{}, TimerFired{}, NodeRestarted{}, NodeStopping{},
}

func parseInput(t *testing.T, line string) Input {
	t.Helper()
	words := strings.Fields(line)
	for _, in := range scriptable {
		typ := reflect.TypeOf(in)
		if typ.Name() != words[0] {
			continue
		}
		v := reflect.New(typ).Elem()
		for _, word := range words[1:] {
			name, value, _ := strings.Cut(word, "=")
			f := fieldNamed(v, name)
			if !f.IsValid() {
				t.Fatalf("%s has no field %q", words[0], name)
			}
			setField(t, f, value)
		}
		if f := v.FieldByName("Call"); f.IsValid() {
			f.SetString(string(testCall))
		}
		return v.Interface().(Input)
	}
	t.Fatalf("no such input: %q", words[0])
	return nil
}

// fieldNamed finds a field by a path such as Operation.Context, or Cause.Reason.
func fieldNamed(v reflect.Value, path string) reflect.Value {
	for _, name := range strings.Split(path, ".") {
		if v = v.FieldByName(name); !v.IsValid() {
			break
		}
	}
	return v
}

func setField(t *testing.T, f reflect.Value, value string) {
	t.Helper()
	switch f.Interface().(type) {
	case LegID:
		n, err := strconv.Atoi(value)
		if err != nil {
			t.Fatal(err)
		}
		f.SetString(string(NewLegID(testCall, n)))
		return
	case ConnectionID:
		f.SetString(string(testConn[value]))
		return
	case time.Duration:
		d, err := time.ParseDuration(value)
		if err != nil {
			t.Fatal(err)
		}
		f.SetInt(int64(d))
		return
	case Tone:
		f.SetUint(uint64(value[0]))
		return
	case map[string]string:
		name, text, _ := strings.Cut(value, ":")
		f.Set(reflect.ValueOf(map[string]string{name: text}))
		return
	case []PlaySource:
		for _, uri := range strings.Split(value, ",") {
			f.Set(reflect.Append(f, reflect.ValueOf(PlaySource{File: uri})))
		}
		return
	}
	switch f.Kind() {
	case reflect.String:
		f.SetString(value)
	case reflect.Int:
		n, err := strconv.Atoi(value)
		if err != nil {
			t.Fatal(err)
		}
		f.SetInt(int64(n))
	case reflect.Bool:
		f.SetBool(value == "true")
	case reflect.Slice:
		for _, item := range strings.Split(value, ",") {
			e := reflect.New(f.Type().Elem()).Elem()
			setField(t, e, item)
			f.Set(reflect.Append(f, e))
		}
	default:
		t.Fatalf("cannot set a %s", f.Type())
	}
}

// show prints the fields of a struct that are set, short enough to read.
func show(x any) string {
	v := reflect.ValueOf(x)
	return v.Type().Name() + strings.TrimRight(" "+strings.Join(fields(v), " "), " ")
}

func fields(v reflect.Value) []string {
	var out []string
	for i := range v.NumField() {
		f, field := v.Type().Field(i), v.Field(i)
		switch {
		case f.Anonymous && f.IsExported():
			out = append(out, fields(field)...)
		case !f.IsExported() || field.IsZero():
		case field.Kind() == reflect.Struct:
			out = append(out, f.Name+"={"+strings.Join(fields(field), " ")+"}")
		default:
			out = append(out, f.Name+"="+short(fmt.Sprint(field.Interface())))
		}
	}
	return out
}

func short(s string) string {
	for name, id := range testConn {
		s = strings.ReplaceAll(s, string(id), name)
	}
	return strings.ReplaceAll(s, string(testCall)+"/", "leg")
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d\n  want %s\n  got  %s", i+1, a, b)
		}
	}
	return ""
}

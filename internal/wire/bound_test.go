package wire

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// bounded has a bound of every sort.
type bounded struct {
	Name   string            `json:"name" max:"4"`
	List   []below           `json:"list" max:"2"`
	Words  []string          `json:"words" max:"2,3"`
	Free   map[string]string `json:"free" max:"2,3,4"`
	Deeper *below            `json:"deeper"`
	Number *int              `json:"number"`
}

type below struct {
	Name string `json:"name" max:"4"`
}

func TestADocumentIsHeldToTheBoundsAtItsFields(t *testing.T) {
	for document, want := range map[string]string{
		`{"name":"åäöü","list":[{},{}],"words":["abc","def"],"free":{"abc":"abcd","b":""},"deeper":{"name":"abcd"}}`: "",
		`{"name":"abcde"}`:                      "name: is longer than 4 characters",
		`{"name":"åäöüß"}`:                      "name: is longer than 4 characters",
		`{"name":"` + long + `"}`:               "name: is longer than 4 characters",
		`{"list":[{},{},{}]}`:                   "list: holds 3 items, 2 at most are taken",
		`{"list":[{},{"name":"abcde"}]}`:        "list[1].name: is longer than 4 characters",
		`{"words":["a","b","c"]}`:               "words: holds 3 items, 2 at most are taken",
		`{"words":["a","` + long + `"]}`:        "words[1]: is longer than 3 characters",
		`{"free":{"a":"","b":"","c":""}}`:       "free: holds 3 members, 2 at most are taken",
		`{"free":{"b":"abcde","a":"abcde"}}`:    "free.a: the value is longer than 4 characters",
		`{"free":{"` + long + `":"","b":""}}`:   "free.xxx…: the name is longer than 3 characters",
		`{"free":{"åäöü":"","z":""}}`:           "free.åäö…: the name is longer than 3 characters",
		`{"deeper":{"name":"abcde"},"name":""}`: "deeper.name: is longer than 4 characters",
	} {
		err := Decode([]byte(document), new(bounded))
		var fault *FieldError
		got := ""
		if errors.As(err, &fault) {
			got = fault.Error()
		}
		if got != want {
			t.Errorf("%.80s: %q, want %q", document, got, want)
		}
	}
}

var long = strings.Repeat("x", 1000)

func TestAFieldWithoutABoundIsNamed(t *testing.T) {
	for _, unbounded := range []any{
		struct{ Text string }{},
		struct{ Text *string }{},
		struct{ Texts []string }{},
		struct {
			Texts []string `max:"3"`
		}{},
		struct{ Text map[string]string }{},
		struct {
			Text map[string]string `max:"3,4"`
		}{},
		struct{ Text []below }{},
		struct {
			In struct{ Text string }
		}{},
		struct {
			Text string `max:"many"`
		}{},
		struct {
			Text string `max:"0"`
		}{},
		struct {
			Text int `max:"1"`
		}{},
	} {
		if _, err := Bounds(reflect.TypeOf(unbounded)); err == nil || !strings.Contains(err.Error(), "Text") {
			t.Errorf("%T: %v, want a fault that names the field", unbounded, err)
		}
	}
	got, err := Bounds(reflect.TypeFor[bounded]())
	want := []Bound{
		{"name", "4 characters"}, {"list", "2 items"}, {"name", "4 characters"}, {"words", "2 items of 3 characters"},
		{"free", "2 members, names of 3 and values of 4 characters"}, {"name", "4 characters"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the bounds are %v (%v), want %v", got, err, want)
	}
}

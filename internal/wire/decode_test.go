package wire

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

type sample struct {
	Name   string   `json:"name"`
	Count  int      `json:"count"`
	On     bool     `json:"on"`
	List   []string `json:"list"`
	Nested struct {
		Value string `json:"value"`
	} `json:"nested"`
	At Time `json:"at"`
}

func TestABadBodyIsToldWhatIsWrong(t *testing.T) {
	for body, want := range map[string]string{
		``:                               "the body is empty",
		`  `:                             "the body is empty",
		`{`:                              "not JSON",
		`{"name":}`:                      "not JSON",
		`{} {}`:                          "goes on after",
		`[]`:                             "a JSON array stands where an object is needed",
		`"x"`:                            "where an object is needed",
		`{"name":1}`:                     "name: a JSON number stands where a string is needed",
		`{"count":"1"}`:                  "count: a JSON string stands where a whole number is needed",
		`{"count":1.5}`:                  "count: a JSON number 1.5 stands where a whole number is needed",
		`{"count":99999999999999999999}`: "count: a JSON number",
		`{"on":"yes"}`:                   "on: a JSON string stands where true or false is needed",
		`{"list":{}}`:                    "list: a JSON object stands where an array is needed",
		`{"nested":[]}`:                  "nested: a JSON array stands where an object is needed",
		`{"nested":{"value":false}}`:     "nested.value: a JSON bool stands where a string is needed",
		`{"at":"yesterday"}`:             "not an RFC 3339 time stamp",
		"{\"name\":\"\xff\"}":            "not UTF-8",
	} {
		err := Decode([]byte(body), new(sample))
		var fault *FieldError
		if !errors.As(err, &fault) {
			t.Errorf("%s: got %v, want a FieldError", body, err)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %q, want %q in it", body, err, want)
		}
	}
}

func TestMembersThatNobodyKnowsAreIgnored(t *testing.T) {
	var got sample
	if err := Decode([]byte(`{"name":"a","later":{"x":[1]}}`+"\n"), &got); err != nil || got.Name != "a" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestTimeHasSevenDigitsAndANumericOffset(t *testing.T) {
	at := Time{time.Date(2026, 9, 15, 13, 36, 15, 719352789, time.FixedZone("", 7200))}
	text, err := json.Marshal(at)
	if err != nil || string(text) != `"2026-09-15T11:36:15.7193527+00:00"` {
		t.Errorf("got %s, %v", text, err)
	}
	whole, _ := json.Marshal(Time{time.Date(2026, 9, 15, 0, 0, 0, 0, time.UTC)})
	if string(whole) != `"2026-09-15T00:00:00.0000000+00:00"` {
		t.Errorf("got %s", whole)
	}
}

func TestACallbackIsAnArrayOfOneCloudEvent(t *testing.T) {
	event, err := NewCloudEvent("id", "T", "calling/callConnections/c", Time{time.Unix(0, 0)}, map[string]int{"n": 1})
	if err != nil {
		t.Fatal(err)
	}
	body, err := EncodeCallback(event)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"id":"id","source":"calling/callConnections/c","type":"T","data":{"n":1},"time":"1970-01-01T00:00:00.0000000+00:00",` +
		`"specversion":"1.0","datacontenttype":"application/json","subject":"calling/callConnections/c"}]`
	if string(body) != want {
		t.Errorf("got\n%s, want\n%s", body, want)
	}
	if _, err := NewCloudEvent("id", "T", "s", Time{}, make(chan int)); err == nil {
		t.Error("data that is no JSON is accepted")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"name":"a","count":1,"list":["x"],"nested":{"value":"v"},"at":"2026-09-15T11:36:15.7193527+00:00"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		err := Decode(body, new(sample))
		var fault *FieldError
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("%T is no FieldError: %v", err, err)
		}
	})
}

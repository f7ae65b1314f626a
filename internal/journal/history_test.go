package journal

import (
	"errors"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"strowger/internal/call"
)

// A copy that an older version has made says what its original said.
func TestACopyOfAnOlderVersionIsKnownByWhatItSays(t *testing.T) {
	body := []byte("x")
	copied := message(0, 2, "strowger.calls.0.k", nats.Header{headerCarried: {"1"}}, body)
	original := message(0, 1, "strowger.calls.0.k", nil, body)
	if !copied.Carried || copied.name() != original.name() {
		t.Errorf("%+v is no copy of %+v", copied, original)
	}
}

// threeForms: what is called Published now was Told in form 1 and Announced in form 2.
var threeForms = history{
	{Form{1, 1}, func(d *document) error { rename(d.State, "Told", "Announced"); return nil }},
	{Form{2, 0}, func(d *document) error {
		rename(d.State, "Announced", "Published")
		d.Events[0].Type = "PlayCompleted"
		return nil
	}},
	{Form{3, 0}, nil},
}

func TestStepsBetweenFormsAreTakenOneAfterTheOther(t *testing.T) {
	const record = `"Call":"c","Step":1,"Time":"2026-01-02T03:04:05Z","Events":[{"Type":"PlayEnded","Body":{"Context":"x"}}],"State":{"ID":"c","Told":true,"Announced":true}}`
	for _, form := range []string{
		`{"Format":1,`, `{"Format":1,"Minor":1,`, `{"Format":2,`,
	} {
		body := form + record
		if strings.Contains(form, ":2") {
			body = strings.Replace(body, `"Told":true,`, "", 1)
		} else {
			body = strings.Replace(body, `,"Announced":true`, "", 1)
		}
		r, err := threeForms.decode(Message{Body: []byte(body)})
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		got, err := threeForms.load(chain{{Body: []byte(body)}})
		if err != nil || !got.state.Published {
			t.Errorf("%s became %+v, %v", body, got.state, err)
		}
		if e, ok := r.Events[0].(call.PlayCompleted); !ok || e.Context != "x" {
			t.Errorf("%s has the event %+v", body, r.Events[0])
		}
	}
}

// The step from an old form knows nothing of what was added to it later.
func TestAnOldFormWithUnknownAdditionsIsUnreadable(t *testing.T) {
	for _, form := range []string{`"Format":1,"Minor":2`, `"Format":0`, `"Format":4`} {
		_, err := threeForms.decode(Message{Body: []byte(`{` + form + `,"State":{}}`)})
		if !errors.Is(err, ErrUnreadable) || !strings.Contains(err.Error(), "reads forms 1.1 to 3.0") {
			t.Errorf("%s: %v", form, err)
		}
	}
}

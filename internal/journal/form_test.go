package journal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
)

// golden reads the records of a file, as the store would give them.
func golden(t testing.TB, file string) []journal.Message {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err)
	var all []journal.Message
	base := uint64(0)
	for line := range bytes.Lines(text) {
		m := journal.Message{Key: storyCall.Key(), Sequence: uint64(len(all) + 1), Body: line}
		if base == 0 || object(t, line)["State"] != nil {
			base = m.Sequence
		} else {
			m.Base, m.Before = base, m.Sequence-1
		}
		all = append(all, m)
	}
	return all
}

// chainTo is what the i-th of a call's records is read from.
func chainTo(records []journal.Message, i int) []journal.Message {
	if base := records[i].Base; base != 0 {
		return records[base-1 : i+1]
	}
	return records[i : i+1]
}

// stateAt is the state after the i-th of a call's records.
func stateAt(t testing.TB, records []journal.Message, i int) call.State {
	t.Helper()
	state, err := journal.StateOf(chainTo(records, i)...)
	must(t, err)
	return state
}

// wholeGolden is the i-th golden record of a story, with the whole state.
func wholeGolden(t testing.TB, name string, i int) journal.Message {
	t.Helper()
	m := golden(t, story{name: name}.goldenFile(journal.CurrentForm().Major))
	r, err := journal.Decode(m[i])
	must(t, err)
	body, err := journal.Encode(stateAt(t, m, i), r.Events, r.Time, r.Started, r.Usage...)
	must(t, err)
	return journal.Message{Key: storyCall.Key(), Sequence: m[i].Sequence, Body: body}
}

// everyForm runs a test for each form that has golden records.
func everyForm(t *testing.T, test func(t *testing.T, records []journal.Message)) {
	for major := 1; major <= journal.CurrentForm().Major; major++ {
		t.Run(fmt.Sprint("form ", major), func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(goldenDir(major), "*.jsonl"))
			must(t, err)
			if told := len(storiesOf(major)); len(files) != told {
				t.Fatalf("%d files of golden records, there are %d stories", len(files), told)
			}
			for _, file := range files {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".jsonl"), func(t *testing.T) { test(t, golden(t, file)) })
			}
		})
	}
}

// The golden records of the form that is written are made once, by the stories,
// and must then be written again byte by byte.
func TestGoldenRecordsAreWrittenAsTheyWere(t *testing.T) {
	for _, s := range stories() {
		file := s.goldenFile(journal.CurrentForm().Major)
		if _, err := os.Stat(file); os.IsNotExist(err) && *update {
			s.write(t, journal.CurrentForm().Major)
		}
		records := golden(t, file)
		for i, m := range records {
			r, err := journal.Decode(m)
			must(t, err)
			again, err := journal.Encode(stateAt(t, records, i), r.Events, r.Time, r.Started, r.Usage...)
			if m.Base != 0 {
				again, err = journal.EncodeChange(stateAt(t, records, i-1), stateAt(t, records, i), r.Events, r.Time, r.Started, r.Usage...)
			}
			must(t, err)
			if !bytes.Equal(again, m.Body) {
				t.Fatalf("%s: step %d is written otherwise:\n%s\n%s\n%s", file, r.Step, m.Body, again, whatToDo)
			}
		}
	}
}

// Whatever an older version left behind is read in full, and the rules can end
// the call from there.
func TestRecordsOfEveryFormAreRead(t *testing.T) {
	everyForm(t, func(t *testing.T, records []journal.Message) {
		for i, m := range records {
			r, err := journal.Decode(m)
			must(t, err)
			state := stateAt(t, records, i)
			if state.ID != storyCall || state.Step != r.Step || len(state.Connections)+len(state.Participants) == 0 && state.Phase != call.Ended {
				t.Errorf("step %d became %+v", r.Step, state)
			}
			c := call.Restore(state)
			if _, err := c.Step(someTime, call.NodeRestarted{}); err != nil || !c.Over() {
				t.Errorf("step %d cannot be ended: %v", r.Step, err)
			}
		}
	})
}

// What form 1 said of a call is what the rules say of the same call today, but
// for what form 1 did not say: when timers started, what those who have joined
// came for, the dialog of a caller that is not answered, which leg an invitation was
// answered with, what was made ready to be played, and what usage is made of.
func TestForm1BecomesWhatTheRulesMakeOfTheSameCall(t *testing.T) {
	comparable := func(records []journal.Message, i int) string {
		state := stateAt(t, records, i)
		for i := range state.Timers {
			state.Timers[i].Due = time.Time{}
		}
		for i := range state.Connections {
			state.Connections[i].Began, state.Connections[i].Answered = time.Time{}, time.Time{}
		}
		for i, p := range state.Participants {
			state.Participants[i].Trunk = ""
			state.Participants[i].Began, state.Participants[i].Answered = time.Time{}, time.Time{}
			if p.State == call.Joined {
				state.Participants[i].Errand = call.Errand{}
			} else {
				state.Participants[i].Dialog = nil
			}
		}
		for i := range state.Media {
			state.Media[i].Prepared = false
		}
		for _, r := range state.Repeats {
			if r.Answer.Participant != nil {
				r.Answer.Participant.Leg = ""
			}
		}
		slices.SortFunc(state.Timers, func(a, b call.Timer) int { return int(a.ID - b.ID) })
		text, err := json.Marshal(state)
		must(t, err)
		return strings.ReplaceAll(string(text), "[]", "null") // nothing is nothing
	}
	for _, s := range storiesOf(1) {
		now := golden(t, s.goldenFile(journal.CurrentForm().Major))
		then := golden(t, s.goldenFile(1))
		for i := range then {
			if got, want := comparable(then, i), comparable(now, i); got != want {
				t.Fatalf("%s, step %d: form 1 becomes\n%s, want\n%s", s.name, i+1, got, want)
			}
		}
	}
}

func TestGoldenRecordsHaveEveryEventAndEveryKindOfState(t *testing.T) {
	// What the rules of now never set.
	never := []string{
		"state.Repeats[].Answer.Participant.Muted", "state.Repeats[].Answer.Participant.OnHold", "state.Repeats[].Answer.Participant.Seat",
		"state.Recording.App.Hears.States", "state.Recording.App.Hears.Tones", "state.Recording.App.Hears.NoRoster", "state.Recording.App.Hears.Seats",
	}
	set := map[string]bool{}
	for _, s := range stories() {
		records := golden(t, s.goldenFile(journal.CurrentForm().Major))
		for i, m := range records {
			r, err := journal.Decode(m)
			must(t, err)
			noteSet(set, "state", reflect.ValueOf(stateAt(t, records, i)))
			for _, e := range r.Events {
				set["event "+reflect.TypeOf(e).Name()] = true
			}
		}
	}
	for _, line := range schema(t) {
		path := line
		switch {
		case strings.HasPrefix(line, "state."):
			path, _, _ = strings.Cut(line, " ")
		case !strings.HasPrefix(line, "event ") || strings.Contains(line, "."):
			continue
		}
		if !set[path] && !slices.Contains(never, path) {
			t.Errorf("no story has %s", path)
		}
	}
}

// noteSet notes the fields below v that say something, by the names of the schema.
func noteSet(set map[string]bool, path string, v reflect.Value) {
	if v.IsZero() {
		return
	}
	set[path] = true
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(v.Type()) {
			if f.IsExported() && !f.Anonymous {
				noteSet(set, path+"."+f.Name, v.FieldByIndex(f.Index))
			}
		}
	case reflect.Pointer:
		noteSet(set, path, v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			noteSet(set, path+"[]", v.Index(i))
		}
	case reflect.Map:
		for _, value := range v.Seq2() {
			noteSet(set, path+"{string}", value)
		}
	}
}

// newer is a record as a version with a newer minor form would have written it.
func newer(t testing.TB, body []byte, change func(record map[string]any)) []byte {
	t.Helper()
	record := object(t, body)
	record["Minor"] = journal.CurrentForm().Minor + 1
	change(record)
	changed, err := json.Marshal(record)
	must(t, err)
	return changed
}

func object(t testing.TB, body []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var o map[string]any
	must(t, d.Decode(&o))
	return o
}

func element(list any, i int) map[string]any { return list.([]any)[i].(map[string]any) }

// stored puts a record into an empty store and returns a journal over it.
func stored(t testing.TB, body []byte) (*journal.Journal, *journaltest.Store) {
	t.Helper()
	store := journaltest.NewStore(1)
	_, err := store.Append(t.Context(), journal.Message{Key: storyCall.Key(), Body: body}, 0)
	must(t, err)
	return journal.Over(store, "", slog.New(slog.DiscardHandler)), store
}

// joined is the call of the stories as Run would copy it.
func joined(t testing.TB, j *journal.Journal) map[string]any {
	t.Helper()
	c, err := j.Chain(t.Context(), storyCall.Key())
	must(t, err)
	body, err := journal.Joined(c...)
	must(t, err)
	return object(t, body)
}

func TestAdditionsOfANewerMinorFormAreCarriedThrough(t *testing.T) {
	j, _ := stored(t, newer(t, wholeGolden(t, "media", 2).Body, func(record map[string]any) {
		state := record["State"].(map[string]any)
		state["Moon"] = map[string]any{"Phase": "full"}
		element(state["Connections"], 0)["Mood"] = "good"
		element(state["Participants"], 0)["Shoes"] = json.Number("18446744073709551615")
		element(state["Participants"], 1)["Shoes"] = 42
		element(state["Participants"], 1)["Dialog"].(map[string]any)["Media"].(map[string]any)["Cipher"] = "none"
		element(state["Repeats"], 0)["Answer"].(map[string]any)["Smile"] = true
	}))
	state, log, err := j.Load(t.Context(), storyCall.Key())
	must(t, err)
	c := call.Restore(state)
	for _, in := range []call.Input{ // the first of two participants leaves, another comes
		call.LegEnded{Leg: leg(1), Cause: call.Cause{Reason: call.EndedByParticipant}},
		call.AddParticipant{Repeatable: once("add"), Connection: storyConnection(1), Participant: bob},
	} {
		out, err := c.Step(time.Now(), in)
		must(t, err)
		must(t, log.Append(t.Context(), c.State(), out.Events, out.Usage...))
	}
	record := joined(t, j)
	if fmt.Sprint(record["Minor"]) != fmt.Sprint(journal.CurrentForm().Minor+1) {
		t.Errorf("what holds a newer form's additions says it is of minor %v", record["Minor"])
	}
	now := record["State"].(map[string]any)
	stays := element(now["Participants"], 0)
	if fmt.Sprint(now["Moon"]) != "map[Phase:full]" || element(now["Connections"], 0)["Mood"] != "good" || fmt.Sprint(stays["Shoes"]) != "42" ||
		stays["Dialog"].(map[string]any)["Media"].(map[string]any)["Cipher"] != "none" ||
		element(now["Repeats"], 0)["Answer"].(map[string]any)["Smile"] != true {
		t.Errorf("additions were lost or changed their place:\n%v", record)
	}
	if shoes, ok := element(now["Participants"], 1)["Shoes"]; ok {
		t.Errorf("a newcomer wears another's shoes: %v", shoes)
	}
	again, _, err := j.Load(t.Context(), storyCall.Key())
	must(t, err)
	if !reflect.DeepEqual(again, c.State()) {
		t.Errorf("loaded\n%+v, want\n%+v", again, c.State())
	}
}

// Anything may be added anywhere.
func TestNoAdditionIsLostWhenNothingElseChanges(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		state := rapid.Make[call.State]().Draw(rt, "state")
		state.ID = storyCall
		body, err := journal.Encode(state, nil, someTime, someTime)
		must(t, err)
		body = newer(t, body, func(record map[string]any) { addAnywhere(rt, record["State"]) })
		j, _ := stored(t, body)
		loaded, log, err := j.Load(t.Context(), storyCall.Key())
		must(t, err)
		must(t, log.Append(t.Context(), loaded, nil))
		if before, after := object(t, body)["State"], joined(t, j)["State"]; !reflect.DeepEqual(before, after) {
			rt.Fatalf("before\n%v\nafter\n%v", before, after)
		}
	})
}

func addAnywhere(t *rapid.T, to any) {
	switch to := to.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(to)) {
			if !strings.HasSuffix(name, "Headers") { // which is no object but a map
				addAnywhere(t, to[name])
			}
		}
		if rapid.Bool().Draw(t, "add") {
			to["Added"] = rapid.StringMatching(`[a-z]*`).Draw(t, "addition")
		}
	case []any:
		for _, e := range to {
			addAnywhere(t, e)
		}
	}
}

func TestAnEventOfANewerMinorFormIsToldAsUnknown(t *testing.T) {
	written := golden(t, story{name: "created"}.goldenFile(journal.CurrentForm().Major))[1]
	j, _ := stored(t, newer(t, written.Body, func(record map[string]any) {
		element(record["Events"], 0)["Type"] = "CallRewound"
		element(record["Events"], 1)["Body"].(map[string]any)["Mood"] = "good"
	}))
	r := records(t, j, 1)[0]
	if u, ok := r.Events[0].(journal.Unknown); !ok || u.Type != "CallRewound" {
		t.Errorf("an unknown event is told as %#v", r.Events[0])
	}
	if _, ok := r.Events[1].(call.ParticipantsUpdated); !ok {
		t.Errorf("the event after it is told as %#v", r.Events[1])
	}
	if s := j.Stats(); s != (journal.Stats{Unknown: 1}) {
		t.Errorf("counted %+v", s)
	}
}

func TestANewerMajorFormIsUnreadable(t *testing.T) {
	j, _ := stored(t, newer(t, wholeGolden(t, "created", 1).Body, func(record map[string]any) {
		record["Format"] = journal.CurrentForm().Major + 1
	}))
	_, log, err := j.Load(t.Context(), storyCall.Key())
	if !errors.Is(err, journal.ErrUnreadable) || log == nil {
		t.Errorf("got %v, and the log to end the call with: %v", err, log)
	}
}

// Elements of lists need an identity, or what was added to one of them would be
// lost as soon as it changes.
func TestElementsOfListsHaveAnIdentity(t *testing.T) {
	replacedWhole := []reflect.Type{reflect.TypeFor[call.PlaySource](), reflect.TypeFor[call.Hold](), reflect.TypeFor[call.Choice]()}
	var visit func(path string, of reflect.Type)
	visit = func(path string, of reflect.Type) {
		switch of.Kind() {
		case reflect.Pointer:
			visit(path, of.Elem())
		case reflect.Slice:
			element := of.Elem()
			if element.Kind() == reflect.Struct && !slices.Contains(replacedWhole, element) && !identified(element) {
				t.Errorf("%s[] has none of the fields %v", path, journal.Identifying)
			}
			visit(path+"[]", element)
		case reflect.Struct:
			for i := range of.NumField() {
				if !of.Field(i).IsExported() {
					continue
				}
				visit(path+"."+of.Field(i).Name, of.Field(i).Type)
			}
		}
	}
	visit("state", reflect.TypeFor[call.State]())
}

func identified(of reflect.Type) bool {
	return slices.ContainsFunc(journal.Identifying, func(name string) bool {
		_, ok := of.FieldByName(name)
		return ok
	})
}

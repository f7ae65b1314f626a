package journal_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
)

// storedCall is a call of which nearly every record is a change.
func storedCall(t testing.TB, j *journal.Journal, inputs ...call.Input) *call.Call {
	t.Helper()
	c, log := call.New(storyCall), j.Begin(storyCall.Key())
	for _, in := range inputs {
		out, err := c.Step(someTime, in)
		must(t, err)
		must(t, log.Append(t.Context(), c.State(), out.Events))
	}
	return c
}

func loadedLike(t testing.TB, j *journal.Journal, want call.State) *journal.Log {
	t.Helper()
	got, log, err := j.Load(t.Context(), want.ID.Key())
	must(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("loaded\n%+v, want\n%+v", got, want)
	}
	return log
}

func TestACallIsLoadedFromItsLastWholeStateAndTheChangesSince(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		c := storedCall(t, j, createCall(), answered(1), answered(2))
		chain, err := j.Chain(t.Context(), storyCall.Key())
		must(t, err)
		if len(chain) < 3 || chain[0].Base != 0 || chain[2].Base != chain[0].Sequence || chain[2].Before != chain[1].Sequence {
			t.Fatalf("the records are %v", chain)
		}
		log := loadedLike(t, j, c.State())
		out, err := c.Step(someTime, call.LegEnded{Leg: leg(1), Cause: call.Cause{Reason: call.EndedByParticipant}})
		must(t, err)
		must(t, log.Append(t.Context(), c.State(), out.Events))
		loadedLike(t, j, c.State())
	})
}

// A call whose last record is new and whose state is old is kept as a whole.
func TestTrimmingKeepsWhatACallIsReadFrom(t *testing.T) {
	smallJournals(t, func(t *testing.T, j *journal.Journal) {
		c := storedCall(t, j, createCall(), answered(1))
		log := loadedLike(t, j, c.State())
		must(t, fill(t, j, 100, 60))
		out, err := c.Step(someTime, answered(2))
		must(t, err)
		must(t, log.Append(t.Context(), c.State(), out.Events))
		must(t, fill(t, j, 200, 60))
		end, err := j.End(t.Context(), 0)
		must(t, err)
		must(t, j.SaveCheckpoint(t.Context(), 0, journal.Checkpoint{Needed: end + 1}))
		j.Trim(t.Context())
		if _, err := j.At(t.Context(), 0, 1); !errors.Is(err, journal.ErrNotFound) {
			t.Fatalf("the oldest record: %v", err)
		}
		loadedLike(t, j, c.State())
		for _, in := range []call.Input{call.HangUpCall{Connection: storyConnection(1)}, call.LegEnded{Leg: leg(1)}} {
			out, err := c.Step(someTime, in)
			must(t, err)
			must(t, log.Append(t.Context(), c.State(), out.Events)) // by the owner, who knows nothing of the copy
			loadedLike(t, j, c.State())
		}
	})
}

// What an older form says cannot be changed record by record.
func TestACallOfAnOlderFormIsWrittenWholeBeforeItIsChanged(t *testing.T) {
	for major := 1; major < journal.CurrentForm().Major; major++ {
		records := golden(t, story{name: "created"}.goldenFile(major))
		j, _ := stored(t, records[1].Body)
		state, log, err := j.Load(t.Context(), storyCall.Key())
		must(t, err)
		c := call.Restore(state)
		for i, in := range []call.Input{answered(2), call.LegEnded{Leg: leg(2)}} {
			out, err := c.Step(someTime, in)
			must(t, err)
			must(t, log.Append(t.Context(), c.State(), out.Events))
			if chain, err := j.Chain(t.Context(), storyCall.Key()); err != nil || len(chain) != i+1 {
				t.Fatalf("form %d: after %d steps the call is read from %d records: %v", major, i+1, len(chain), err)
			}
		}
		loadedLike(t, j, c.State())
	}
}

// A newer version has changed the call since its last whole state.
func TestAdditionsInAChangeAreCarriedThrough(t *testing.T) {
	store := journaltest.NewStore(1)
	j := over(store)
	c := storedCall(t, j, createCall())
	base, err := store.Last(t.Context(), 0, storyCall.Key())
	must(t, err)
	before := c.State().Clone()
	_, err = c.Step(someTime, answered(1))
	must(t, err)
	body, err := journal.EncodeChange(before, c.State(), nil, someTime, someTime)
	must(t, err)
	body = newer(t, body, func(record map[string]any) {
		change := record["Change"].(map[string]any)
		change["Set"].(map[string]any)["Moon"] = "full"
		list := change["Lists"].(map[string]any)
		element(list["Participants"].(map[string]any)["Put"], 0)["Shoes"] = json.Number("42")
		list["Moods"] = map[string]any{"Put": []any{map[string]any{"ID": 1, "Mood": "good"}, map[string]any{"ID": 2}}}
	})
	_, err = store.Append(t.Context(), journal.Message{Key: storyCall.Key(), Body: body, Base: base.Sequence, Before: base.Sequence}, base.Sequence)
	must(t, err)
	log := loadedLike(t, j, c.State())
	out, err := c.Step(someTime, answered(2))
	must(t, err)
	must(t, log.Append(t.Context(), c.State(), out.Events))
	loadedLike(t, j, c.State())
	record := joined(t, j)
	state := record["State"].(map[string]any)
	if fmt.Sprint(record["Minor"]) != fmt.Sprint(journal.CurrentForm().Minor+1) || state["Moon"] != "full" ||
		fmt.Sprint(element(state["Participants"], 0)["Shoes"]) != "42" || fmt.Sprint(state["Moods"]) != "[map[ID:1 Mood:good] map[ID:2]]" {
		t.Errorf("additions were lost: %v", record)
	}
}

// Whatever is damaged, what can be told is told: whose phones are to be hung up, and
// whom there is to tell.
func TestACallOfWhichARecordIsDamagedEnds(t *testing.T) {
	for name, c := range map[string]struct {
		record  string // that is damaged
		told    int
		hungUp  int
		damage  func(journal.Message) journal.Message
		missing bool
	}{
		"the last record":   {"last", 1, 1, cutShort, false},
		"the whole state":   {"first", 0, 2, cutShort, false},
		"a change":          {"second", 1, 1, cutShort, false},
		"a change of what?": {"second", 1, 1, changed("Participants", "Participantes"), false},
		"the base has gone": {"first", 0, 2, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			source := journaltest.NewStore(1)
			storedCall(t, over(source), createCall(), answered(1), answered(2))
			at := map[string]uint64{"first": 1, "second": 2, "last": 3}[c.record]
			damaged := journaltest.NewStore(1)
			for sequence := uint64(1); sequence <= 3; sequence++ {
				m, err := source.At(t.Context(), 0, sequence)
				must(t, err)
				if sequence == at && c.damage != nil {
					m = c.damage(m)
				}
				_, err = damaged.Append(t.Context(), m, sequence-1)
				must(t, err)
			}
			if c.missing {
				must(t, damaged.Cut(t.Context(), 0, at+1))
			}
			state, log, err := over(damaged).Load(t.Context(), storyCall.Key())
			if !errors.Is(err, journal.ErrUnreadable) || log == nil {
				t.Fatalf("got %v", err)
			}
			ended := call.Restore(state)
			out, err := ended.Step(someTime, call.NodeRestarted{})
			must(t, err)
			if told, hungUp := toldAndHungUp(out); told != c.told || hungUp != c.hungUp {
				t.Errorf("%d applications are told and %d phones hung up, want %d and %d", told, hungUp, c.told, c.hungUp)
			}
			must(t, log.Append(t.Context(), ended.State(), out.Events))
			loadedLike(t, over(damaged), ended.State())
		})
	}
}

func cutShort(m journal.Message) journal.Message {
	m.Body = m.Body[:len(m.Body)/2]
	return m
}

func changed(from, to string) func(journal.Message) journal.Message {
	return func(m journal.Message) journal.Message {
		m.Body = []byte(strings.ReplaceAll(string(m.Body), `"`+from+`":{`, `"`+to+`":{"Gone":7,`))
		return m
	}
}

// toldAndHungUp counts the applications that hear of their end, and the phones in a
// dialog that hear of theirs.
func toldAndHungUp(out call.Output) (told, hungUp int) {
	for _, e := range out.Events {
		if e, ok := e.(call.CallDisconnected); ok && e.CallbackURI == "https://app.example.com/created" {
			told++
		}
	}
	for _, e := range out.Effects {
		if e, ok := e.(call.HangUp); ok && e.Dialog != nil {
			hungUp++
		}
	}
	return told, hungUp
}

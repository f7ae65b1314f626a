package journal_test

import (
	"fmt"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
)

// written counts what a call writes in which n people are added and answer, one
// after the other: the bytes of its events, and of everything else.
func written(t testing.TB, n int) (events, others int) {
	t.Helper()
	store := journaltest.NewStore(1)
	store.Watch(func(m journal.Message) {
		r, err := journal.Decode(m)
		must(t, err)
		inEvents := sizeOfEvents(t, r)
		events, others = events+inEvents, others+len(m.Body)-inEvents
	})
	log := over(store).Begin(storyCall.Key())
	c := call.New(storyCall)
	for _, in := range people(n) {
		out, err := c.Step(someTime, in)
		must(t, err)
		must(t, log.Append(t.Context(), c.State(), out.Events))
	}
	return events, others
}

func people(n int) []call.Input {
	create := createCall()
	create.Targets = create.Targets[:1]
	inputs := []call.Input{create, answered(1)}
	for i := 2; i <= n; i++ {
		inputs = append(inputs, call.AddParticipant{
			Repeatable: once(fmt.Sprint("add ", i)), Connection: create.Connection, Participant: call.Address(fmt.Sprintf("4:+1425556%04d", i)),
			Operation: during("adding"), InvitationID: fmt.Sprint("invitation ", i), RingTimeout: time.Minute,
		}, answered(i))
	}
	return inputs
}

// What a call writes grows with what happens in it, not with the square of its
// size. Its events do: each roster names everybody.
func TestWhatACallWritesGrowsWithWhatHappens(t *testing.T) {
	_, few := written(t, 100)
	if _, many := written(t, 300); many > 4*few {
		t.Errorf("with three times the people %d bytes become %d", few, many)
	}
}

func BenchmarkWhatACallWrites(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				events, others := written(b, n)
				b.ReportMetric(float64(events), "events-B/op")
				b.ReportMetric(float64(others), "others-B/op")
			}
		})
	}
}

// BenchmarkLoad reads calls from their records since the last whole state.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{2, 10, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			j := openWith(b, b.TempDir(), 1<<30) // each roster of a large call names everybody
			c, log := call.New(storyCall), j.Begin(storyCall.Key())
			for _, in := range people(n) {
				out, err := c.Step(someTime, in)
				must(b, err)
				must(b, log.Append(b.Context(), c.State(), out.Events))
			}
			chain, err := j.Chain(b.Context(), storyCall.Key())
			must(b, err)
			for b.Loop() {
				loadedLike(b, j, c.State())
			}
			b.ReportMetric(float64(len(chain)), "records/op")
		})
	}
}

func sizeOfEvents(t testing.TB, r journal.Record) int {
	body, err := journal.Encode(call.State{}, r.Events, r.Time, r.Started)
	must(t, err)
	empty, err := journal.Encode(call.State{}, nil, r.Time, r.Started)
	must(t, err)
	return len(body) - len(empty)
}

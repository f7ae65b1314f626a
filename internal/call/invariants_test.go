package call

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Any order of commands, signals and timers keeps what the package promises.
func TestAnyOrderOfInputsKeepsThePromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWatcher(t)
		if rapid.Bool().Draw(t, "outgoing") {
			w.give(CreateCall{Connection: testConn["c1"], Context: "create", Source: "8:acs:r_me",
				Targets: rapid.SampledFrom([][]Address{{"8:acs:r_a"}, {"4:+1"}, {"8:acs:r_a", "4:+1", "8:acs:r_b"}}).Draw(t, "targets")})
		} else {
			w.give(LegArrived{Call: testCall, Leg: NewLegID(testCall, 1), From: "8:acs:r_c", To: "8:acs:r_d",
				Publish: rapid.Bool().Draw(t, "publish"), Dial: rapid.Bool().Draw(t, "dial")})
		}
		for range rapid.IntRange(0, 60).Draw(t, "inputs") {
			w.give(anyInput(t, w))
		}
		w.give(NodeRestarted{})
		w.allQuiet()
	})
}

func anyInput(t *rapid.T, w *watcher) Input {
	n := func(name string, most int) int { return rapid.IntRange(1, most).Draw(t, name) }
	leg := func() LegID { return NewLegID(testCall, n("leg", max(1, w.call.state.LastLeg))) }
	op := func() OperationID { return OperationID(n("operation", max(1, int(w.call.state.LastOperation)))) }
	conn := func() ConnectionID {
		return testConn[rapid.SampledFrom([]string{"c1", "c2", "out of call"}).Draw(t, "connection")]
	}
	who := func() Address {
		return rapid.SampledFrom([]Address{"8:acs:r_a", "8:acs:r_b", "4:+1", "4:+2"}).Draw(t, "who")
	}
	context := func() Operation { w.contexts++; return Operation{Context: fmt.Sprint("op", w.contexts)} }
	incoming := func() IncomingID { return IncomingID(n("incoming", max(1, int(w.call.state.LastIncoming)))) }
	interrupt := rapid.IntRange(0, 4).Draw(t, "interrupt") == 0
	switch n("input", 20) {
	case 1:
		return AnswerCall{Incoming: incoming(), Connection: w.freshConnection(), Context: context().Context}
	case 2:
		return RedirectCall{Incoming: incoming(), Target: who()}
	case 3:
		return RejectCall{Incoming: incoming(), Reason: RejectBusy}
	case 4:
		return HangUpCall{Connection: conn()}
	case 5:
		return AddParticipant{Connection: conn(), Participant: who(), Operation: context()}
	case 6:
		return RemoveParticipant{Connection: conn(), Participant: who(), Operation: context()}
	case 7, 8:
		return Play{Connection: conn(), Operation: context(), Sources: []PlaySource{{File: "f"}}, Interrupt: interrupt}
	case 9:
		return Play{Connection: conn(), Operation: context(), Sources: []PlaySource{{File: "f"}}, To: []Address{who()}, Interrupt: interrupt}
	case 10:
		return Recognize{Connection: conn(), Operation: context(), Target: who(), MaxTones: 2, InterTone: time.Second,
			InitialSilence: time.Second, KeyInterrupts: true, Prompt: rapid.SampledFrom([][]PlaySource{nil, {{File: "f"}}}).Draw(t, "prompt"), Interrupt: interrupt}
	case 11:
		return CancelMedia{Connection: conn()}
	case 12, 13, 14:
		return LegAnswered{Leg: leg(), Dialog: Dialog{CallID: "d"}}
	case 15:
		return LegUnclaimed{Leg: leg()}
	case 16:
		return LegFailed{Leg: leg(), Cause: Cause{Reason: Busy}}
	case 17:
		return LegEnded{Leg: leg(), Cause: Cause{Reason: EndedByParticipant}}
	case 18:
		return ToneReceived{Leg: leg(), Tone: '5'}
	case 19:
		return rapid.SampledFrom([]Input{PlayerStarted{Operation: op()}, PlayerFinished{Operation: op()}, PlayerFailed{Operation: op(), Reason: PlayFormat}}).Draw(t, "player")
	}
	return TimerFired{Timer: TimerID(n("timer", max(1, int(w.call.state.LastTimer))))}
}

// watcher steps a call and holds every output against the promises.
type watcher struct {
	t         *rapid.T
	call      *Call
	contexts  int
	conns     int
	accepted  map[string]bool // contexts of accepted operations
	ended     map[string]int  // terminal events by context
	final     map[ConnectionID]bool
	timers    map[TimerID]bool
	legs      map[LegID]bool // legs that somebody must still end
	joined    map[LegID]bool
	isolated  map[LegID]bool
	players   map[OperationID]bool
	unclaimed map[LegID]bool
}

func newWatcher(t *rapid.T) *watcher {
	return &watcher{t: t, call: New(testCall), accepted: map[string]bool{}, ended: map[string]int{}, final: map[ConnectionID]bool{},
		timers: map[TimerID]bool{}, legs: map[LegID]bool{}, joined: map[LegID]bool{}, isolated: map[LegID]bool{}, players: map[OperationID]bool{}, unclaimed: map[LegID]bool{}}
}

func (w *watcher) freshConnection() ConnectionID {
	w.conns++
	if w.conns == 1 {
		return testConn["c2"]
	}
	return ConnectionID(fmt.Sprintf("11111111-1111-4111-8111-%012d", w.conns))
}

func (w *watcher) give(in Input) {
	if !w.possible(in) {
		return
	}
	before := w.stored()
	twin := Restore(decode(w.t, before))
	out, err := w.call.Step(testStart, in)
	after := w.stored()
	w.twinAgrees(twin, in, out, err)
	if err != nil || !out.Changed {
		if string(before) != string(after) {
			w.t.Fatalf("%s changed the call though err=%v and nothing follows:\n%s\n%s", show(in), err, before, after)
		}
	}
	if err != nil {
		return
	}
	w.note(in)
	w.events(in, out.Events)
	for _, e := range out.Effects {
		w.effect(e)
	}
}

// possible leaves out what the world cannot do: a timer fires only when it
// runs, a leg that is over says nothing.
func (w *watcher) possible(in Input) bool {
	switch in := in.(type) {
	case LegAnswered:
		return w.legs[in.Leg] && !w.unclaimed[in.Leg]
	case LegFailed:
		return w.legs[in.Leg] && !w.unclaimed[in.Leg]
	case LegEnded:
		return w.legs[in.Leg] && !w.unclaimed[in.Leg]
	case LegUnclaimed:
		p := w.call.participant(in.Leg)
		return w.legs[in.Leg] && !w.unclaimed[in.Leg] && p != nil && p.State == Invited
	}
	return true
}

func (w *watcher) stored() []byte {
	b, err := json.Marshal(w.call.State())
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func decode(t *rapid.T, b []byte) State {
	var s State
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// twinAgrees: a call made from the stored state does the same.
func (w *watcher) twinAgrees(twin *Call, in Input, out Output, err error) {
	again, againErr := twin.Step(testStart, in)
	if (err == nil) != (againErr == nil) || !reflect.DeepEqual(fmt.Sprint(shown(out)), fmt.Sprint(shown(again))) {
		w.t.Fatalf("%s does something else after a restore:\n%v %v\n%v %v", show(in), shown(out), err, shown(again), againErr)
	}
}

func shown(o Output) (s []string) {
	for _, e := range o.Events {
		s = append(s, show(e))
	}
	for _, e := range o.Effects {
		s = append(s, fmt.Sprintf("%T", e))
	}
	return s
}

func (w *watcher) note(in Input) {
	switch in := in.(type) {
	case CreateCall:
		w.accepted[in.Context] = true
	case AnswerCall:
		w.accepted[in.Context] = true
	case AddParticipant:
		w.accepted[in.Operation.Context] = true
	case RemoveParticipant:
		w.accepted[in.Operation.Context] = true
	case Play:
		w.accepted[in.Operation.Context] = true
	case Recognize:
		w.accepted[in.Operation.Context] = true
	case LegArrived:
		w.legs[in.Leg] = true
	case LegFailed:
		delete(w.legs, in.Leg)
	case LegEnded:
		delete(w.legs, in.Leg)
	case LegUnclaimed:
		w.unclaimed[in.Leg] = true
		delete(w.legs, in.Leg)
	case TimerFired:
		delete(w.timers, in.Timer)
	}
}

func (w *watcher) events(in Input, events []Event) {
	finalBefore := map[ConnectionID]bool{}
	for id := range w.final {
		finalBefore[id] = true
	}
	for i, e := range events {
		e, ok := e.(ForConnection)
		if !ok {
			continue
		}
		to := e.To()
		if finalBefore[to.Connection] {
			w.t.Fatalf("after %s: %s follows the final event of its connection", show(in), show(e))
		}
		switch e.(type) {
		case CallDisconnected:
			w.final[to.Connection] = true
			for _, later := range events[i+1:] {
				if l, ok := later.(ForConnection); ok && l.To().Connection == to.Connection {
					w.t.Fatalf("after %s: %s follows CallDisconnected", show(in), show(later))
				}
			}
		case CreateCallFailed, AnswerFailed:
			w.final[to.Connection] = true
			w.ended[to.Context]++
		case CallConnected, AddParticipantSucceeded, AddParticipantFailed, RemoveParticipantSucceeded,
			PlayCompleted, PlayFailed, PlayCanceled, RecognizeCompleted, RecognizeFailed, RecognizeCanceled:
			w.ended[to.Context]++
		}
	}
}

func (w *watcher) effect(e Effect) {
	switch e := e.(type) {
	case Dial:
		w.legs[e.Leg] = true
	case HangUp:
		delete(w.legs, e.Leg)
	case RejectLeg:
		delete(w.legs, e.Leg)
	case Join:
		w.joined[e.Leg] = true
	case Leave:
		if !w.joined[e.Leg] {
			w.t.Fatalf("%s left without having joined", e.Leg)
		}
		delete(w.joined, e.Leg)
		delete(w.isolated, e.Leg)
	case Isolate:
		if e.Isolated == w.isolated[e.Leg] {
			w.t.Fatalf("isolated twice: %s", show(e))
		}
		if w.isolated[e.Leg] = e.Isolated; !e.Isolated {
			delete(w.isolated, e.Leg)
		}
	case StartPlayer:
		w.players[e.Operation] = true
	case StopPlayer:
		delete(w.players, e.Operation)
	case StartTimer:
		w.timers[e.Timer] = true
	case StopTimer:
		delete(w.timers, e.Timer)
	case Close:
		clear(w.joined)
	}
}

// allQuiet: after its end a call has nothing open.
func (w *watcher) allQuiet() {
	if !w.call.Over() {
		w.t.Fatal("the call goes on after its node was lost")
	}
	if len(w.timers)+len(w.legs)+len(w.joined) > 0 {
		w.t.Fatalf("left behind: timers %v, legs %v, joined %v", w.timers, w.legs, w.joined)
	}
	for context := range w.accepted {
		if w.ended[context] != 1 {
			w.t.Fatalf("operation %q ended %d times", context, w.ended[context])
		}
	}
}

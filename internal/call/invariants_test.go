package call_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"strowger/internal/call"
	"strowger/internal/call/calltest"
)

// Any order of commands, signals and timers keeps what the package promises,
// and a call that is restored on the way goes on as if it had not been.
func TestAnyOrderOfInputsKeepsThePromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWatcher(t)
		d := dice{t, w}
		w.give(d.opening())
		for range rapid.IntRange(0, 60).Draw(t, "inputs") {
			if d.seldom("restore") {
				w.restore()
			}
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "seconds")) * time.Second)
			w.give(d.input())
		}
		w.give(call.NodeRestarted{})
		w.allQuiet()
	})
}

// watcher steps a call and holds every output against the promises.
type watcher struct {
	t         *rapid.T
	call      *call.Call
	twin      *call.Call // restored at some step, it does the same to the end
	now       time.Time
	contexts  int
	conns     int
	accepted  map[string]bool            // contexts of accepted operations
	ended     map[string]int             // terminal events by context
	begun     map[call.ConnectionID]bool // had an event
	connected map[call.ConnectionID]bool
	final     map[call.ConnectionID]bool
	timers    map[call.TimerID]call.Timer // all that ever ran
	lastTimer call.TimerID
	legs      map[call.LegID]bool // legs that somebody must still end
	joined    map[call.LegID]bool
	isolated  map[call.LegID]bool
	players   map[call.OperationID]bool
	prepared  map[call.OperationID]bool // players that are made ready
	unclaimed map[call.LegID]bool
	recorders map[call.RecordingID]bool        // that run
	files     map[call.RecordingID]int         // told, by recording
	grouped   map[call.LegID]call.Groups       // what was said last of who is joined; not there: the default group
	playsTo   map[call.OperationID]call.Groups // what was said last of who plays to groups
	offered   map[call.LegID]bool              // to another call
	handed    map[call.LegID]bool              // over to it
	owed      bool                             // another call is to hear whether somebody comes
	streams   map[call.ConnectionID]int        // their runs
	scripts   map[call.ConnectionID]int        // the runs of transcripts
	detected  map[call.LegID]int               // how many events of a detection are owed
	ears      map[call.OperationID]bool        // that are open
	usage     ledger
}

func newWatcher(t *rapid.T) *watcher {
	return &watcher{t: t, call: call.New(calltest.Call), now: calltest.Start, accepted: map[string]bool{}, ended: map[string]int{}, final: map[call.ConnectionID]bool{},
		begun: map[call.ConnectionID]bool{}, connected: map[call.ConnectionID]bool{},
		timers: map[call.TimerID]call.Timer{}, legs: map[call.LegID]bool{}, joined: map[call.LegID]bool{}, isolated: map[call.LegID]bool{}, players: map[call.OperationID]bool{}, prepared: map[call.OperationID]bool{}, unclaimed: map[call.LegID]bool{},
		grouped: map[call.LegID]call.Groups{}, playsTo: map[call.OperationID]call.Groups{}, offered: map[call.LegID]bool{}, handed: map[call.LegID]bool{}, recorders: map[call.RecordingID]bool{}, files: map[call.RecordingID]int{}, streams: map[call.ConnectionID]int{}, scripts: map[call.ConnectionID]int{}, detected: map[call.LegID]int{}, ears: map[call.OperationID]bool{}, usage: newLedger()}
}

func (w *watcher) freshConnection() call.ConnectionID {
	w.conns++
	if w.conns == 1 {
		return calltest.Connection("c2")
	}
	return call.ConnectionID(fmt.Sprintf("11111111-1111-4111-8111-%012d", w.conns))
}

func (w *watcher) give(in call.Input) {
	if !w.possible(in) {
		return
	}
	before := w.stored()
	out, err := w.call.Step(w.now, in)
	after := w.stored()
	w.twinAgrees(in, out, err)
	if err != nil || !out.Changed {
		if string(before) != string(after) {
			w.t.Fatalf("%s changed the call though err=%v and nothing follows:\n%s\n%s", calltest.Show(in), err, before, after)
		}
	}
	if err != nil {
		return
	}
	w.note(in)
	w.usage.note(w.t, w.now, w.call.State(), out.Usage)
	w.events(in, out.Events)
	for _, e := range out.Effects {
		w.effect(e)
	}
	w.timersHaveOwners(in)
	w.groupsAreHeard(in)
	w.playersHaveOwners(in)
	w.earsHaveOwners(in)
}

// earsHaveOwners: an ear is open for each recognition that hears a voice, and for
// nothing else.
func (w *watcher) earsHaveOwners(in call.Input) {
	owners := map[call.OperationID]bool{}
	for _, op := range w.call.State().Media {
		if op.Recognition != nil && op.Recognition.Hearing {
			owners[op.ID] = true
		}
	}
	if !maps.Equal(owners, w.ears) {
		w.t.Fatalf("after %s ears %v are open, for %v", calltest.Show(in), w.ears, owners)
	}
}

// playersHaveOwners: a player runs for each operation and each transferee that the
// call thinks it does, and for nothing else.
func (w *watcher) playersHaveOwners(in call.Input) {
	owners, next := map[call.OperationID]bool{}, map[call.OperationID]bool{}
	for _, op := range w.call.State().Media {
		if op.Playing {
			owners[op.ID] = true
		}
		if op.Prepared {
			next[op.ID] = true
		}
	}
	for _, p := range w.call.State().Participants {
		if p.Ringback != 0 {
			owners[p.Ringback] = true
		}
	}
	if !maps.Equal(owners, w.players) || !maps.Equal(next, w.prepared) {
		w.t.Fatalf("after %s players %v run, for %v, and %v are ready, for %v", calltest.Show(in), w.players, owners, w.prepared, next)
	}
}

// timersHaveOwners: a timer runs for something that is there, keeps the time at
// which it is due, and has a number that no other ever had.
func (w *watcher) timersHaveOwners(in call.Input) {
	s := w.call.State()
	for _, t := range s.Timers {
		if !owned(s, t) {
			w.t.Fatalf("after %s a timer runs for nothing: %+v", calltest.Show(in), t)
		}
		first, ran := w.timers[t.ID]
		if ran && first != t || !ran && t.ID <= w.lastTimer {
			w.t.Fatalf("after %s timer %+v has the number of %+v", calltest.Show(in), t, first)
		}
		w.timers[t.ID] = t
	}
	w.lastTimer = s.LastTimer
}

// groupsAreHeard: what was asked of the sound is what the state says of who hears
// whom, and nobody is in a group who is not in the call.
func (w *watcher) groupsAreHeard(in call.Input) {
	s := w.call.State()
	want, played := map[call.LegID]call.Groups{}, map[call.ConnectionID]call.Groups{}
	for _, p := range s.Participants {
		if want[p.Leg] = call.DefaultGroup; p.Apart != "" {
			want[p.Leg] = 0
		}
		if p.Apart != "" && !seated(s, p.Apart) {
			w.t.Fatalf("after %s %s is apart for a connection that is not there: %s", calltest.Show(in), p.Leg, p.Apart)
		}
	}
	for i, g := range s.AudioGroups {
		if !seated(s, g.Connection) || g.Number < 1 || slices.ContainsFunc(s.AudioGroups[:i], func(o call.AudioGroup) bool { return o.Number == g.Number }) {
			w.t.Fatalf("after %s there is %+v", calltest.Show(in), g)
		}
		played[g.Connection] |= 1 << g.Number
		for _, leg := range g.Legs {
			if !w.joined[leg] {
				w.t.Fatalf("after %s %s is in %+v and not in the call", calltest.Show(in), leg, g)
			}
			want[leg] |= 1 << g.Number
		}
	}
	for leg := range w.joined {
		got, ok := w.grouped[leg]
		if !ok {
			got = call.DefaultGroup
		}
		if got != want[leg] || (got == 0) != heldApart(s, leg) {
			w.t.Fatalf("after %s %s is in %v, want %v", calltest.Show(in), leg, got, want[leg])
		}
	}
	for _, op := range s.Media {
		if op.Playing && len(op.To) == 0 && w.playsTo[op.ID] != played[op.Recipient.Connection] {
			w.t.Fatalf("after %s %v hear operation %d", calltest.Show(in), w.playsTo[op.ID], op.ID)
		}
	}
}

func seated(s call.State, id call.ConnectionID) bool {
	return slices.ContainsFunc(s.Connections, func(c call.Connection) bool { return c.ID == id && c.State != call.Disconnected })
}

func heldApart(s call.State, leg call.LegID) bool {
	return slices.ContainsFunc(s.Participants, func(p call.Participant) bool {
		return p.Leg == leg && slices.ContainsFunc(p.Holds, func(h call.Hold) bool { return h.Reason == call.HeldApart })
	})
}

func owned(s call.State, t call.Timer) bool {
	switch t.Purpose {
	case call.RingTimer:
		return slices.ContainsFunc(s.Participants, func(p call.Participant) bool {
			return p.Leg == t.Leg && (p.State == call.Invited || p.State == call.Moving)
		})
	case call.ReferTimer:
		return slices.ContainsFunc(s.Participants, func(p call.Participant) bool { return p.Leg == t.Leg && p.Referral != nil })
	case call.MachineTimer:
		return slices.ContainsFunc(s.Participants, func(p call.Participant) bool {
			return p.Leg == t.Leg && (p.Detection == call.DetectingAnswerer || p.Detection == call.DetectingGreeting)
		})
	case call.ReferrerTimer:
		return slices.ContainsFunc(s.Participants, func(p call.Participant) bool { return p.Leg == t.Leg && p.State == call.Joined })
	case call.IncomingTimer:
		return slices.ContainsFunc(s.Incoming, func(in call.Incoming) bool { return in.ID == t.Incoming })
	case call.MediaTimer:
		return slices.ContainsFunc(s.Media, func(op call.MediaOperation) bool { return op.ID == t.Operation })
	}
	return false
}

// restore makes a twin from what is stored, in place of an older one.
func (w *watcher) restore() { w.twin = call.Restore(decode(w.t, w.stored())) }

// possible leaves out what the world cannot do: a timer fires only when it
// runs, a leg that is over says nothing.
func (w *watcher) possible(in call.Input) bool {
	switch in := in.(type) {
	case call.LegAnswered:
		return w.legs[in.Leg] && !w.unclaimed[in.Leg]
	case call.LegFailed:
		return w.legs[in.Leg] && !w.unclaimed[in.Leg]
	case call.LegEnded:
		return w.legs[in.Leg] && !w.unclaimed[in.Leg]
	case call.LegUnclaimed:
		return w.legs[in.Leg] && !w.unclaimed[in.Leg] && w.dialling(in.Leg)
	case call.PlayerFinished:
		return w.players[in.Operation] && !w.ringback(in.Operation)
	case call.PlayerFailed:
		return w.players[in.Operation] && !w.ringback(in.Operation)
	case call.LegArrived:
		return w.call.State().Step == 0
	case call.RecordingFinished: // it comes last
		return !w.recorders[in.Recording]
	case call.HandedOver:
		return w.offered[in.Leg]
	case call.Kept:
		return w.offered[in.Leg]
	}
	return true
}

// ringback reports whether a player plays what begins again and again, and is always there.
func (w *watcher) ringback(id call.OperationID) bool {
	return slices.ContainsFunc(w.call.State().Participants, func(p call.Participant) bool { return p.Ringback == id })
}

func (w *watcher) dialling(leg call.LegID) bool {
	return slices.ContainsFunc(w.call.State().Participants, func(p call.Participant) bool { return p.Leg == leg && p.State == call.Invited })
}

func (w *watcher) stored() []byte { return stored(w.t, w.call) }

func stored(t *rapid.T, c *call.Call) []byte {
	b, err := json.Marshal(c.State())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decode(t *rapid.T, b []byte) call.State {
	var s call.State
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// twinAgrees: a call that was made from a stored state does the same.
func (w *watcher) twinAgrees(in call.Input, out call.Output, err error) {
	if w.twin == nil {
		return
	}
	want, got := follows(out, err), follows(w.twin.Step(w.now, in))
	if !slices.Equal(want, got) {
		w.t.Fatalf("after a restore %s does something else:\n%v\nin place of\n%v", calltest.Show(in), got, want)
	}
	if want, got := w.stored(), stored(w.t, w.twin); string(want) != string(got) {
		w.t.Fatalf("after a restore %s leads somewhere else:\n%s\nin place of\n%s", calltest.Show(in), got, want)
	}
}

func (w *watcher) note(in call.Input) {
	switch in := in.(type) {
	case call.CreateCall:
		w.accepted[in.Context] = true
	case call.StreamFailed:
		if w.streams[in.Connection] == in.Run {
			delete(w.streams, in.Connection)
		}
	case call.TranscriptFailed:
		if w.scripts[in.Connection] == in.Run {
			delete(w.scripts, in.Connection)
		}
	case call.AnswerCall:
		w.accepted[in.Context] = true
	case call.ConnectCall:
		w.accepted[in.Context] = true
	case call.AddParticipant:
		w.accepted[in.Operation.Context] = true
	case call.RemoveParticipant:
		w.accepted[in.Operation.Context] = true
	case call.Transfer:
		w.accepted[in.Operation.Context] = true
	case call.Play:
		w.accepted[in.Operation.Context] = true
	case call.Recognize:
		w.accepted[in.Operation.Context] = true
	case call.SendTones:
		w.accepted[in.Operation.Context] = true
	case call.CancelAdd:
		w.accepted[in.Operation.Context] = true
	case call.MoveHere:
		w.accepted[in.Operation.Context] = true
	case call.OpenOnward:
		w.owed = true
	case call.PlayerFinished:
		delete(w.players, in.Operation)
	case call.PlayerFailed:
		delete(w.players, in.Operation)
	case call.HandedOver:
		w.handedOver(in.Leg)
	case call.Kept:
		delete(w.offered, in.Leg)
	case call.LegArrived:
		w.legs[in.Leg] = true
	case call.LegFailed:
		delete(w.legs, in.Leg)
	case call.LegEnded:
		delete(w.legs, in.Leg)
	case call.RecorderFailed:
		delete(w.recorders, in.Recording)
	case call.LegUnclaimed:
		w.unclaimed[in.Leg] = true
		delete(w.legs, in.Leg)
	}
}

// handedOver: a leg that another call has is not this one's to end.
func (w *watcher) handedOver(leg call.LegID) {
	if !w.legs[leg] {
		return // it has ended
	}
	w.handed[leg] = true
	delete(w.legs, leg)
	delete(w.offered, leg)
}

func (w *watcher) events(in call.Input, events []call.Event) {
	finalBefore := map[call.ConnectionID]bool{}
	for id := range w.final {
		finalBefore[id] = true
	}
	for i, e := range events {
		if e, ok := e.(call.RecordingFileReady); ok {
			if w.files[e.Recording]++; w.files[e.Recording] > 1 || w.recorders[e.Recording] {
				w.t.Fatalf("after %s: a file is told twice, or while it is being made: %s", calltest.Show(in), calltest.Show(e))
			}
		}
		w.detection(in, e)
		e, ok := e.(call.ForRecipient)
		if !ok {
			continue
		}
		to := e.To()
		if finalBefore[to.Connection] {
			w.t.Fatalf("after %s: %s follows the final event of its connection", calltest.Show(in), calltest.Show(e))
		}
		w.begin(in, e, to.Connection)
		switch e := e.(type) {
		case call.CallConnecting:
		case call.CallDisconnecting:
			if d, ok := events[i+1].(call.CallDisconnected); !ok || d.Connection != to.Connection {
				w.t.Fatalf("after %s: %s is followed by %s", calltest.Show(in), calltest.Show(e), calltest.Show(events[i+1]))
			}
		case call.CallDisconnected:
			if !w.final[to.Connection] && !w.connected[to.Connection] {
				w.ended[to.Context]++ // it also tells that the connection did not come about
			}
			w.final[to.Connection] = true
			for _, later := range events[i+1:] {
				if l, ok := later.(call.ForRecipient); ok && l.To().Connection == to.Connection {
					w.t.Fatalf("after %s: %s follows CallDisconnected", calltest.Show(in), calltest.Show(later))
				}
			}
		case call.CreateCallFailed, call.AnswerFailed:
			w.final[to.Connection] = true
			w.ended[to.Context]++
		case call.CallConnected, call.AddParticipantSucceeded, call.AddParticipantFailed, call.RemoveParticipantSucceeded,
			call.PlayCompleted, call.PlayFailed, call.PlayCanceled, call.RecognizeCompleted, call.RecognizeFailed, call.RecognizeCanceled,
			call.CallTransferAccepted, call.CallTransferFailed, call.SendTonesCompleted, call.SendTonesFailed, call.CancelAddFailed,
			call.MoveParticipantSucceeded, call.MoveParticipantFailed:
			w.ended[to.Context]++
		case call.CancelAddSucceeded: // it ends two: an invitation is named by its context here
			w.ended[to.Context]++
			w.ended[e.InvitationID]++
		}
	}
}

// Whoever answers is judged once and, when it is a machine, its greeting ends once. These
// are what is still owed; of whom nothing was said, both are.
const (
	verdictOwed = 2
	endOwed     = 1
)

func (w *watcher) detection(in call.Input, e call.Event) {
	switch e := e.(type) {
	case call.AnsweringMachineDetected:
		owed, asked := w.detected[e.Leg]
		if asked && owed != verdictOwed {
			w.t.Fatalf("after %s: who has answered is told twice: %s", calltest.Show(in), calltest.Show(e))
		}
		w.detected[e.Leg] = 0
		if e.Answerer == call.AnsweredByMachine {
			w.detected[e.Leg] = endOwed
		}
	case call.MachineGreetingEnded:
		if w.detected[e.Leg] != endOwed {
			w.t.Fatalf("after %s: a greeting has ended that nobody heard: %s", calltest.Show(in), calltest.Show(e))
		}
		w.detected[e.Leg] = 0
	}
}

// begin: a connection is told first that it is connecting, when it is told of that.
func (w *watcher) begin(in call.Input, e call.ForRecipient, id call.ConnectionID) {
	switch e.(type) {
	case call.CallConnecting:
		if w.begun[id] {
			w.t.Fatalf("after %s: %s is not the first event", calltest.Show(in), calltest.Show(e))
		}
	case call.CallConnected:
		w.connected[id] = true
	}
	w.begun[id] = true
}

func (w *watcher) effect(e call.Effect) {
	switch e := e.(type) {
	case call.Dial:
		w.legs[e.Leg] = true
	case call.HangUp:
		if w.handed[e.Leg] {
			w.t.Fatalf("a leg is hung up that is not of this call: %s", calltest.Show(e))
		}
		if w.offered[e.Leg] && e.Reason != call.NodeLost && e.Reason != call.ShutDown {
			w.t.Fatalf("a leg is hung up that may be of another call: %s", calltest.Show(e))
		}
		delete(w.legs, e.Leg)
	case call.Give:
		w.offered[e.Leg] = true
	case call.Readdress:
		w.legs[e.Leg] = true
		if e.Leg.Number() == 1 {
			w.owed = false // it has come
		}
	case call.TellCall:
		w.told(e)
	case call.RejectLeg:
		delete(w.legs, e.Leg)
	case call.Join:
		w.joined[e.Leg] = true
	case call.Leave:
		if !w.joined[e.Leg] {
			w.t.Fatalf("%s left without having joined", e.Leg)
		}
		delete(w.joined, e.Leg)
		delete(w.isolated, e.Leg)
		delete(w.grouped, e.Leg)
	case call.Regroup:
		if !w.joined[e.Leg] {
			w.t.Fatalf("groups are said of who is not joined: %s", calltest.Show(e))
		}
		w.grouped[e.Leg] = e.Groups
	case call.Isolate:
		if e.Isolated == w.isolated[e.Leg] {
			w.t.Fatalf("isolated twice: %s", calltest.Show(e))
		}
		if w.isolated[e.Leg] = e.Isolated; !e.Isolated {
			delete(w.isolated, e.Leg)
		}
	case call.Close:
		clear(w.joined)
		clear(w.players)
		clear(w.prepared)
	default:
		w.machine(e)
	}
}

// machine is what an effect means to players and recorders.
func (w *watcher) machine(e call.Effect) {
	switch e := e.(type) {
	case call.RegroupPlayer:
		if !w.players[e.Operation] {
			w.t.Fatalf("groups are said of what is not played: %s", calltest.Show(e))
		}
		w.playsTo[e.Operation] = e.Groups
	case call.PreparePlayer:
		if w.players[e.Operation] || w.prepared[e.Operation] {
			w.t.Fatalf("it is there already: %s", calltest.Show(e))
		}
		w.prepared[e.Operation] = true
	case call.StartPlayer:
		w.players[e.Operation] = true
		delete(w.prepared, e.Operation)
		w.playsTo[e.Operation] = e.Groups
	case call.StopPlayer:
		delete(w.players, e.Operation)
		delete(w.prepared, e.Operation)
	case call.OpenEar:
		if w.ears[e.Operation] || !w.joined[e.Leg] {
			w.t.Fatalf("an ear is opened twice, or of who is not in the call: %s", calltest.Show(e))
		}
		w.ears[e.Operation] = true
	case call.CloseEar:
		delete(w.ears, e.Operation)
	case call.StartRecorder:
		if len(w.recorders) > 0 {
			w.t.Fatalf("two recorders run: %s", calltest.Show(e))
		}
		w.recorders[e.Recording] = true
	case call.StopRecorder:
		delete(w.recorders, e.Recording)
	case call.DetectMachine:
		if _, before := w.detected[e.Leg]; before || !w.joined[e.Leg] {
			w.t.Fatalf("a machine is looked for twice, or where nobody is: %s", calltest.Show(e))
		}
		w.detected[e.Leg] = verdictOwed
	case call.StopDetecting:
		if !w.joined[e.Leg] {
			w.t.Fatalf("a machine is looked for no more where nobody is: %s", calltest.Show(e))
		}
	case call.OpenStream:
		if w.streams[e.Connection] != 0 {
			w.t.Fatalf("a stream is opened twice: %s", calltest.Show(e))
		}
		w.streams[e.Connection] = e.Run
	case call.CloseStream:
		if w.streams[e.Connection] == 0 {
			w.t.Fatalf("a stream is closed that is not open: %s", calltest.Show(e))
		}
		delete(w.streams, e.Connection)
	case call.StreamTone:
		if w.streams[e.Connection] == 0 {
			w.t.Fatalf("a key goes to a stream that is not open: %s", calltest.Show(e))
		}
	case call.OpenTranscript, call.SwitchTranscript, call.CloseTranscript:
		w.written(e)
	}
}

// written: a transcript is opened and closed in turn, and changed in between.
func (w *watcher) written(e call.Effect) {
	switch e := e.(type) {
	case call.OpenTranscript:
		if w.scripts[e.Connection] != 0 || e.Language == "" {
			w.t.Fatalf("a transcript is opened twice, or in no language: %s", calltest.Show(e))
		}
		w.scripts[e.Connection] = e.Run
	case call.SwitchTranscript:
		if w.scripts[e.Connection] == 0 {
			w.t.Fatalf("a transcript is changed that is not open: %s", calltest.Show(e))
		}
	case call.CloseTranscript:
		if w.scripts[e.Connection] == 0 {
			w.t.Fatalf("a transcript is closed that is not open: %s", calltest.Show(e))
		}
		delete(w.scripts, e.Connection)
	}
}

// told: the earlier call hears once that somebody who was awaited does not come.
func (w *watcher) told(e call.TellCall) {
	if _, ok := e.What.(call.NotTransferred); !ok {
		return
	}
	if !w.owed {
		w.t.Fatalf("another call is told twice, or of somebody who has come: %s", calltest.Show(e))
	}
	w.owed = false
}

// allQuiet: after its end a call has nothing open.
func (w *watcher) allQuiet() {
	if !w.call.Over() {
		w.t.Fatal("the call goes on after its node was lost")
	}
	w.usage.complete(w.t)
	if timers := w.call.State().Timers; len(timers)+len(w.legs)+len(w.joined)+len(w.recorders)+len(w.streams)+len(w.scripts) > 0 {
		w.t.Fatalf("left behind: timers %v, legs %v, joined %v, recorders %v, streams %v, transcripts %v", timers, w.legs, w.joined, w.recorders, w.streams, w.scripts)
	}
	if w.owed {
		w.t.Fatal("another call was not told that somebody does not come")
	}
	for leg, owed := range w.detected {
		if owed != 0 {
			w.t.Fatalf("who has answered on %s, or that its greeting has ended, was not told: %d", leg, owed)
		}
	}
	for context := range w.accepted {
		if w.ended[context] != 1 {
			w.t.Fatalf("operation %q ended %d times", context, w.ended[context])
		}
	}
}

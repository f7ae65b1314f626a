package call_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"strowger/internal/call"
	"strowger/internal/call/calltest"
)

// draw makes inputs of one type.
type draw struct {
	weight int // how often it is drawn, against the others
	make   func(d dice) call.Input
}

// draws has every type of input: TestEveryInputIsDrawn asks for it.
var draws = []draw{
	{1, func(d dice) call.Input {
		return call.CreateCall{Call: calltest.Call, Connection: calltest.Connection("c1"), App: d.app(), Context: d.operation().Context, Source: "8:acs:r_me", Stream: d.stream(), Transcript: d.transcript(), Detect: d.yes("detect"),
			Targets: rapid.SampledFrom([][]call.Address{{"8:acs:r_a"}, {"4:+1"}, {"8:acs:r_a", "4:+1", "8:acs:r_b"}}).Draw(d.T, "targets")}
	}},
	{1, func(d dice) call.Input {
		return call.LegArrived{Call: calltest.Call, Leg: call.NewLegID(calltest.Call, 1), From: "8:acs:r_c", To: "8:acs:r_d",
			Publish: d.yes("publish"), Dial: d.yes("dial")}
	}},
	{1, func(d dice) call.Input {
		return call.OpenOnward{Call: calltest.Call, From: calltest.Connection("d1"), Leg: call.NewLegID(calltest.Other, 1), Transferee: "8:acs:r_a", Target: "4:+1"}
	}},
	{10, func(d dice) call.Input {
		return call.AnswerCall{Incoming: d.incoming(), Connection: d.watcher.freshConnection(), App: d.app(), Context: d.operation().Context, Stream: d.stream(), Transcript: d.transcript()}
	}},
	{10, func(d dice) call.Input { return call.RedirectCall{Incoming: d.incoming(), Target: d.who()} }},
	{10, func(d dice) call.Input {
		return call.RejectCall{Incoming: d.incoming(), Reason: call.RejectBusy}
	}},
	{5, func(d dice) call.Input {
		in := d.groupJoin()
		if d.yes("group") {
			in.Group = ""
		}
		return in
	}},
	{5, func(d dice) call.Input { return call.HangUpCall{Connection: d.connection()} }},
	{1, func(d dice) call.Input { return call.TerminateCall{Connection: d.connection()} }},
	{10, func(d dice) call.Input {
		op := d.operation()
		return call.AddParticipant{Connection: d.connection(), Participant: d.who(), Operation: op, InvitationID: op.Context, Detect: d.yes("detect"),
			RingTimeout: rapid.SampledFrom([]time.Duration{0, time.Second, time.Minute}).Draw(d.T, "ring")}
	}},
	{10, func(d dice) call.Input {
		r := call.RemoveParticipant{Connection: d.connection(), Participant: d.who(), Operation: d.operation()}
		if d.yes("by id") {
			r.Participant, r.ID = "", d.leg().ParticipantID()
		}
		return r
	}},
	{10, func(d dice) call.Input {
		transferee := rapid.SampledFrom([]call.Address{"", "", d.who()}).Draw(d.T, "transferee")
		return call.Transfer{Connection: d.connection(), Target: d.who(), Transferee: transferee, Onward: calltest.Other, Operation: d.operation()}
	}},
	{30, func(d dice) call.Input {
		p := call.Play{Connection: d.connection(), Operation: d.operation(), Sources: []call.PlaySource{{File: "f"}}, Interrupt: d.seldom("interrupt")}
		if d.seldom("words") {
			p.Sources = append(p.Sources, call.PlaySource{Speech: &call.Speech{Text: "words", Language: "en-US"}})
		}
		if d.seldom("apart") {
			p.To = []call.Address{d.who()}
		}
		return p
	}},
	{10, func(d dice) call.Input {
		return call.Recognize{Connection: d.connection(), Operation: d.operation(), Participant: d.who(), MaxTones: 2, InterTone: time.Second,
			InitialSilence: time.Second, KeyInterrupts: true, Interrupt: d.seldom("interrupt"), StopTones: []call.Tone{'#'},
			Prompt:  rapid.SampledFrom([][]call.PlaySource{nil, {{File: "f"}}}).Draw(d.T, "prompt"),
			Choices: rapid.SampledFrom([][]call.Choice{nil, {{Label: "yes", Tone: '5', Phrases: []string{"yes"}}}}).Draw(d.T, "choices"),
			Voice:   rapid.SampledFrom([]*call.Voice{nil, {Language: "en-US"}, {Language: "en-US", Only: true}}).Draw(d.T, "voice")}
	}},
	{10, func(d dice) call.Input { return call.VoiceBegan{Operation: d.media()} }},
	{10, func(d dice) call.Input {
		return call.SpeechHeard{Operation: d.media(), Text: rapid.SampledFrom([]string{"", "yes"}).Draw(d.T, "text"), Choice: rapid.SampledFrom([]string{"", "yes"}).Draw(d.T, "choice")}
	}},
	{5, func(d dice) call.Input { return call.EarFailed{Operation: d.media(), Reason: call.HearingFailed} }},
	{10, func(d dice) call.Input {
		return call.SendTones{Connection: d.connection(), Operation: d.operation(), Participant: d.who(), Tones: []call.Tone("12")}
	}},
	{5, func(d dice) call.Input { return call.TonesSent{Operation: d.media()} }},
	{5, func(d dice) call.Input { return call.TonesFailed{Operation: d.media(), Reason: call.TonesNotTaken} }},
	{10, func(d dice) call.Input {
		return call.StartListening{Connection: d.connection(), Operation: d.operation(), Participant: d.who()}
	}},
	{5, func(d dice) call.Input {
		return call.StopListening{Connection: d.connection(), Operation: d.operation(), Participant: d.who()}
	}},
	{10, func(d dice) call.Input {
		return call.HoldParticipant{Connection: d.connection(), Operation: d.operation(), Participant: d.who()}
	}},
	{5, func(d dice) call.Input {
		return call.UnholdParticipant{Connection: d.connection(), Operation: d.operation(), Participant: d.who()}
	}},
	{5, func(d dice) call.Input {
		return call.Mute{Connection: d.connection(), Operation: d.operation(), Participants: []call.Address{d.who()}, Anyone: d.yes("anyone")}
	}},
	{5, func(d dice) call.Input {
		return call.Unmute{Connection: d.connection(), Operation: d.operation(), Participants: []call.Address{d.who()}}
	}},
	{10, func(d dice) call.Input {
		return call.CreateAudioGroup{Connection: d.connection(), Group: d.group(), Mode: d.mode(), Targets: d.several()}
	}},
	{10, func(d dice) call.Input {
		return call.UpdateAudioGroup{Connection: d.connection(), Group: d.group(), Targets: d.several()}
	}},
	{5, func(d dice) call.Input { return call.DeleteAudioGroup{Connection: d.connection(), Group: d.group()} }},
	{10, func(d dice) call.Input {
		return call.LeaveDefaultGroup{Connection: d.connection(), Participant: d.who()}
	}},
	{5, func(d dice) call.Input {
		return call.JoinDefaultGroup{Connection: d.connection(), Participant: d.who()}
	}},
	{10, func(d dice) call.Input {
		return call.CancelAdd{Connection: d.connection(), Operation: d.operation(), InvitationID: d.invitation()}
	}},
	{10, func(d dice) call.Input {
		return call.StartRecording{Connection: d.connection(), App: call.Application{CallbackURI: d.operation().CallbackURI}, Paused: d.yes("paused")}
	}},
	{5, func(d dice) call.Input {
		return call.StartStreaming{Connection: d.connection(), Operation: d.operation()}
	}},
	{5, func(d dice) call.Input {
		return call.StopStreaming{Connection: d.connection(), Operation: d.operation()}
	}},
	{10, func(d dice) call.Input {
		return call.StreamOpened{Connection: d.connection(), Run: d.upTo("run", 2), Again: d.seldom("again")}
	}},
	{5, func(d dice) call.Input {
		return call.StreamFailed{Connection: d.connection(), Run: d.upTo("run", 2), Reason: call.StreamBroken}
	}},
	{5, func(d dice) call.Input {
		return call.StartTranscribing{Connection: d.connection(), Operation: d.operation(), Language: d.language()}
	}},
	{5, func(d dice) call.Input {
		return call.UpdateTranscribing{Connection: d.connection(), Operation: d.operation(), Language: d.language()}
	}},
	{5, func(d dice) call.Input {
		return call.StopTranscribing{Connection: d.connection(), Operation: d.operation()}
	}},
	{10, func(d dice) call.Input {
		return call.TranscriptOpened{Connection: d.connection(), Run: d.upTo("run", 2), Again: d.seldom("again")}
	}},
	{5, func(d dice) call.Input {
		return call.TranscriptFailed{Connection: d.connection(), Run: d.upTo("run", 2), Reason: call.HearingBusy}
	}},
	{10, func(d dice) call.Input {
		who := rapid.SampledFrom([]call.Answerer{call.AnsweredByHuman, call.AnsweredByMachine, call.AnsweredByMachine, call.AnsweredByFax}).Draw(d.T, "answerer")
		return call.AnswererHeard{Leg: d.leg(), Answerer: who, Confidence: 0.9}
	}},
	{5, func(d dice) call.Input { return call.GreetingHeard{Leg: d.leg(), End: call.EndedByBeep} }},
	{5, func(d dice) call.Input { return call.PauseRecording{Recording: d.recording()} }},
	{5, func(d dice) call.Input { return call.ResumeRecording{Recording: d.recording()} }},
	{5, func(d dice) call.Input { return call.StopRecording{Recording: d.recording()} }},
	{10, func(d dice) call.Input { return call.RecorderStarted{Recording: d.recording()} }},
	{2, func(d dice) call.Input { return call.RecorderFailed{Recording: d.recording(), Reason: call.NoSpace} }},
	{10, func(d dice) call.Input {
		return call.RecordingFinished{Recording: d.recording(), File: call.RecordedFile{Chunks: []call.RecordedChunk{{Document: "d"}}}}
	}},
	{10, func(d dice) call.Input {
		return call.MoveHere{Connection: d.connection(), Operation: d.operation(), Participants: []call.Address{d.who()}, From: calltest.Connection("d1")}
	}},
	{10, func(d dice) call.Input {
		return call.HandOver{Connection: d.connection(), Participant: d.who(), To: call.NewLegID(calltest.Other, 1)}
	}},
	{30, func(d dice) call.Input {
		return call.TakeIn{Leg: d.leg(), Was: call.NewLegID(calltest.Other, 1), Who: call.Moved{Address: d.who(), Dialog: &call.Dialog{CallID: "d"}}}
	}},
	{10, func(d dice) call.Input {
		return call.HandedOver{Leg: d.leg(), Referrer: rapid.SampledFrom([]call.LegID{"", d.leg()}).Draw(d.T, "referrer")}
	}},
	{10, func(d dice) call.Input {
		return call.Kept{Leg: d.leg(), Referrer: rapid.SampledFrom([]call.LegID{"", d.leg()}).Draw(d.T, "referrer")}
	}},
	{10, func(d dice) call.Input {
		return call.LegPutsThrough{Leg: d.leg(), Other: call.NewLegID(calltest.Other, 1)}
	}},
	{10, func(d dice) call.Input {
		return call.GiveOther{Leg: d.leg(), To: call.NewLegID(calltest.Other, 1)}
	}},
	{10, func(d dice) call.Input {
		return call.TakePlace{Leg: d.leg(), Was: call.NewLegID(calltest.Other, 2), Who: call.Moved{Address: d.who(), Dialog: &call.Dialog{CallID: "d"}}}
	}},
	{5, func(d dice) call.Input {
		return call.NotPutThrough{Leg: d.leg(), Cause: call.Cause{Reason: call.ParticipantAbsent}}
	}},
	{5, func(d dice) call.Input {
		return call.NotMoved{Leg: d.leg(), Cause: call.Cause{Reason: call.ParticipantAbsent}}
	}},
	{5, func(d dice) call.Input {
		return call.NotTransferred{Leg: d.leg(), There: call.NewLegID(calltest.Other, 1), Cause: call.Cause{Reason: call.Busy}}
	}},
	{10, func(d dice) call.Input {
		c := call.CancelMedia{Connection: d.connection(), Operation: d.operation()}
		if d.yes("one") {
			c.Named = d.named()
		}
		if d.seldom("for one") {
			c.Participant = d.who()
		}
		return c
	}},
	{10, func(d dice) call.Input { return call.LegRinging{Leg: d.leg()} }},
	{30, func(d dice) call.Input {
		return call.LegAnswered{Leg: d.leg(), Dialog: call.Dialog{CallID: "d"}, TakesRefer: d.yes("takes refer")}
	}},
	{5, func(d dice) call.Input {
		return call.LegReplaced{Leg: d.leg(), From: d.who(), TakesRefer: d.yes("takes refer")}
	}},
	{10, func(d dice) call.Input { return call.LegReferred{Leg: d.leg()} }},
	{5, func(d dice) call.Input { return call.LegNotReferred{Leg: d.leg()} }},
	{10, func(d dice) call.Input {
		return call.LegReferralEnded{Leg: d.leg(), Cause: call.Cause{Reason: rapid.SampledFrom([]call.Reason{call.Completed, call.Busy}).Draw(d.T, "reason")}}
	}},
	{10, func(d dice) call.Input { return call.LegRefers{Leg: d.leg(), To: d.who()} }},
	{10, func(d dice) call.Input { return call.LegUnclaimed{Leg: d.leg()} }},
	{10, func(d dice) call.Input {
		return call.LegFailed{Leg: d.leg(), Cause: call.Cause{Reason: call.Busy}}
	}},
	{10, func(d dice) call.Input {
		return call.LegEnded{Leg: d.leg(), Cause: call.Cause{Reason: call.EndedByParticipant}}
	}},
	{10, func(d dice) call.Input {
		return call.ToneReceived{Leg: d.leg(), Tone: rapid.SampledFrom([]call.Tone("5#")).Draw(d.T, "tone")}
	}},
	{5, func(d dice) call.Input { return call.PlayerStarted{Operation: d.media()} }},
	{5, func(d dice) call.Input { return call.PlayerFinished{Operation: d.media()} }},
	{5, func(d dice) call.Input { return call.PlayerFailed{Operation: d.media(), Reason: call.PlayFormat} }},
	{10, func(d dice) call.Input { return call.TimerFired{Timer: d.timer()} }},
	{1, func(d dice) call.Input { return call.NodeRestarted{} }},
	{1, func(d dice) call.Input { return call.NodeStopping{} }},
	{1, func(d dice) call.Input { return call.Outgrown{} }},
}

// dice draw what inputs are made of.
type dice struct {
	*rapid.T
	watcher *watcher
}

// input draws one of any type.
func (d dice) input() call.Input {
	all := 0
	for _, row := range draws {
		all += row.weight
	}
	n := rapid.IntRange(0, all-1).Draw(d.T, "input")
	for _, row := range draws {
		if n -= row.weight; n < 0 {
			return row.make(d)
		}
	}
	panic("unreachable: the weights add up to all")
}

// opening draws one of those that begin a call.
func (d dice) opening() call.Input {
	if n := rapid.IntRange(0, 3).Draw(d.T, "opening"); n < 3 {
		return draws[n].make(d)
	}
	return d.groupJoin()
}

func (d dice) groupJoin() call.ConnectCall {
	return call.ConnectCall{Connection: d.watcher.freshConnection(), App: d.app(), Context: d.operation().Context, Source: d.who(), Group: calltest.Group, Transcript: d.transcript()}
}

func (d dice) state() call.State { return d.watcher.call.State() }

func (d dice) upTo(name string, last int) int { return rapid.IntRange(1, max(1, last)).Draw(d.T, name) }

func (d dice) yes(name string) bool { return rapid.Bool().Draw(d.T, name) }

func (d dice) seldom(name string) bool { return rapid.IntRange(0, 4).Draw(d.T, name) == 0 }

func (d dice) leg() call.LegID { return call.NewLegID(d.state().ID, d.upTo("leg", d.state().LastLeg)) }

func (d dice) media() call.OperationID {
	return call.OperationID(d.upTo("media", int(d.state().LastOperation)))
}

// recording is one that is made or was made last, if there ever was one.
func (d dice) recording() call.RecordingID {
	ids := []call.RecordingID{"another"}
	if r := d.state().Recording; r != nil {
		ids = append(ids, r.ID, r.ID, r.ID)
	}
	for _, f := range d.state().AwaitedFiles {
		ids = append(ids, f.ID)
	}
	return rapid.SampledFrom(ids).Draw(d.T, "recording")
}

// named is mostly the name of a media operation that is there.
func (d dice) named() string {
	names := []string{"another"}
	for _, op := range d.state().Media {
		names = append(names, op.Recipient.Operation)
	}
	return rapid.SampledFrom(names).Draw(d.T, "named")
}

func (d dice) incoming() call.IncomingID {
	return call.IncomingID(d.upTo("incoming", int(d.state().LastIncoming)))
}

func (d dice) timer() call.TimerID { return call.TimerID(d.upTo("timer", int(d.state().LastTimer))) }

func (d dice) connection() call.ConnectionID {
	if d.seldom("out of call") {
		return ""
	}
	return calltest.Connection(rapid.SampledFrom([]string{"c1", "c2"}).Draw(d.T, "connection"))
}

// invitation is mostly one that is there.
func (d dice) invitation() string {
	var ids []string
	for _, p := range d.state().Participants {
		if p.Errand.InvitationID != "" {
			ids = append(ids, p.Errand.InvitationID)
		}
	}
	return rapid.SampledFrom(append(ids, "another")).Draw(d.T, "invitation")
}

// app is an application of one generation of the API or the other.
func (d dice) app() call.Application {
	if d.yes("hears of states") {
		return call.Application{Hears: call.Hears{States: true, Tones: d.yes("tones"), NoRoster: d.yes("no roster"), Seats: d.yes("seats")}}
	}
	return call.Application{}
}

func (d dice) stream() *call.StreamSpec {
	if d.seldom("no stream") {
		return nil
	}
	return &call.StreamSpec{URL: "ws://app", RateHz: 16000, Tones: d.yes("keys"), AtOnce: d.yes("at once")}
}

func (d dice) transcript() *call.TranscriptSpec {
	if d.seldom("no transcript") {
		return nil
	}
	return &call.TranscriptSpec{URL: "ws://app", Language: "en-US", AtOnce: d.yes("transcribed at once")}
}

func (d dice) language() string {
	return rapid.SampledFrom([]string{"", "en-GB", "de-DE"}).Draw(d.T, "language")
}

func (d dice) who() call.Address {
	return rapid.SampledFrom([]call.Address{"8:acs:r_a", "8:acs:r_b", "4:+1", "4:+2"}).Draw(d.T, "who")
}

func (d dice) several() []call.Address {
	return slices.Compact([]call.Address{d.who(), d.who()})
}

func (d dice) group() call.AudioGroupID {
	return rapid.SampledFrom([]call.AudioGroupID{"g1", "g2"}).Draw(d.T, "group")
}

func (d dice) mode() call.AudioMode {
	return rapid.SampledFrom([]call.AudioMode{call.OneToOne, call.Multicast}).Draw(d.T, "mode")
}

// operation has a context and a name that no other has.
func (d dice) operation() call.Operation {
	d.watcher.contexts++
	uri := rapid.SampledFrom([]string{"", "http://svc/1", "http://svc/2"}).Draw(d.T, "callback")
	return call.Operation{Context: fmt.Sprint("op", d.watcher.contexts), CallbackURI: uri, Named: fmt.Sprint("named", d.watcher.contexts)}
}

func TestEveryInputIsDrawn(t *testing.T) {
	var drawn []string
	rapid.Check(t, func(t *rapid.T) {
		drawn = nil
		for _, row := range draws {
			drawn = append(drawn, reflect.TypeOf(row.make(dice{t, newWatcher(t)})).Name())
		}
	})
	sameNames(t, "drawn by draws", drawn)
}

func TestEveryInputCanStandInAStory(t *testing.T) {
	var known []string
	for _, in := range calltest.Inputs() {
		known = append(known, reflect.TypeOf(in).Name())
	}
	sameNames(t, "in calltest.Inputs", known)
}

func sameNames(t *testing.T, where string, names []string) {
	t.Helper()
	declared := typesThatEmbed(t, typesThatHave(t, "input")...)
	for _, name := range declared {
		if !slices.Contains(names, name) {
			t.Errorf("call.%s is an input and is not %s", name, where)
		}
	}
	if len(names) != len(declared) {
		t.Errorf("%d types are %s, %d are inputs: %v", len(names), where, len(declared), declared)
	}
}

package journal_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
)

// A story is a call from its first input to its last. All of them together
// bring about every event and every kind of state.
type story struct {
	name   string
	inputs []call.Input
	since  int // the Major of the first form that has such calls; 0: the first of all
}

var (
	storyCall = callID(7)
	alice     = call.Address("8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01")
	bob       = call.Address("8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c02")
	bot       = call.Address("8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c03")
	phone     = call.Address("4:+14255550101")
	ours      = call.Address("4:+14255550100")
	headers   = map[string]string{"User-To-User": "56a390;encoding=hex"}
)

// someTime is for records that need one.
var someTime = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)

func storyConnection(n byte) call.ConnectionID {
	id, err := call.NewConnectionID(storyCall.Key(), [8]byte{n})
	if err != nil {
		panic(err)
	}
	return id
}

func application(path string) call.Application {
	return call.Application{CallbackURI: "https://app.example.com/" + path, Version: "2024-04-15"}
}

func leg(n int) call.LegID { return call.NewLegID(storyCall, n) }

func answered(n int) call.LegAnswered {
	return call.LegAnswered{Leg: leg(n), Name: "Name as dialled", Trunk: "carrier", Dialog: call.Dialog{
		CallID: "5a1c7a53@10.0.0.1", LocalTag: "a1b2", RemoteTag: "0f1e",
		LocalURI: "<sip:+14255550100@strowger.local>", RemoteURI: "<sip:+14255550101@carrier.example.com>",
		RemoteTarget: "sip:+14255550101@203.0.113.7:5060", RouteSet: []string{"<sip:proxy.example.com;lr>"},
		LocalCSeq: 2, RemoteCSeq: 3, Caller: true, Secure: true, Transport: "tls", RemoteAddr: "203.0.113.7:5061",
		Media: call.Media{
			LocalAddr: "10.0.0.1:20000", RemoteAddr: "203.0.113.7:30000", Codec: "PCMA", PayloadType: 8,
			EventPayloadType: 101, SSRC: 1 << 31, SDPSession: 1<<63 + 1, SDPVersion: 2,
		},
	}}
}

func arrived(from, to call.Address) call.LegArrived {
	return call.LegArrived{Call: storyCall, Leg: leg(1), From: from, FromName: "Caller", To: to, Publish: true,
		SIPHeaders: headers, VoIPHeaders: map[string]string{"X-MS-Custom-Order": "66"}}
}

func during(what string) call.Operation {
	return call.Operation{Context: what, CallbackURI: "https://app.example.com/" + what}
}

func once(id string) call.Repeatable { return call.Repeatable{RequestID: id} }

// onceAs has the digest of its request, from form 3 on.
func onceAs(id string) call.Repeatable { return call.Repeatable{RequestID: id, Digest: "of " + id} }

func prompts(names ...string) []call.PlaySource {
	var all []call.PlaySource
	for _, name := range names {
		all = append(all, call.PlaySource{File: "https://app.example.com/" + name + ".wav", CacheID: name})
	}
	return all
}

func recognize(what string) call.Recognize {
	return call.Recognize{
		Connection: storyConnection(1), Operation: during(what), Participant: phone, Prompt: prompts(what),
		KeyInterrupts: true, InitialSilence: 5 * time.Second, InterTone: 2 * time.Second, MaxTones: 2, StopTones: []call.Tone{'#'},
	}
}

// storiesOf are the stories that a form can tell.
func storiesOf(major int) []story {
	return slices.DeleteFunc(stories(), func(s story) bool { return s.since > major })
}

// stories tell the same calls as the golden records of every form.
func stories() []story {
	return []story{
		{name: "created", inputs: created()},
		{name: "media", inputs: mediaOperations()},
		{name: "not-reached", inputs: []call.Input{createCall(), call.LegFailed{Leg: leg(1), Cause: busy()}, call.LegFailed{Leg: leg(2), Cause: busy()}}},
		{name: "answered", inputs: incomingAnswered()},
		{name: "answer-failed", inputs: []call.Input{
			arrived(phone, ours), answerCall(1), call.LegFailed{Leg: leg(1), Cause: call.Cause{Reason: call.CallerGaveUp}},
		}},
		{name: "redirected", inputs: []call.Input{
			arrived(alice, bob), call.RedirectCall{Repeatable: once("redirect"), Incoming: 1, Target: bot},
			call.LegUnclaimed{Leg: leg(2)}, call.RejectCall{Repeatable: once("reject"), Incoming: 2, Reason: call.RejectBusy},
		}},
		{name: "two-people", inputs: twoPeople()},
		{name: "verbs-on-participants", inputs: verbsOnParticipants(), since: 3},
		{name: "transferred", inputs: transferred(), since: 3},
		{name: "referred", inputs: referred(), since: 3},
		{name: "recorded", inputs: recorded(), since: 3},
		{name: "streamed", inputs: streamed(), since: 3},
		{name: "transcribed", inputs: transcribed(), since: 3},
		{name: "asked-aloud", inputs: askedAloud(), since: 3},
		{name: "machine-detected", inputs: machineDetected(), since: 3},
		{name: "group-call", since: 3, inputs: []call.Input{
			call.ConnectCall{Repeatable: once("join"), Connection: storyConnection(1), App: application("c1"), Source: bot,
				Group: "6a0d4c2f-0f6f-4b9f-8f43-b3f0c7a52a01", Subject: "standup", MediaTypes: []string{"audio"}},
			call.HangUpCall{Connection: storyConnection(1)},
		}},
		{name: "seats-in-the-roster", since: 3, inputs: []call.Input{
			call.CreateCall{Repeatable: once("create"), Call: storyCall, Connection: storyConnection(1), App: call.Application{CallbackURI: "https://app.example.com/c1", Version: "2021-11-15-preview", Hears: call.Hears{Seats: true}},
				Source: bot, Targets: []call.Address{alice}},
			answered(1),
		}},
		{name: "audio-groups", inputs: audioGroups(), since: 3},
		{name: "moved-here", inputs: movedHere(), since: 3},
		{name: "moved-away", inputs: movedAway(), since: 3},
		{name: "transferred-onward", inputs: transferredOnward(), since: 3},
		{name: "onward", inputs: onward(), since: 3},
		{name: "states-and-keys", inputs: statesAndKeys(), since: 3},
		{name: "spoken", since: 3, inputs: []call.Input{
			createCall(), answered(1), call.Play{Connection: storyConnection(1), Operation: during("speaking"), Sources: []call.PlaySource{
				{Speech: &call.Speech{Text: "Hello.", Language: "en-GB", Gender: "female", Voice: "en-GB-SoniaNeural"}}, {Speech: &call.Speech{SSML: "<speak>Hello.</speak>"}},
			}},
		}},
		{name: "application-called", inputs: []call.Input{
			createCall(), call.LegUnclaimed{Leg: leg(2)}, answerCall(2), answered(1),
		}},
	}
}

// verbsOnParticipants: bob is invited and not wanted any more, and then joins
// before he is taken back; alice is muted and held.
func verbsOnParticipants() []call.Input {
	c := storyConnection(1)
	add := call.AddParticipant{Connection: c, Operation: during("adding"), Participant: bob, InvitationID: "first"}
	again := add
	again.InvitationID = "second"
	choose := recognize("choosing")
	choose.Choices = []call.Choice{{Label: "yes", Tone: '1'}, {Label: "no", Tone: '2'}}
	listen := func(to call.Address, what string) call.StartListening {
		return call.StartListening{Connection: c, Operation: during(what), Participant: to}
	}
	return []call.Input{
		createCall(), answered(1), answered(2),
		add, call.CancelAdd{Repeatable: onceAs("cancel"), Connection: c, Operation: during("canceling"), InvitationID: "first"},
		again, answered(4), call.CancelAdd{Connection: c, Operation: during("canceling"), InvitationID: "second"},
		call.Mute{Repeatable: onceAs("mute"), Connection: c, Operation: during("muting"), Participants: []call.Address{alice}},
		listen(phone, "listening"), call.ToneReceived{Leg: leg(1), Tone: '5'},
		call.StopListening{Connection: c, Operation: during("no-longer"), Participant: phone},
		call.HoldParticipant{Connection: c, Operation: during("holding"), Participant: alice},
		call.UnholdParticipant{Connection: c, Operation: during("unholding"), Participant: alice},
		call.HoldParticipant{Connection: c, Operation: during("holding"), Participant: alice, Audio: &prompts("held")[0]},
		call.PlayerFailed{Operation: 3, Reason: call.PlayFormat, Detail: "no WAV"},
		call.SendTones{Repeatable: onceAs("tones"), Connection: c, Operation: during("sending"), Participant: phone, Tones: []call.Tone("12#")},
		call.TonesSent{Operation: 4},
		call.SendTones{Connection: c, Operation: during("sending-again"), Participant: phone, Tones: []call.Tone{'3'}},
		call.TonesFailed{Operation: 5, Reason: call.TonesNotTaken},
		choose, call.PlayerFinished{Operation: 6}, call.ToneReceived{Leg: leg(1), Tone: '2'},
		listen(alice, "listening"), call.NodeRestarted{},
	}
}

// statesAndKeys: an application hears of its states and of every key, and names its
// operations.
func statesAndKeys() []call.Input {
	create := createCall()
	create.App.Hears = call.Hears{States: true, Tones: true, NoRoster: true}
	c, phone := storyConnection(1), answered(1)
	phone.TakesRefer = true
	return []call.Input{
		create, phone, call.ToneReceived{Leg: leg(1), Tone: '5'}, call.ToneReceived{Leg: leg(1), Tone: '#'},
		call.Play{Connection: c, Operation: call.Operation{Named: "playing"}, Sources: prompts("named")},
		call.AddParticipant{Connection: c, Operation: call.Operation{Named: "adding"}, Participant: bob},
		call.CancelMedia{Connection: c, Named: "playing"},
		call.LegFailed{Leg: leg(2), Cause: busy()}, call.LegFailed{Leg: leg(3), Cause: busy()},
		call.Transfer{Connection: c, Operation: call.Operation{Named: "transferring"}, Target: bob}, call.NodeRestarted{},
	}
}

// audioGroups: alice and the number have a line of their own, and alice hears nobody else.
func audioGroups() []call.Input {
	c := storyConnection(1)
	return []call.Input{
		createCall(), answered(1), answered(2),
		call.CreateAudioGroup{Repeatable: onceAs("group"), Connection: c, Group: "b1b1b1b1-0000-4000-8000-000000000001", Mode: call.OneToOne, Targets: []call.Address{phone, alice}},
		call.LeaveDefaultGroup{Repeatable: onceAs("apart"), Connection: c, Participant: alice},
		call.NodeRestarted{},
	}
}

// transferred: the caller is handed on to somebody busy, and then to bob.
func transferred() []call.Input {
	transfer := call.Transfer{
		Repeatable: onceAs("transfer"), Connection: storyConnection(1), Operation: during("transferring"),
		Target: "4:+14255550199", CallerID: ours, Headers: headers,
	}
	again := transfer
	again.Repeatable, again.Operation, again.Target = onceAs("again"), during("transferring-again"), bob
	return []call.Input{
		arrived(alice, ours), answerCall(1), answered(1), transfer, call.LegFailed{Leg: leg(2), Cause: busy()}, again, answered(3),
		call.ConnectCall{Repeatable: onceAs("connect"), Connection: storyConnection(2), App: application("connected"), Context: "connecting"},
		call.NodeRestarted{},
	}
}

// referred: the far end of alice hands the call on, and the one of whom it is
// handed to is handed on in turn.
func recorded() []call.Input {
	first, second := call.NewRecordingID(storyCall, 1), call.NewRecordingID(storyCall, 2)
	file := func(documents ...string) call.RecordedFile {
		f := call.RecordedFile{Started: someTime, Duration: 90 * time.Second, Reason: call.EndedByApplication}
		for _, d := range documents {
			f.Chunks = append(f.Chunks, call.RecordedChunk{Document: d, EndReason: call.ChunkSessionEnded})
		}
		return f
	}
	return []call.Input{
		call.CreateCall{Call: storyCall, Connection: storyConnection(1), App: application("c1"), Source: bot, Targets: []call.Address{alice}},
		answered(1),
		call.StartRecording{Repeatable: call.Repeatable{RequestID: "r1"}, App: application("recordings"), Spec: call.RecordingSpec{
			Format: call.WAV, Video: true, Unmixed: true, Channels: []call.Address{"", alice}, Container: "https://store.example.com/c"}},
		call.RecorderStarted{Recording: first},
		call.PauseRecording{Recording: first}, call.ResumeRecording{Repeatable: once("resume"), Recording: first},
		call.StopRecording{Recording: first},
		call.RecordingFinished{Recording: first, File: file("0-wav-1", "0-wav-2")},
		call.StartRecording{App: application("recordings"), Spec: call.RecordingSpec{Format: call.MP3}, Paused: true},
		call.RecorderFailed{Recording: second, Reason: call.NoSpace, Detail: "make room"},
		call.LegEnded{Leg: leg(1), Cause: call.Cause{Reason: call.EndedByParticipant}},
		call.RecordingFinished{Recording: second, File: file("0-mp3-1")},
	}
}

func streamed() []call.Input {
	stream := func(n int) *call.StreamSpec {
		return &call.StreamSpec{URL: fmt.Sprint("wss://app.example.com/", n), Unmixed: true, RateHz: 24000, Tones: true, Bidirectional: true, AtOnce: n == 1}
	}
	return []call.Input{
		call.CreateCall{Repeatable: once("create"), Call: storyCall, Connection: storyConnection(1), App: application("c1"), Source: bot, Targets: []call.Address{alice}, Stream: stream(1)},
		answered(1), call.StreamOpened{Connection: storyConnection(1), Run: 1, Again: true},
		call.ConnectCall{Repeatable: once("connect"), Connection: storyConnection(2), App: application("c2"), Stream: stream(2)},
		call.StartStreaming{Connection: storyConnection(2), Operation: call.Operation{Context: "streaming", CallbackURI: "https://app.example.com/op", Version: "2026-03-12", Named: "stream"}},
		call.StreamFailed{Connection: storyConnection(2), Run: 1, Reason: call.StreamUnopened, Status: 401, Detail: "refused"},
		call.StopStreaming{Connection: storyConnection(1), Operation: call.Operation{Context: "stopping"}},
	}
}

func transcribed() []call.Input {
	transcript := func(n int) *call.TranscriptSpec {
		return &call.TranscriptSpec{URL: fmt.Sprint("wss://app.example.com/", n), Language: "en-US", Model: "phone", Intermediate: true, AtOnce: n == 1}
	}
	return []call.Input{
		call.CreateCall{Repeatable: once("create"), Call: storyCall, Connection: storyConnection(1), App: application("c1"), Source: bot, Targets: []call.Address{alice}, Transcript: transcript(1)},
		answered(1), call.TranscriptOpened{Connection: storyConnection(1), Run: 1, Again: true},
		call.UpdateTranscribing{Connection: storyConnection(1), Operation: call.Operation{Context: "updating"}, Language: "es-ES", Model: "other"},
		call.ConnectCall{Repeatable: once("connect"), Connection: storyConnection(2), App: application("c2"), Transcript: transcript(2)},
		call.StartTranscribing{Connection: storyConnection(2), Operation: call.Operation{Context: "starting", CallbackURI: "https://app.example.com/op", Version: "2026-03-12", Named: "transcript"}, Language: "de-DE"},
		call.TranscriptFailed{Connection: storyConnection(2), Run: 1, Reason: call.StreamUnopened, Status: 401, Detail: "refused"},
		call.StopTranscribing{Connection: storyConnection(1), Operation: call.Operation{Context: "stopping"}},
	}
}

// askedAloud: alice chooses by voice; then nobody hears what she says, and she presses a
// key.
func askedAloud() []call.Input {
	ask := func(v call.Voice) call.Recognize {
		return call.Recognize{
			Connection: storyConnection(1), Operation: during("asking"), Participant: phone, Prompt: []call.PlaySource{{File: "https://app.example.com/1.wav"}},
			KeyInterrupts: true, InitialSilence: 5 * time.Second, InterTone: 2 * time.Second, Voice: &v,
			Choices: []call.Choice{{Label: "yes", Tone: '1', Phrases: []string{"yes", "sure"}}},
		}
	}
	aloud := ask(call.Voice{Language: "en-GB", Model: "large", EndSilence: 700 * time.Millisecond, Only: true})
	return []call.Input{
		createCall(), answered(1), aloud, call.VoiceBegan{Operation: 1},
		call.SpeechHeard{Operation: 1, Text: "Sure.", Choice: "yes", Phrase: "sure", Confidence: 0.75},
		ask(call.Voice{Language: "en-US"}), call.EarFailed{Operation: 2, Reason: call.HearingLate, Detail: "too slow"}, call.ToneReceived{Leg: leg(1), Tone: '1'},
	}
}

// machineDetected: a machine answers and is heard to its beep, bob leaves before anybody
// knows, and the phone is listened to when the call ends.
func machineDetected() []call.Input {
	create := createCall()
	create.Targets, create.Detect = []call.Address{alice, bob, phone}, true
	return []call.Input{
		create, answered(1), answered(2), answered(3),
		call.AnswererHeard{Leg: leg(1), Answerer: call.AnsweredByMachine, Confidence: 0.95}, call.GreetingHeard{Leg: leg(1), End: call.EndedByBeep},
		call.LegEnded{Leg: leg(2), Cause: call.Cause{Reason: call.EndedByParticipant}},
		call.AnswererHeard{Leg: leg(3), Answerer: call.AnsweredByMachine, Confidence: 0.7},
		call.AddParticipant{Connection: storyConnection(1), Operation: during("adding"), Participant: bob, InvitationID: "i", Detect: true},
		call.NodeRestarted{},
	}
}

func referred() []call.Input {
	takes := answered(2)
	takes.TakesRefer = true
	return []call.Input{
		arrived(alice, ours), answerCall(1), answered(1),
		call.LegRefers{Leg: leg(1), To: phone, Replaces: "5a1c7a53@10.0.0.9;to-tag=1;from-tag=2"}, takes,
		call.LegEnded{Leg: leg(1), Cause: call.Cause{Reason: call.EndedByParticipant}},
		call.Transfer{Connection: storyConnection(1), Operation: during("referring"), Target: bob}, call.LegReferred{Leg: leg(2)},
		call.LegReplaced{Leg: leg(2), From: "4:+14255550102", Dialog: answered(2).Dialog, TakesRefer: true},
		call.LegReferralEnded{Leg: leg(2), Cause: call.Cause{Reason: call.Completed}},
	}
}

const otherCall call.ID = "22222222-2222-4222-8222-222222222222"

// movedHere: bob comes from another call, and somebody else does not.
func movedHere() []call.Input {
	from, err := call.NewConnectionID(otherCall.Key(), [8]byte{7})
	if err != nil {
		panic(err)
	}
	dialog := answered(3).Dialog
	return []call.Input{
		createCall(), answered(1), answered(2),
		call.MoveHere{Repeatable: once("move"), Connection: storyConnection(1), Operation: during("moving"), Participants: []call.Address{bob, "4:+14255550199"}, From: from},
		call.TakeIn{Leg: leg(3), Was: call.NewLegID(otherCall, 1), Who: call.Moved{Address: bob, Name: "Bob", Dialog: &dialog, TakesRefer: true}},
		call.NotMoved{Leg: leg(4), Cause: call.Cause{Reason: call.ParticipantAbsent}},
		call.NodeRestarted{},
	}
}

// movedAway: another call asks for alice in vain, and then gets her. The phone is offered
// to it when the call ends.
func movedAway() []call.Input {
	asks := func(a call.Address, n int) call.HandOver {
		return call.HandOver{Connection: storyConnection(1), Participant: a, To: call.NewLegID(otherCall, n)}
	}
	return []call.Input{
		createCall(), answered(1), answered(2), asks(alice, 2), call.Kept{Leg: leg(2)}, asks(alice, 3), call.HandedOver{Leg: leg(2)},
		asks(phone, 4), call.TerminateCall{Connection: storyConnection(1)}, call.NodeRestarted{},
	}
}

// transferredOnward: alice is handed on to somebody busy, and then to somebody who
// answers, while the phone stays.
func transferredOnward() []call.Input {
	to := func(n int) call.LegID { return call.NewLegID(otherCall, n) }
	transfer := call.Transfer{Connection: storyConnection(1), Operation: during("onward"), Transferee: alice, Target: bob, Onward: otherCall}
	transfer.Operation.Named = "onward"
	takes := answered(2)
	takes.TakesRefer = true
	return []call.Input{
		createCall(), answered(1), takes,
		transfer, call.LegNotReferred{Leg: leg(2)}, call.NotTransferred{Leg: leg(2), There: to(1), Cause: busy()},
		transfer, call.LegNotReferred{Leg: leg(2)},
		call.HandOver{Connection: storyConnection(1), Participant: alice, To: to(1)}, call.HandedOver{Leg: leg(2)},
		call.NodeRestarted{},
	}
}

// onward: bob comes out of another call to a target that has answered.
func onward() []call.Input {
	from, err := call.NewConnectionID(otherCall.Key(), [8]byte{7})
	if err != nil {
		panic(err)
	}
	dialog, was := answered(1).Dialog, call.NewLegID(otherCall, 4)
	return []call.Input{
		call.OpenOnward{Call: storyCall, From: from, Leg: was, Transferee: bob, Target: phone, Caller: ours, CallerName: "Reminder", Headers: headers},
		answered(2), call.TakeIn{Leg: leg(1), Was: was, Who: call.Moved{Address: bob, Name: "Bob", Dialog: &dialog}},
		call.LegEnded{Leg: leg(2), Cause: call.Cause{Reason: call.EndedByParticipant}},
	}
}

func busy() call.Cause {
	return call.Cause{Reason: call.Busy, SIPStatus: 486, SIPPhrase: "Busy Here", Q850: 17}
}

func createCall() call.CreateCall {
	return call.CreateCall{
		Repeatable: once("create"), Call: storyCall, Connection: storyConnection(1), App: application("created"), Context: "creating",
		Source: bot, SourceName: "Reminder", CallerID: ours, Targets: []call.Address{phone, alice},
	}
}

func answerCall(n byte) call.AnswerCall {
	return call.AnswerCall{
		Repeatable: once("answer"), Incoming: 1, Connection: storyConnection(n), App: application("answered"), Context: "answering", AnsweredBy: bot,
	}
}

func created() []call.Input {
	c := storyConnection(1)
	add := call.AddParticipant{
		Repeatable: once("add"), Connection: c, Operation: during("adding"), Participant: bob, InvitationID: "invitation",
		CallerID: ours, SourceName: "Reminder", RingTimeout: time.Minute, Headers: headers,
	}
	again := add
	again.Repeatable, again.Operation, again.Participant = once("add again"), during("adding-again"), "4:+14255550199"
	return []call.Input{
		createCall(), call.LegRinging{Leg: leg(1)}, answered(1), answered(2), add, answered(3), again,
		call.LegFailed{Leg: leg(4), Cause: busy()},
		call.RemoveParticipant{Repeatable: once("remove"), Connection: c, Operation: during("removing"), Participant: alice},
		call.LegEnded{Leg: leg(3), Cause: call.Cause{Reason: call.EndedByParticipant}},
		call.TerminateCall{Repeatable: once("terminate"), Connection: c},
	}
}

func mediaOperations() []call.Input {
	c := storyConnection(1)
	play := func(what string, to ...call.Address) call.Play {
		return call.Play{Connection: c, Operation: during(what), Sources: prompts(what, "more"), To: to, Loop: len(to) > 0}
	}
	return []call.Input{
		createCall(), answered(1), answered(2),
		play("playing"), call.PlayerStarted{Operation: 1}, call.PlayerFinished{Operation: 1},
		play("failing"), call.PlayerFailed{Operation: 2, Source: 1, Reason: call.PlayFormat},
		play("to-one", phone), play("waiting"), call.PlayerStarted{Operation: 3}, call.CancelMedia{Connection: c},
		recognize("recognizing"), call.PlayerStarted{Operation: 5}, call.PlayerFinished{Operation: 5},
		call.ToneReceived{Leg: leg(1), Tone: '4'}, call.ToneReceived{Leg: leg(1), Tone: '2'},
		recognize("prompt-fails"), call.PlayerFailed{Operation: 6, Reason: call.PlayDownload},
		recognize("canceled"), call.CancelMedia{Connection: c},
		recognize("restarted"), call.PlayerFinished{Operation: 8}, call.ToneReceived{Leg: leg(1), Tone: '1'}, play("never"),
		call.NodeRestarted{},
	}
}

func incomingAnswered() []call.Input {
	return []call.Input{arrived(alice, ours), answerCall(1), answered(1), call.HangUpCall{Repeatable: once("hang up"), Connection: storyConnection(1)}}
}

func twoPeople() []call.Input {
	rings := arrived(alice, bob)
	rings.Dial = true
	return []call.Input{rings, call.LegRinging{Leg: leg(2)}, answered(2), answered(1), call.LegEnded{Leg: leg(2), Cause: call.Cause{Reason: call.EndedByParticipant}}}
}

// tell runs a story and returns what the journal then holds, one record a step.
func (s story) tell(t *testing.T) []journal.Message {
	var all []journal.Message
	synctest.Test(t, func(t *testing.T) { // whose clock always shows the same time
		store := journaltest.NewStore(1)
		log := journal.Over(store, "", slog.New(slog.DiscardHandler)).Begin(storyCall.Key())
		c := call.New(storyCall)
		for i, in := range s.inputs {
			time.Sleep(time.Second)
			out, err := c.Step(time.Now(), in)
			if err != nil {
				t.Fatalf("input %d, %T: %v", i, in, err)
			}
			if !out.Changed {
				continue
			}
			must(t, log.Append(t.Context(), c.State(), out.Events, out.Usage...))
			m, err := store.Last(t.Context(), 0, storyCall.Key())
			must(t, err)
			all = append(all, m)
		}
	})
	return all
}

// goldenFile is where the records of a story are kept, one a line.
func (s story) goldenFile(major int) string {
	return filepath.Join(goldenDir(major), s.name+".jsonl")
}

// write keeps the records of a story for ever.
func (s story) write(t *testing.T, major int) {
	var text bytes.Buffer
	for _, m := range s.tell(t) {
		text.Write(m.Body)
	}
	must(t, os.MkdirAll(goldenDir(major), 0o755))
	must(t, os.WriteFile(s.goldenFile(major), text.Bytes(), 0o644))
}

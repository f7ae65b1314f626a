package e2e

import (
	"strings"
	"testing"
	"time"

	cs "strowger/test/callingserver"
	"strowger/test/callingserver/november"
	"strowger/test/phone"
)

func TestCallingServerCommandsWhatALocatorNames(t *testing.T) {
	inEach(t, novemberOnly, func(t *testing.T, p *preview) {
		owner, outside, second := p.audience(), p.audience(), p.audience()
		connection := p.call(owner, identified(alice))
		call := p.late.Call(cs.ByServerCall(owner.state(connection.ID, "connected").Data.Call()))
		joined, err := p.late.JoinCall(p.ctx, call.Locator, otherService, second.subscribed())
		p.must(err)
		second.state(joined.ID, "connected")
		invite := cs.InviteOptions{OperationContext: "bob", CallbackURI: outside.url()}
		operation, err := call.AddParticipant(p.ctx, identified(bob), invite)
		p.must(err)
		outside.added("bob")
		if told := outside.result("AddParticipantResult", "bob").Data; told.OperationID != operation.ID || *told.CallLocator != call.Locator {
			t.Errorf("the invitation %+v ended as %+v", operation, told)
		}
		all, err := call.Participants(p.ctx)
		p.must(err)
		if !sameRoster(all, []cs.Identifier{service, otherService, identified(alice), identified(bob)}) {
			t.Errorf("in the call are %+v", all)
		}
		if one, err := call.Participant(p.ctx, identified(bob)); err != nil || rawID(one.Identifier) != bob.RawID() {
			t.Errorf("bob is read as %+v, %v", one, err)
		}

		play := cs.PlayOptions{AudioFileURI: p.wave(promptHz, time.Second), Loop: true, OperationContext: "all", CallbackURI: outside.url()}
		operation, err = call.PlayAudio(p.ctx, play)
		p.must(err)
		p.a.AwaitHeard(promptHz, time.Second)
		p.b.AwaitHeard(promptHz, time.Second)
		p.must(call.CancelMediaOperation(p.ctx, operation.ID))
		outside.played("all", 400, 8508)
		const toOneHz = 2600
		play.AudioFileURI, play.OperationContext = p.wave(toOneHz, time.Second), "one"
		operation, err = call.PlayAudioToParticipant(p.ctx, identified(bob), play)
		p.must(err)
		p.b.AwaitHeard(toOneHz, time.Second)
		p.must(call.CancelParticipantMediaOperation(p.ctx, identified(bob), operation.ID))
		outside.played("one", 400, 8508)
		p.a.DidNotHear(toOneHz)

		p.must(call.RemoveParticipant(p.ctx, identified(bob)))
		p.b.AwaitClosed(1)
		p.must(joined.Hangup(p.ctx))
		second.ended(joined.ID)
		p.must(connection.Delete(p.ctx))
		owner.ended(connection.ID)
		_, err = call.PlayAudio(p.ctx, play)
		p.refused(err, 400, "8501")
	})
}

func TestCallingServerRecordsWhatALocatorNames(t *testing.T) {
	inEach(t, novemberOnly, func(_ *testing.T, p *preview) {
		app, told := p.audience(), p.audience()
		connection := p.call(app, identified(alice))
		call := p.late.Call(cs.ByServerCall(app.state(connection.ID, "connected").Data.Call()))
		id, err := call.StartRecording(p.ctx, cs.RecordingOptions{
			StateCallbackURI: told.url(), ContentType: "audio", ChannelType: "mixed", FormatType: "mp3",
		})
		p.must(err)
		told.recording(id, "active", 1)
		p.recordingIs("active")(p.late.RecordingState(p.ctx, id))
		p.must(p.late.PauseRecording(p.ctx, id))
		told.recording(id, "inactive", 1)
		p.recordingIs("inactive")(p.late.RecordingState(p.ctx, id))
		p.must(p.late.ResumeRecording(p.ctx, id))
		told.recording(id, "active", 2)
		p.plays(connection, "recorded")
		app.played("recorded", 200, 0)
		p.must(p.late.StopRecording(p.ctx, id))
		told.recording(id, "inactive", 2)
		_, err = p.late.RecordingState(p.ctx, id)
		p.refused(err, 404, "8522")
		p.must(connection.Hangup(p.ctx))
		app.ended(connection.ID)
		p.fetched()
	})
}

// Whoever joins a group first makes its call, which has a serverCallId too. Either name
// is good in the place of the other.
func TestCallingServerJoinsAGroupByEitherName(t *testing.T) {
	inEach(t, coreVersions, func(_ *testing.T, p *preview) {
		group, first, second := newID(), p.audience(), p.audience()
		connection, err := p.core.JoinCall(p.ctx, group, service, first.subscribed())
		p.must(err)
		serverCallID := first.state(connection.ID, "connected").Data.Call()
		joined, err := p.core.JoinCall(p.ctx, group, otherService, second.subscribed())
		p.must(err)
		if got := second.state(joined.ID, "connected").Data.Call(); got != serverCallID {
			p.t.Errorf("who joined the group is in %s, and who made it in %s", got, serverCallID)
		}
		_, err = p.core.ServerCall(group).AddParticipant(p.ctx, identified(alice), cs.InviteOptions{CallbackURI: first.url(), OperationContext: "alice"})
		p.must(err)
		first.added("alice")
		_, err = p.core.ServerCall(serverCallID).AddParticipant(p.ctx, identified(bob), cs.InviteOptions{CallbackURI: first.url(), OperationContext: "bob"})
		p.must(err)
		first.added("bob")
		p.a.AwaitHeard(toneOfB, time.Second)
		p.b.AwaitHeard(toneOfA, time.Second)
		p.must(joined.Hangup(p.ctx))
		second.ended(joined.ID)
		p.must(connection.Hangup(p.ctx))
		first.ended(connection.ID)
	})
}

func TestCallingServerLocatesAGroup(t *testing.T) {
	inEach(t, novemberOnly, func(_ *testing.T, p *preview) {
		group, app := cs.ByGroup(newID()), p.audience()
		connection, err := p.late.JoinCall(p.ctx, group, service, app.subscribed())
		p.must(err)
		byServerCall := cs.ByServerCall(app.state(connection.ID, "connected").Data.Call())
		for context, add := range map[string]struct {
			locator cs.Locator
			who     cs.Identifier
		}{"alice": {group, identified(alice)}, "bob": {byServerCall, identified(bob)}} {
			_, err := p.late.Call(add.locator).AddParticipant(p.ctx, add.who, cs.InviteOptions{OperationContext: context, CallbackURI: app.url()})
			p.must(err)
			app.added(context)
		}
		p.a.AwaitHeard(toneOfB, time.Second)
		p.must(connection.Delete(p.ctx))
		app.ended(connection.ID)
	})
}

func TestCallingServerAnswersRejectsAndRedirectsCalls(t *testing.T) {
	inEach(t, novemberOnly, func(t *testing.T, p *preview) {
		app := p.audience()
		incoming := func(n int) (*phone.Phone, string) {
			caller := phone.Start(t, phone.Config{Name: carrierNumber, ToneHz: toneOfB})
			caller.Dial(p.URI(ours))
			return caller, p.app.AwaitIncoming("4:"+ours, n).Text("incomingCallContext")
		}
		caller, context := incoming(1)
		connection, err := p.late.AnswerCall(p.ctx, context, november.AnswerOptions{
			CallbackURI: app.url(), RequestedCallEvents: []cs.Subscription{cs.ToneReceived, cs.ParticipantsUpdated},
		})
		p.must(err)
		app.state(connection.ID, "connected")
		caller.AwaitAudio()
		caller.Press("9")
		app.pressed(connection.ID, "tone9")
		p.plays(connection, "greeting")
		app.played("greeting", 200, 0)
		caller.AwaitHeard(promptHz, 800*time.Millisecond)
		p.must(connection.Hangup(p.ctx))
		caller.AwaitClosed(1)
		app.ended(connection.ID)

		caller, context = incoming(2)
		p.must(p.late.RejectCall(p.ctx, context, "busy"))
		if got := caller.AwaitClosed(1).Parameter; !strings.HasPrefix(got, "486") {
			t.Errorf("who was rejected as busy heard %q", got)
		}

		caller, context = incoming(3)
		p.must(p.late.RedirectCall(p.ctx, context, identified(alice)))
		p.a.AwaitHeard(toneOfB, time.Second)
		caller.AwaitHeard(toneOfA, time.Second)
		caller.HangUp()
		p.a.AwaitClosed(1)
	})
}

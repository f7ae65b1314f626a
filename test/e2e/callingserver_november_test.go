package e2e

import (
	"slices"
	"testing"
	"time"

	cs "strowger/test/callingserver"
	"strowger/test/callingserver/november"
	"strowger/test/phone"
)

var novemberOnly = []cs.Version{cs.November}

// call creates a call of an application that hears everything, and waits until all have
// answered.
func (p *preview) call(app audience, targets ...cs.Identifier) november.Connection {
	p.t.Helper()
	connection, err := p.late.CreateCall(p.ctx, service, targets, app.subscribed())
	p.must(err)
	app.state(connection.ID, "connected")
	app.roster(connection.ID, append(targets, service)...)
	return connection
}

// hearsOn waits until a phone has heard a tone for another second.
func hearsOn(p *phone.Phone, hz float64) {
	p.AwaitHeard(hz, p.Heard().ToneLength(hz)+time.Second)
}

func TestCallingServerShowsACallOfNovember(t *testing.T) {
	inEach(t, novemberOnly, func(t *testing.T, p *preview) {
		app := p.audience()
		connection := p.call(app, identified(alice))
		p.must(connection.KeepAlive(p.ctx))
		is, err := connection.Get(p.ctx)
		p.must(err)
		options := app.subscribed()
		slices.Sort(is.RequestedCallEvents)
		slices.Sort(options.RequestedCallEvents)
		if is.ID != connection.ID || rawID(is.Source) != rawID(service) || len(is.Targets) != 1 || rawID(is.Targets[0]) != alice.RawID() ||
			is.State != "connected" || is.Subject != options.Subject || is.CallbackURI != options.CallbackURI ||
			!slices.Equal(is.RequestedMediaTypes, options.RequestedMediaTypes) || !slices.Equal(is.RequestedCallEvents, options.RequestedCallEvents) ||
			is.CallLocator != cs.ByServerCall(app.state(connection.ID, "connected").Data.Call()) {
			t.Errorf("the call is shown as %+v", is)
		}
		operation, err := connection.AddParticipant(p.ctx, identified(bob), cs.InviteOptions{OperationContext: "bob"})
		p.must(err)
		app.added("bob")
		if told := app.result("AddParticipantResult", "bob").Data; operation.Status != cs.Running || told.OperationID != operation.ID {
			t.Errorf("the invitation was answered with %+v, and ended as %+v", operation, told)
		}
		all, err := connection.Participants(p.ctx)
		p.must(err)
		if !sameRoster(all, []cs.Identifier{service, identified(alice), identified(bob)}) {
			t.Errorf("in the call are %+v", all)
		}
		one, err := connection.Participant(p.ctx, identified(bob))
		p.must(err)
		if !slices.Contains(all, one) && rawID(one.Identifier) != bob.RawID() {
			t.Errorf("bob is read as %+v", one)
		}
		p.a.Press("1#")
		app.pressed(connection.ID, "tone1", "pound")
		p.must(connection.RemoveParticipant(p.ctx, identified(bob)))
		p.b.AwaitClosed(1)
		_, err = connection.Participant(p.ctx, identified(bob))
		p.refused(err, 404, "8522")
		p.must(connection.Delete(p.ctx))
		p.a.AwaitClosed(1)
		app.ended(connection.ID)
		p.refused(connection.KeepAlive(p.ctx), 404, "8522")
	})
}

func TestCallingServerPlaysToAllOrToOneAndCancels(t *testing.T) {
	inEach(t, novemberOnly, func(t *testing.T, p *preview) {
		app := p.audience()
		connection := p.call(app, identified(alice), identified(bob))
		p.a.AwaitAudio()
		p.b.AwaitAudio()
		const toOneHz = 2600
		all := cs.PlayOptions{AudioFileURI: p.wave(promptHz, time.Second), OperationContext: "all"}
		operation, err := connection.PlayAudio(p.ctx, all)
		p.must(err)
		if told := app.played("all", 200, 0).Data; told.OperationID != operation.ID {
			t.Errorf("the play %s ended as %s", operation.ID, told.OperationID)
		}
		p.a.AwaitHeard(promptHz, 800*time.Millisecond)

		one := cs.PlayOptions{AudioFileURI: p.wave(toOneHz, time.Second), Loop: true, OperationContext: "one"}
		operation, err = connection.PlayAudioToParticipant(p.ctx, identified(bob), one)
		p.must(err)
		p.b.AwaitHeard(toOneHz, 2*time.Second)
		p.refused(connection.CancelParticipantMediaOperation(p.ctx, identified(alice), operation.ID), 404, "8522")
		p.must(connection.CancelParticipantMediaOperation(p.ctx, identified(bob), operation.ID))
		app.played("one", 400, 8508)
		p.b.AwaitSilence(toOneHz)
		p.a.DidNotHear(toOneHz)

		all.Loop, all.OperationContext = true, "looped"
		_, err = connection.PlayAudio(p.ctx, all)
		p.must(err)
		hearsOn(p.a, promptHz)
		p.must(connection.CancelAllMediaOperations(p.ctx))
		app.played("looped", 400, 8508)
		p.a.AwaitSilence(promptHz)
		p.must(connection.Hangup(p.ctx))
		app.ended(connection.ID)
	})
}

func TestCallingServerMutesAndUnmutes(t *testing.T) {
	inEach(t, novemberOnly, func(_ *testing.T, p *preview) {
		app := p.audience()
		connection := p.call(app, identified(alice), identified(bob))
		p.a.AwaitHeard(toneOfB, time.Second)
		muted := func(want bool) func(cs.Event) bool {
			return func(e cs.Event) bool {
				return e.Type == "ParticipantsUpdated" && slices.ContainsFunc(e.Data.Participants, func(who cs.Participant) bool {
					return rawID(who.Identifier) == bob.RawID() && who.IsMuted == want
				})
			}
		}
		p.must(connection.MuteParticipant(p.ctx, identified(bob), "hush"))
		app.await("bob muted", muted(true))
		p.a.AwaitSilence(toneOfB)
		hearsOn(p.b, toneOfA)
		p.must(connection.UnmuteParticipant(p.ctx, identified(bob), ""))
		hearsOn(p.a, toneOfB)
		who, err := connection.Participant(p.ctx, identified(bob))
		p.must(err)
		if who.IsMuted {
			p.t.Errorf("bob, who is heard again, is read as %+v", who)
		}
	})
}

// An audio group is a circle of people who hear one another, beside the default group.
func TestCallingServerAudioGroupsAreReallyHeard(t *testing.T) {
	inEach(t, novemberOnly, func(t *testing.T, p *preview) {
		app := p.audience()
		connection := p.call(app, identified(alice), identified(bob), identified(carol))
		p.a.AwaitHeard(toneOfB, time.Second)
		p.c.AwaitHeard(toneOfA, time.Second)

		// Outside of the default group alice hears nobody, and is heard by nobody.
		p.must(connection.RemoveFromDefaultAudioGroup(p.ctx, identified(alice)))
		p.a.AwaitSilence(toneOfB)
		p.a.AwaitSilence(toneOfC)
		p.b.AwaitSilence(toneOfA)
		hearsOn(p.c, toneOfB)

		// A private line to bob, who hears carol as before.
		group := november.AudioGroup{Mode: november.OneToOne, Targets: []cs.Identifier{identified(alice), identified(bob)}}
		id, err := connection.CreateAudioGroup(p.ctx, group)
		p.must(err)
		p.isGroup(connection, id, group)
		hearsOn(p.a, toneOfB)
		hearsOn(p.b, toneOfA)
		hearsOn(p.b, toneOfC)
		p.a.AwaitSilence(toneOfC)
		p.c.AwaitSilence(toneOfA)
		_, err = connection.CreateAudioGroup(p.ctx, november.AudioGroup{
			Mode: november.OneToOne, Targets: []cs.Identifier{identified(alice), identified(bob), identified(carol)},
		})
		p.refused(err, 400, "400")

		// What is played to the call is for its groups.
		p.plays(connection, "line")
		p.a.AwaitHeard(promptHz, 800*time.Millisecond)
		p.b.AwaitHeard(promptHz, 800*time.Millisecond)
		p.c.DidNotHear(promptHz)

		// The line becomes one to carol.
		group.Targets[1] = identified(carol)
		p.must(connection.UpdateAudioGroup(p.ctx, id, group.Targets))
		p.isGroup(connection, id, group)
		hearsOn(p.a, toneOfC)
		hearsOn(p.c, toneOfA)
		p.a.AwaitSilence(toneOfB)

		p.must(connection.DeleteAudioGroup(p.ctx, id))
		_, err = connection.AudioGroup(p.ctx, id)
		p.refused(err, 404, "8522")
		p.a.AwaitSilence(toneOfC)
		p.must(connection.AddToDefaultAudioGroup(p.ctx, identified(alice)))
		hearsOn(p.a, toneOfB)
		hearsOn(p.c, toneOfA)
		p.must(connection.Delete(p.ctx))
		app.ended(connection.ID)
		app.played("line", 200, 0)
	})
}

func TestCallingServerMulticastsToManyOutsideTheDefaultGroup(t *testing.T) {
	inEach(t, novemberOnly, func(_ *testing.T, p *preview) {
		app := p.audience()
		everybody := []cs.Identifier{identified(alice), identified(bob), identified(carol)}
		connection := p.call(app, everybody...)
		for _, who := range everybody {
			p.must(connection.RemoveFromDefaultAudioGroup(p.ctx, who))
		}
		p.a.AwaitSilence(toneOfB)
		group := november.AudioGroup{Mode: november.Multicast, Targets: everybody[:1]}
		id, err := connection.CreateAudioGroup(p.ctx, group)
		p.must(err)
		p.plays(connection, "one")
		app.played("one", 200, 0)
		p.a.AwaitHeard(promptHz, 800*time.Millisecond)
		group.Targets = everybody
		p.must(connection.UpdateAudioGroup(p.ctx, id, group.Targets))
		p.isGroup(connection, id, group)
		hearsOn(p.a, toneOfB)
		hearsOn(p.a, toneOfC)
		hearsOn(p.b, toneOfA)
		hearsOn(p.c, toneOfB)
		p.c.DidNotHear(promptHz)
		p.must(connection.RemoveParticipant(p.ctx, identified(carol)))
		app.roster(connection.ID, service, identified(alice), identified(bob))
		group.Targets = everybody[:2]
		p.isGroup(connection, id, group)
	})
}

// plays plays a second to a connection's call.
func (p *preview) plays(connection november.Connection, operationContext string) {
	p.t.Helper()
	_, err := connection.PlayAudio(p.ctx, cs.PlayOptions{AudioFileURI: p.wave(promptHz, time.Second), OperationContext: operationContext})
	p.must(err)
}

// isGroup holds an audio group to what it should be.
func (p *preview) isGroup(connection november.Connection, id string, want november.AudioGroup) {
	p.t.Helper()
	is, err := connection.AudioGroup(p.ctx, id)
	p.must(err)
	same := slices.EqualFunc(is.Targets, want.Targets, func(a, b cs.Identifier) bool { return rawID(a) == rawID(b) })
	if is.Mode != want.Mode || !same {
		p.t.Errorf("the audio group is %+v, want %+v", is, want)
	}
}

func TestCallingServerTransfersToAParticipant(t *testing.T) {
	inEach(t, novemberOnly, func(t *testing.T, p *preview) {
		app := p.audience()
		connection := p.call(app, identified(alice))
		operation, err := connection.TransferToParticipant(p.ctx, identified(bob), november.TransferOptions{OperationContext: "handed on"})
		p.must(err)
		if told := app.result("TransferCallResult", "handed on").Data; told.Status != cs.Completed || told.OperationID != operation.ID {
			t.Errorf("the transfer %+v ended as %+v", operation, told)
		}
		p.a.AwaitHeard(toneOfB, time.Second)
		p.b.AwaitHeard(toneOfA, time.Second)
		app.ended(connection.ID)
		p.b.HangUp()
	})
}

func TestCallingServerTransfersToACall(t *testing.T) {
	inEach(t, novemberOnly, func(t *testing.T, p *preview) {
		app, other := p.audience(), p.audience()
		connection := p.call(app, identified(alice))
		target := p.call(other, identified(bob))
		operation, err := connection.TransferToCall(p.ctx, target.ID, november.TransferOptions{OperationContext: "moved"})
		p.must(err)
		if told := app.result("TransferCallResult", "moved").Data; told.Status != cs.Completed || told.OperationID != operation.ID {
			t.Errorf("the transfer %+v ended as %+v", operation, told)
		}
		p.a.AwaitHeard(toneOfB, time.Second)
		p.b.AwaitHeard(toneOfA, time.Second)
		app.ended(connection.ID)
		other.roster(target.ID, service, identified(alice), identified(bob))
		p.must(target.Delete(p.ctx))
		other.ended(target.ID)
	})
}

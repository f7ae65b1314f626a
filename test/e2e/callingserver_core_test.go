package e2e

import (
	"bytes"
	"testing"
	"time"

	cs "strowger/test/callingserver"
	"strowger/test/webhook"
)

var coreVersions = []cs.Version{cs.June, cs.August}

// subscribed are the options of a call whose application hears everything.
func (a audience) subscribed() cs.CallOptions {
	tones := cs.DtmfReceived
	if a.version == cs.November {
		tones = cs.ToneReceived
	}
	return cs.CallOptions{
		CallbackURI: a.url(), Subject: "Order 7", RequestedMediaTypes: []cs.Media{cs.Audio},
		RequestedCallEvents: []cs.Subscription{cs.ParticipantsUpdated, tones},
	}
}

func TestCallingServerDrivesACallFromInside(t *testing.T) {
	inEach(t, coreVersions, func(t *testing.T, p *preview) {
		app := p.audience()
		connection, err := p.core.CreateCallConnection(p.ctx, service, []cs.Identifier{identified(alice)}, app.subscribed())
		p.must(err)
		app.state(connection.ID, "connected")

		id, err := connection.AddParticipant(p.ctx, identified(bob), cs.InviteOptions{OperationContext: "bob"})
		p.must(err)
		app.added("bob")
		p.a.AwaitHeard(toneOfB, time.Second)
		p.b.AwaitHeard(toneOfA, time.Second)
		for _, who := range app.roster(connection.ID, service, identified(alice), identified(bob)) {
			if rawID(who.Identifier) == bob.RawID() && who.ParticipantID != id {
				t.Errorf("bob is %s, and was invited as %s", who.ParticipantID, id)
			}
		}

		play := cs.PlayOptions{AudioFileURI: p.wave(promptHz, time.Second), OperationContext: "to the end", AudioFileID: "prompt"}
		operation, err := connection.PlayAudio(p.ctx, play)
		p.must(err)
		if operation.ID == "" || operation.Status != cs.Running || operation.Context != "to the end" {
			t.Errorf("the play was answered with %+v", operation)
		}
		app.played("to the end", 200, 0)
		p.a.AwaitHeard(promptHz, 800*time.Millisecond)
		p.b.AwaitHeard(promptHz, 800*time.Millisecond)

		play.Loop, play.OperationContext = true, "without end"
		_, err = connection.PlayAudio(p.ctx, play)
		p.must(err)
		p.a.AwaitHeard(promptHz, 3*time.Second)
		operation, err = connection.CancelAllMediaOperations(p.ctx, "enough")
		p.must(err)
		if operation.ID == "" || operation.Status != cs.Completed || operation.Context != "enough" {
			t.Errorf("the cancellation was answered with %+v", operation)
		}
		app.played("without end", 400, 8508)
		p.a.AwaitSilence(promptHz)

		p.a.Press("5*")
		app.pressed(connection.ID, "tone5", "star")

		p.must(connection.RemoveParticipant(p.ctx, id))
		p.b.AwaitClosed(1)
		app.roster(connection.ID, service, identified(alice))
		p.refused(connection.RemoveParticipant(p.ctx, id), 404, "8522")
		p.must(connection.Hangup(p.ctx))
		p.a.AwaitClosed(1)
		app.ended(connection.ID)
		p.refused(connection.Hangup(p.ctx), 404, "8522")
	})
}

// pressed waits for keys, counted from 1.
func (a audience) pressed(connection string, tones ...string) {
	a.t.Helper()
	for i, tone := range tones {
		want := cs.Tone{SequenceID: i + 1, Tone: tone}
		a.await(tone, func(e cs.Event) bool {
			return e.Data.CallConnectionID == connection && e.Data.ToneInfo != nil && *e.Data.ToneInfo == want
		})
	}
}

func TestCallingServerCommandsACallFromOutside(t *testing.T) {
	inEach(t, coreVersions, func(t *testing.T, p *preview) {
		owner, outside, second := p.audience(), p.audience(), p.audience()
		connection, err := p.core.CreateCallConnection(p.ctx, service, []cs.Identifier{identified(alice)}, cs.CallOptions{CallbackURI: owner.url()})
		p.must(err)
		call := p.core.ServerCall(owner.state(connection.ID, "connected").Data.Call())

		joined, err := p.core.JoinCall(p.ctx, call.ID, otherService, second.subscribed())
		p.must(err)
		second.state(joined.ID, "connected")
		id, err := call.AddParticipant(p.ctx, identified(bob), cs.InviteOptions{OperationContext: "bob", CallbackURI: outside.url()})
		p.must(err)
		outside.added("bob")
		second.roster(joined.ID, service, otherService, identified(alice), identified(bob))
		p.b.AwaitHeard(toneOfA, time.Second)
		_, err = call.PlayAudio(p.ctx, cs.PlayOptions{
			AudioFileURI: p.wave(promptHz, time.Second), OperationContext: "to all", CallbackURI: outside.url(),
		})
		p.must(err)
		outside.played("to all", 200, 0)
		p.a.AwaitHeard(promptHz, 800*time.Millisecond)
		p.b.AwaitHeard(promptHz, 800*time.Millisecond)
		p.must(call.RemoveParticipant(p.ctx, id))
		p.b.AwaitClosed(1)

		p.must(joined.Hangup(p.ctx))
		second.ended(joined.ID)
		p.a.AwaitHeard(promptHz, 800*time.Millisecond)
		p.must(connection.Hangup(p.ctx))
		owner.ended(connection.ID)
		for _, e := range owner.told() {
			if e.Type != "CallConnectionStateChanged" {
				t.Errorf("the owner, who asked for nothing, was told %+v", e)
			}
		}
		_, err = call.PlayAudio(p.ctx, cs.PlayOptions{AudioFileURI: p.wave(promptHz, time.Second), CallbackURI: outside.url()})
		p.refused(err, 400, "8501")
	})
}

func TestCallingServerRecordsACallAndFetchesIt(t *testing.T) {
	inEach(t, coreVersions, func(t *testing.T, p *preview) {
		app, told := p.audience(), p.audience()
		connection, err := p.core.CreateCallConnection(p.ctx, service, []cs.Identifier{identified(alice)}, cs.CallOptions{CallbackURI: app.url()})
		p.must(err)
		call := p.core.ServerCall(app.state(connection.ID, "connected").Data.Call())
		options := cs.RecordingOptions{StateCallbackURI: told.url()}
		if p.version != cs.June {
			options.ContentType, options.ChannelType, options.FormatType = "audio", "unmixed", "wav"
		}
		id, err := call.StartRecording(p.ctx, options)
		p.must(err)
		told.recording(id, "active", 1)
		p.recordingIs("active")(call.RecordingState(p.ctx, id))
		p.must(call.PauseRecording(p.ctx, id))
		told.recording(id, "inactive", 1)
		p.recordingIs("inactive")(call.RecordingState(p.ctx, id))
		p.must(call.ResumeRecording(p.ctx, id))
		told.recording(id, "active", 2)
		_, err = connection.PlayAudio(p.ctx, cs.PlayOptions{AudioFileURI: p.wave(promptHz, time.Second), OperationContext: "recorded"})
		p.must(err)
		app.played("recorded", 200, 0)
		p.must(call.StopRecording(p.ctx, id))
		told.recording(id, "inactive", 2)
		_, err = call.RecordingState(p.ctx, id)
		if p.version == cs.June {
			p.refused(err, 400, "8501")
		} else {
			p.refused(err, 404, "8522")
		}
		p.must(connection.Hangup(p.ctx))
		app.ended(connection.ID)
		p.fetched()
	})
}

// recordingIs holds an answer to a state.
func (w *world) recordingIs(want string) func(string, error) {
	return func(got string, err error) {
		w.t.Helper()
		if err != nil || got != want {
			w.t.Errorf("the recording is %q, %v, want %s", got, err, want)
		}
	}
}

// fetched takes a recording as a whole and in parts, and deletes it.
func (p *preview) fetched() {
	p.t.Helper()
	ready := p.app.Await("a recording's file", func(d webhook.Delivery) bool { return d.Type == "RecordingFileStatusUpdated" })
	chunk := ready.Data["recordingStorageInfo"].(map[string]any)["recordingChunks"].([]any)[0].(map[string]any)
	location := chunk["contentLocation"].(string)
	var whole, parts, metadata bytes.Buffer
	_, err := p.core.Download(p.ctx, location, 0, &whole)
	p.must(err)
	_, err = p.overwriting.Download(p.ctx, location, 1<<12, &parts)
	p.must(err)
	if whole.Len() == 0 || !bytes.Equal(whole.Bytes(), parts.Bytes()) {
		p.t.Errorf("%d bytes came as a whole, and %d in parts", whole.Len(), parts.Len())
	}
	_, err = p.core.Download(p.ctx, chunk["metadataLocation"].(string), 0, &metadata)
	p.must(err)
	if !bytes.Contains(metadata.Bytes(), []byte(`"chunkDocumentId"`)) {
		p.t.Errorf("its metadata are %s", metadata.Bytes())
	}
	p.must(p.core.Delete(p.ctx, location))
	_, err = p.core.Download(p.ctx, location, 0, &whole)
	p.refused(err, 404, "")
}

package callingserver_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	cs "strowger/test/callingserver"
	"strowger/test/callingserver/november"
)

var update = flag.Bool("update", false, "rewrite the golden requests")

// What golden requests name. The serverCallId ends as those of June 2021 did.
const (
	connectionID  = "411f6d00-1d3f-425b-9d7d-df971f16564b"
	serverCallID  = "aHR0cHM6Ly9jb252LXVzd2UtMDEuY29udi5zdHJvd2dlci50ZXN0L2NvbnYvYWJjP2k9OCZlPTYzNzY=="
	groupID       = "4e6ad331-5fd7-4ab0-a5c1-17b8c6a0e2d1"
	participantID = "ef70f6b0-c052-4ab7-9fdc-2dedb5fd16ac"
	operationID   = "0631adc7-1dc0-4c23-8ed5-9a80a4d8bd1c"
	recordingID   = "eyJQbGF0Zm9ybUVuZHBvaW50SWQiOiI0MTFmIn0"
	callback      = "https://app.test/callbacks?SecretKey=a%2Fb&more=1"
	file          = "https://app.test/prompt.wav"
	content       = "http://recordings.strowger.test/v1/objects/0-wus-d2-0123456789abcdef0123456789abcdef/content/audio"
)

var (
	app    = cs.OfUser("8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_0000000a-aaaa-4aaa-8aaa-00000000000a")
	person = cs.OfUser("8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01")
	caller = &cs.PhoneNumber{Value: "+14255550100"}
	phone  = cs.OfPhone("+15550100")
)

// sent is a request of every kind, by the name of its golden file.
type sent map[string]func(context.Context) error

// of leaves out what an operation answers.
func of[T any](do func(context.Context) (T, error)) func(context.Context) error {
	return func(ctx context.Context) error { _, err := do(ctx); return err }
}

func options(tones cs.Subscription) cs.CallOptions {
	return cs.CallOptions{
		CallbackURI: callback, Subject: "Order 7", RequestedMediaTypes: []cs.Media{cs.Audio},
		RequestedCallEvents: []cs.Subscription{cs.ParticipantsUpdated, tones},
	}
}

func createOptions(tones cs.Subscription) cs.CallOptions {
	o := options(tones)
	o.AlternateCallerID = caller
	return o
}

func coreRequests(c *cs.Client, recording cs.RecordingOptions) sent {
	connection, call := c.CallConnection(connectionID), c.ServerCall(serverCallID)
	play := cs.PlayOptions{AudioFileURI: file, Loop: true, OperationContext: "play-1", AudioFileID: "prompt"}
	there := play
	there.CallbackURI = callback
	invite := cs.InviteOptions{AlternateCallerID: caller, OperationContext: "invite-1"}
	out := invite
	out.CallbackURI = callback
	return sent{
		"create": of(func(ctx context.Context) (cs.CallConnection, error) {
			return c.CreateCallConnection(ctx, app, []cs.Identifier{person, phone}, createOptions(cs.DtmfReceived))
		}),
		"hangup": connection.Hangup,
		"play":   of(func(ctx context.Context) (cs.Operation, error) { return connection.PlayAudio(ctx, play) }),
		"cancel-all": of(func(ctx context.Context) (cs.Operation, error) {
			return connection.CancelAllMediaOperations(ctx, "cancel-1")
		}),
		"add":    of(func(ctx context.Context) (string, error) { return connection.AddParticipant(ctx, phone, invite) }),
		"remove": func(ctx context.Context) error { return connection.RemoveParticipant(ctx, participantID) },
		"join": of(func(ctx context.Context) (cs.CallConnection, error) {
			return c.JoinCall(ctx, serverCallID, app, options(cs.DtmfReceived))
		}),
		"join-group": of(func(ctx context.Context) (cs.CallConnection, error) {
			return c.JoinCall(ctx, groupID, app, cs.CallOptions{CallbackURI: callback})
		}),
		"out-add":    of(func(ctx context.Context) (string, error) { return call.AddParticipant(ctx, person, out) }),
		"out-remove": func(ctx context.Context) error { return call.RemoveParticipant(ctx, participantID) },
		"out-play":   of(func(ctx context.Context) (cs.Operation, error) { return call.PlayAudio(ctx, there) }),
		"record":     of(func(ctx context.Context) (string, error) { return call.StartRecording(ctx, recording) }),
		"recording":  of(func(ctx context.Context) (string, error) { return call.RecordingState(ctx, recordingID) }),
		"stop":       func(ctx context.Context) error { return call.StopRecording(ctx, recordingID) },
		"pause":      func(ctx context.Context) error { return call.PauseRecording(ctx, recordingID) },
		"resume":     func(ctx context.Context) error { return call.ResumeRecording(ctx, recordingID) },
	}
}

func contentRequests(c *cs.Client) sent {
	download := func(chunk int64) func(context.Context) error {
		return of(func(ctx context.Context) (int64, error) { return c.Download(ctx, content, chunk, io.Discard) })
	}
	return sent{
		"download": download(0), "download-range": download(4 << 20),
		"delete": func(ctx context.Context) error { return c.Delete(ctx, content) },
	}
}

func connectionRequests(c november.Client) sent {
	connection := c.Connection(connectionID)
	play := cs.PlayOptions{AudioFileURI: file, OperationContext: "play-1", AudioFileID: "prompt"}
	return sent{
		"create": of(func(ctx context.Context) (november.Connection, error) {
			return c.CreateCall(ctx, app, []cs.Identifier{person, phone}, createOptions(cs.ToneReceived))
		}),
		"get":        of(connection.Get),
		"delete":     connection.Delete,
		"hangup":     connection.Hangup,
		"keep-alive": connection.KeepAlive,
		"play":       of(func(ctx context.Context) (november.Operation, error) { return connection.PlayAudio(ctx, play) }),
		"cancel-all": connection.CancelAllMediaOperations,
		"transfer-to-participant": of(func(ctx context.Context) (november.Operation, error) {
			return connection.TransferToParticipant(ctx, phone, november.TransferOptions{AlternateCallerID: caller, UserToUserInformation: "order=7", OperationContext: "transfer-1"})
		}),
		"transfer-to-call": of(func(ctx context.Context) (november.Operation, error) {
			return connection.TransferToCall(ctx, operationID, november.TransferOptions{UserToUserInformation: "order=7", OperationContext: "transfer-1"})
		}),
		"participants": of(connection.Participants),
		"participant":  of(func(ctx context.Context) (cs.Participant, error) { return connection.Participant(ctx, person) }),
		"add": of(func(ctx context.Context) (november.Operation, error) {
			return connection.AddParticipant(ctx, phone, cs.InviteOptions{AlternateCallerID: caller, OperationContext: "invite-1"})
		}),
		"remove": func(ctx context.Context) error { return connection.RemoveParticipant(ctx, person) },
		"play-to": of(func(ctx context.Context) (november.Operation, error) {
			return connection.PlayAudioToParticipant(ctx, person, play)
		}),
		"cancel-to": func(ctx context.Context) error {
			return connection.CancelParticipantMediaOperation(ctx, person, operationID)
		},
		"mute":                func(ctx context.Context) error { return connection.MuteParticipant(ctx, person, "mute-1") },
		"unmute":              func(ctx context.Context) error { return connection.UnmuteParticipant(ctx, person, "") },
		"leave-default-group": func(ctx context.Context) error { return connection.RemoveFromDefaultAudioGroup(ctx, person) },
		"join-default-group":  func(ctx context.Context) error { return connection.AddToDefaultAudioGroup(ctx, person) },
		"create-group": of(func(ctx context.Context) (string, error) {
			return connection.CreateAudioGroup(ctx, november.AudioGroup{Mode: november.OneToOne, Targets: []cs.Identifier{person}})
		}),
		"group": of(func(ctx context.Context) (november.AudioGroup, error) { return connection.AudioGroup(ctx, groupID) }),
		"update-group": func(ctx context.Context) error {
			return connection.UpdateAudioGroup(ctx, groupID, []cs.Identifier{phone})
		},
		"delete-group": func(ctx context.Context) error { return connection.DeleteAudioGroup(ctx, groupID) },
	}
}

func callRequests(c november.Client) sent {
	call := c.Call(cs.ByServerCall(serverCallID))
	play := cs.PlayOptions{AudioFileURI: file, Loop: true, OperationContext: "play-1", AudioFileID: "prompt", CallbackURI: callback}
	join := func(call cs.Locator) func(context.Context) error {
		return of(func(ctx context.Context) (november.Connection, error) {
			return c.JoinCall(ctx, call, app, options(cs.ToneReceived))
		})
	}
	return sent{
		"join": join(call.Locator), "join-group": join(cs.ByGroup(groupID)),
		"answer": of(func(ctx context.Context) (november.Connection, error) {
			return c.AnswerCall(ctx, "incoming", november.AnswerOptions{CallbackURI: callback, RequestedCallEvents: []cs.Subscription{cs.ToneReceived}})
		}),
		"reject":     func(ctx context.Context) error { return c.RejectCall(ctx, "incoming", "busy") },
		"redirect":   func(ctx context.Context) error { return c.RedirectCall(ctx, "incoming", person) },
		"out-play":   of(func(ctx context.Context) (november.Operation, error) { return call.PlayAudio(ctx, play) }),
		"out-cancel": func(ctx context.Context) error { return call.CancelMediaOperation(ctx, operationID) },
		"out-add": of(func(ctx context.Context) (november.Operation, error) {
			return call.AddParticipant(ctx, person, cs.InviteOptions{AlternateCallerID: caller, OperationContext: "invite-1", CallbackURI: callback})
		}),
		"out-remove":       func(ctx context.Context) error { return call.RemoveParticipant(ctx, person) },
		"out-participant":  of(func(ctx context.Context) (cs.Participant, error) { return call.Participant(ctx, person) }),
		"out-participants": of(call.Participants),
		"out-play-to": of(func(ctx context.Context) (november.Operation, error) {
			return call.PlayAudioToParticipant(ctx, person, play)
		}),
		"out-cancel-to": func(ctx context.Context) error { return call.CancelParticipantMediaOperation(ctx, person, operationID) },
		"record": of(func(ctx context.Context) (string, error) {
			return call.StartRecording(ctx, cs.RecordingOptions{StateCallbackURI: callback, ContentType: "audio", ChannelType: "unmixed", FormatType: "wav"})
		}),
		"recording": of(func(ctx context.Context) (string, error) { return c.RecordingState(ctx, recordingID) }),
		"stop":      func(ctx context.Context) error { return c.StopRecording(ctx, recordingID) },
		"pause":     func(ctx context.Context) error { return c.PauseRecording(ctx, recordingID) },
		"resume":    func(ctx context.Context) error { return c.ResumeRecording(ctx, recordingID) },
	}
}

func client(t *testing.T, version cs.Version, config cs.Config) *cs.Client {
	t.Helper()
	c, err := cs.FromConnectionString(connectionString, version, config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRequestsAreSentAsTheyAreHeld(t *testing.T) {
	r := record(t)
	config := r.config()
	escaped, decoded, overwritten := config, config, config
	escaped.EscapedColons = true
	decoded.DecodedSignature = true
	overwritten.OverwrittenHost = true
	inNovember := november.Client{Client: client(t, cs.November, config)}
	simple := cs.RecordingOptions{StateCallbackURI: callback}
	full := cs.RecordingOptions{StateCallbackURI: callback, ContentType: "audio", ChannelType: "unmixed", FormatType: "wav"}
	for folder, requests := range map[string]sent{
		string(cs.June):                     coreRequests(client(t, cs.June, config), simple),
		string(cs.August):                   coreRequests(client(t, cs.August, config), full),
		string(cs.November) + "/connection": connectionRequests(inNovember),
		string(cs.November) + "/call":       callRequests(inNovember),
		"escaped-colons":                    coreRequests(client(t, cs.June, escaped), simple),
		"escaped-colons-november":           callRequests(november.Client{Client: client(t, cs.November, escaped)}),
		"decoded-signature":                 coreRequests(client(t, cs.June, decoded), simple),
		"content":                           contentRequests(client(t, cs.August, config)),
		"content-overwritten-host":          contentRequests(client(t, cs.August, overwritten)),
	} {
		for name, send := range requests {
			if err := send(context.Background()); err == nil {
				t.Errorf("%s/%s: an answer of 404 is none", folder, name)
			}
			holdTo(t, filepath.Join("testdata", folder, name+".http"), <-r.requests)
		}
	}
}

func holdTo(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", path, got, want)
	}
}

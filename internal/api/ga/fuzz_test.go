package ga

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"strowger/internal/access"
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

type anyContext struct{}

func (anyContext) Open(string) (access.IncomingContext, error) {
	return access.IncomingContext{CallID: string(call.NewID([16]byte{1})), IncomingID: 1}, nil
}

// FuzzCommands puts any body to every verb. Whatever becomes a command must be
// one that the rules and the telephone network can take.
func FuzzCommands(f *testing.F) {
	paths, _ := filepath.Glob(filepath.Join("..", "..", "wire", "testdata", "ga", "requests", "*.json"))
	if len(paths) == 0 {
		f.Fatal("no requests to start from")
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	accept := func(string) error { return nil }
	verbs := family{Config{Contexts: anyContext{}, CheckHTTP: accept, CheckSocket: accept,
		CheckSpeech: func(call.Speech) error { return nil }, Speaks: func() bool { return true }, Hears: func(string) bool { return true }}}
	r := &api.Request{Version: string(ga.Latest)}
	f.Fuzz(func(t *testing.T, body []byte) {
		decoded(body, func(in ga.CreateCallRequest) {
			if o, err := verbs.readCreate(r, in); err == nil && len(o.Command.(call.CreateCall).Targets) == 0 {
				t.Fatal("a call without targets")
			}
		})
		decoded(body, func(in ga.AnswerCallRequest) {
			if o, err := verbs.readAnswer(r, in); err == nil && (o.Key == "" || o.Command.(call.AnswerCall).Connection.Key() != o.Key) {
				t.Fatalf("%+v for call %q", o.Command, o.Key)
			}
		})
		decoded(body, func(in ga.ConnectCallRequest) {
			if o, err := verbs.readConnect(r, in); err == nil && (o.Key == "" || o.Command.(call.ConnectCall).Connection.Key() != o.Key) {
				t.Fatalf("%+v for call %q", o.Command, o.Key)
			}
		})
		decoded(body, func(in ga.PlayRequest) {
			if cmd, err := verbs.readPlay(r, in); err == nil && verbs.lackingForPlay(in) == nil {
				playable(t, cmd.Sources)
			}
		})
		decoded(body, func(in ga.RecognizeRequest) {
			if cmd, err := verbs.readRecognize(r, in); err == nil && verbs.lackingForRecognize(in) == nil {
				playable(t, append(cmd.Prompt, call.PlaySource{File: "-"}))
				recognizable(t, cmd)
			}
		})
		decoded(body, func(in ga.AddParticipantRequest) {
			if cmd, err := verbs.readAdd(r, in); err == nil {
				addable(t, cmd)
			}
		})
		decoded(body, func(in ga.TransferToParticipantRequest) {
			if cmd, err := verbs.readTransfer(r, in); err == nil {
				addable(t, call.AddParticipant{Participant: cmd.Target, Headers: cmd.Headers})
			}
		})
		decoded(body, func(in ga.RemoveParticipantRequest) {
			if cmd, err := verbs.readRemove(r, in); err == nil && cmd.Participant == "" {
				t.Fatal("nobody is removed")
			}
		})
	})
}

// decoded gives check the body when it is a request of its type.
func decoded[In any](body []byte, check func(In)) {
	var in In
	if wire.Decode(body, &in) == nil {
		check(in)
	}
}

func playable(t *testing.T, sources []call.PlaySource) {
	if len(sources) == 0 {
		t.Fatal("nothing to play")
	}
	for _, s := range sources {
		if (s.File == "") == (s.Speech == nil) {
			t.Fatal("a source that is not one of a file and words")
		}
	}
}

func recognizable(t *testing.T, cmd call.Recognize) {
	if cmd.Participant == "" || cmd.InitialSilence < 0 || cmd.InterTone <= 0 || cmd.MaxTones < 0 || cmd.MaxTones > call.TonesMost {
		t.Fatalf("%+v", cmd)
	}
	for _, tone := range cmd.StopTones {
		if !strings.ContainsRune("0123456789ABCD*#", rune(tone)) {
			t.Fatalf("stop tone %q", byte(tone))
		}
	}
}

func addable(t *testing.T, cmd call.AddParticipant) {
	if cmd.Participant == "" || cmd.RingTimeout < 0 {
		t.Fatalf("%+v", cmd)
	}
	for name, value := range cmd.Headers {
		if checkSIPHeader(name, value) != nil {
			t.Fatalf("header %q: %q", name, value)
		}
	}
}

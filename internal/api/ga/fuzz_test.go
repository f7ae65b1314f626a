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
	verbs := family{Config{Contexts: anyContext{}, CheckCallback: accept, CheckAudio: accept}}
	r := &api.Request{Version: string(ga.Latest)}
	f.Fuzz(func(t *testing.T, body []byte) {
		var create ga.CreateCallRequest
		if wire.Decode(body, &create) == nil {
			if o, err := verbs.readCreate(r, create); err == nil && len(o.Command.(call.CreateCall).Targets) == 0 {
				t.Fatal("a call without targets")
			}
		}
		var answer ga.AnswerCallRequest
		if wire.Decode(body, &answer) == nil {
			if o, err := verbs.readAnswer(r, answer); err == nil && (o.Key == "" || o.Command.(call.AnswerCall).Connection.Key() != o.Key) {
				t.Fatalf("%+v for call %q", o.Command, o.Key)
			}
		}
		var play ga.PlayRequest
		if wire.Decode(body, &play) == nil {
			if cmd, err := verbs.readPlay(r, play); err == nil {
				playable(t, cmd.Sources)
			}
		}
		var recognize ga.RecognizeRequest
		if wire.Decode(body, &recognize) == nil {
			if cmd, err := verbs.readRecognize(r, recognize); err == nil {
				playable(t, append(cmd.Prompt, call.PlaySource{File: "-"}))
				recognizable(t, cmd)
			}
		}
		var add ga.AddParticipantRequest
		if wire.Decode(body, &add) == nil {
			if cmd, err := verbs.readAdd(r, add); err == nil {
				addable(t, cmd)
			}
		}
		var remove ga.RemoveParticipantRequest
		if wire.Decode(body, &remove) == nil {
			if cmd, err := verbs.readRemove(r, remove); err == nil && cmd.Participant == "" {
				t.Fatal("nobody is removed")
			}
		}
	})
}

func playable(t *testing.T, sources []call.PlaySource) {
	if len(sources) == 0 {
		t.Fatal("nothing to play")
	}
	for _, s := range sources {
		if s.File == "" {
			t.Fatal("a source without a file")
		}
	}
}

func recognizable(t *testing.T, cmd call.Recognize) {
	if cmd.Participant == "" || cmd.InitialSilence < 0 || cmd.InterTone <= 0 || cmd.MaxTones < 0 {
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

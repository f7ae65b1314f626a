package preview2021

import (
	"os"
	"path/filepath"
	"testing"

	"strowger/internal/access"
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	wire2021 "strowger/internal/wire/preview2021"
)

type anyContext struct{}

func (anyContext) Open(string) (access.IncomingContext, error) {
	return access.IncomingContext{CallID: string(call.NewID([16]byte{1})), IncomingID: 1}, nil
}

// FuzzCommands puts any body to every verb. Whatever becomes a command must be one that
// the rules and the telephone network can take, for the call that the body names.
func FuzzCommands(f *testing.F) {
	paths, _ := filepath.Glob(filepath.Join("..", "..", "wire", "testdata", "preview2021", "requests", "*.json"))
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
	verbs := family{Config{Contexts: anyContext{}, CheckHTTP: func(string) error { return nil }, CheckRecording: func(call.RecordingFormat) error { return nil }}, wire2021.SubscribeTones}
	r := &api.Request{Version: string(wire2021.November)}
	f.Fuzz(func(t *testing.T, body []byte) {
		decoded(body, func(in wire2021.CreateCallRequest) {
			if o, err := verbs.readCreate(r, in); err == nil {
				cmd := o.Command.(call.CreateCall)
				if len(cmd.Targets) == 0 || !cmd.Source.IsUser() || o.Key != cmd.Connection.Key() {
					t.Fatalf("%+v", cmd)
				}
			}
		})
		decoded(body, func(in wire2021.AnswerCallRequest) {
			if o, err := verbs.readAnswer(r, in); err == nil && (o.Key == "" || o.Command.(call.AnswerCall).Connection.Key() != o.Key) {
				t.Fatalf("%+v for call %q", o.Command, o.Key)
			}
		})
		located(t, r, body, joins, verbs.readJoin)
		located(t, r, body, plays, verbs.readPlay)
		located(t, r, body, plays, verbs.readPlayToOne)
		located(t, r, body, cancels, readCancel)
		located(t, r, body, cancels, readCancelOfOne)
		located(t, r, body, adds, verbs.readAddOperation)
		located(t, r, body, removes, readRemove)
		located(t, r, body, records, verbs.readStartRecording)
		decoded(body, func(in wire2021.AudioGroupRequest) {
			if o, err := readCreateAudioGroup(r, place{}, in); err == nil && (o.Command.(call.CreateAudioGroup).Mode == "" || len(o.Command.(call.CreateAudioGroup).Targets) == 0) {
				t.Fatalf("%+v", o.Command)
			}
		})
		decoded(body, func(in wire2021.TransferToParticipantRequest) {
			if o, err := verbs.readTransfer(r, place{}, in); err == nil && o.Command.(call.Transfer).Target == "" {
				t.Fatal("a transfer to nobody")
			}
		})
	})
}

// located reads a body that names a call. A command of it is for that call.
func located[In any](t *testing.T, r *api.Request, body []byte, locator func(In) *wire2021.CallLocator, read func(*api.Request, place, In) (api.Order, error)) {
	decoded(body, func(in In) {
		p, err := byLocator(r, locator(in))
		if err != nil {
			return
		}
		o, err := read(r, p, in)
		if err != nil {
			return
		}
		if o.Key == "" || o.Key != p.order.Key || o.Command == nil {
			t.Fatalf("%+v for call %q", o.Command, o.Key)
		}
		check(t, o.Command)
	})
}

// check holds a command to what the rules take for granted.
func check(t *testing.T, cmd call.Command) {
	switch cmd := cmd.(type) {
	case call.Play:
		if len(cmd.Sources) != 1 || cmd.Sources[0].File == "" || len(cmd.To) == 1 && cmd.To[0] == "" {
			t.Fatalf("%+v", cmd)
		}
	case call.AddParticipant:
		if cmd.Participant == "" || cmd.Operation.Version == "" {
			t.Fatalf("%+v", cmd)
		}
	case call.ConnectCall:
		if !cmd.Source.IsUser() || cmd.App.CallbackURI == "" {
			t.Fatalf("%+v", cmd)
		}
	}
}

func decoded[In any](body []byte, then func(In)) {
	var in In
	if wire.Decode(body, &in) == nil {
		then(in)
	}
}

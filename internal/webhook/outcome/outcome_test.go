package outcome_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
)

// reasons are all reasons of the rules, read from their source.
func reasons(t *testing.T) []call.Reason {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../call/reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []call.Reason
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Reason" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, call.Reason(text))
		}
		return true
	})
	if len(all) < 20 {
		t.Fatalf("only %d reasons found", len(all))
	}
	return all
}

func TestEveryReasonHasAnAnswerOfItsOwn(t *testing.T) {
	for _, reason := range reasons(t) {
		if reason == call.Failed {
			continue
		}
		c := call.Cause{Reason: reason}
		named := 0
		for _, r := range []outcome.Result{outcome.Disconnected(c), outcome.Played(c), outcome.Recognized(c), outcome.Toned(c), outcome.Recorded(c), outcome.Streamed(c), outcome.Transcribed(c)} {
			if r.SubCode != 9999 {
				named++
			}
		}
		if named == 0 {
			t.Errorf("no table of table.go names %q", reason)
		}
	}
}

func TestWhyAUserOrANumberWasNotReached(t *testing.T) {
	for _, c := range []struct {
		reason              call.Reason
		userCode, userSub   int
		phoneCode, phoneSub int
	}{
		{call.Busy, 486, 8539, 486, 560486},
		{call.Declined, 603, 8538, 603, 560603},
		{call.NoAnswer, 408, 8541, 408, 560408},
		{call.Unavailable, 480, 8541, 480, 560480},
		{call.Canceled, 487, 8542, 487, 560487},
		{call.Unreachable, 480, 8544, 480, 560480},
		{call.UnknownAddress, 404, 8544, 404, 560404},
		{call.NoTrunk, 403, 511532, 403, 511532},
		{call.NotAllowed, 403, 7502, 403, 510403},
		{call.Gone, 410, 8543, 410, 560410},
		{"never heard of", 500, 9999, 500, 9999},
	} {
		user := outcome.NotReached(call.Cause{Reason: c.reason})
		if user.Code != c.userCode || user.SubCode != c.userSub {
			t.Errorf("user %s: %d/%d", c.reason, user.Code, user.SubCode)
		}
		phone := outcome.NotReached(call.Cause{Reason: c.reason, Phone: true})
		if phone.Code != c.phoneCode || phone.SubCode != c.phoneSub {
			t.Errorf("phone %s: %d/%d", c.reason, phone.Code, phone.SubCode)
		}
	}
}

func TestWhatTheNetworkSaidIsPassedOn(t *testing.T) {
	for _, c := range []struct {
		cause     call.Cause
		code, sub int
	}{
		{call.Cause{Reason: call.FarEndFailed, Phone: true, SIPStatus: 503}, 503, 560503},
		{call.Cause{Reason: call.FarEndFailed, SIPStatus: 484}, 484, 8544},
		{call.Cause{Reason: call.Busy, Phone: true, SIPStatus: 600}, 600, 560600},
		{call.Cause{Reason: call.NotAllowed, Phone: true, SIPStatus: 403}, 403, 560403},
		{call.Cause{Reason: call.NoTrunk, Phone: true, SIPStatus: 403}, 403, 511532},
	} {
		if r := outcome.NotReached(c.cause); r.Code != c.code || r.SubCode != c.sub {
			t.Errorf("%+v: %d/%d", c.cause, r.Code, r.SubCode)
		}
	}
	if r := outcome.NotAnswered(call.Cause{Reason: call.CallerGaveUp, Phone: true, SIPStatus: 487}); r.SubCode != 540487 {
		t.Errorf("a caller from a trunk: %+v", r)
	}
}

func TestAGracefulEndHasTheRecordedWords(t *testing.T) {
	r := outcome.Disconnected(call.Cause{Reason: call.EndedByApplication})
	want := "Call was ended by Azure Communication Service Call Automation API or a server bot. DiagCode: 0#7000.@"
	if r != (outcome.Result{Code: 200, SubCode: 7000, Message: want}) {
		t.Errorf("got %+v", r)
	}
	for _, reason := range []call.Reason{call.EndedByParticipant, call.Removed, call.Completed} {
		if r := outcome.Disconnected(call.Cause{Reason: reason}); r.Code != 200 || r.SubCode != 7000 {
			t.Errorf("%s: %+v", reason, r)
		}
	}
	for _, reason := range []call.Reason{call.NodeLost, call.MediaLost, call.ShutDown, call.SessionLost} {
		if r := outcome.Disconnected(call.Cause{Reason: reason}); r.Code < 400 {
			t.Errorf("%s passes for a graceful end: %+v", reason, r)
		}
	}
}

func TestAnOutcomeNamesWhatWasWrong(t *testing.T) {
	c := call.Cause{Reason: call.PlayFormat, Detail: "MPEG Layer-3 in WAV (0x0055) is not supported"}
	for _, r := range []outcome.Result{outcome.Played(c), outcome.Recognized(c)} {
		if !strings.HasSuffix(r.Message, ". "+c.Detail) {
			t.Errorf("%+v", r)
		}
	}
}

func TestHowMediaOperationsEnd(t *testing.T) {
	for _, c := range []struct {
		got       outcome.Result
		code, sub int
	}{
		{outcome.Canceled, 400, 8508},
		{outcome.Played(call.Cause{Reason: call.PlayFormat}), 400, 8535},
		{outcome.Played(call.Cause{Reason: call.PlayDownload}), 400, 8536},
		{outcome.Played(call.Cause{Reason: call.ShutDown}), 500, 8572},
		{outcome.Played(call.Cause{Reason: "never heard of"}), 500, 9999},
		{outcome.Recognized(call.Cause{Reason: call.MaxTones}), 200, 8531},
		{outcome.Recognized(call.Cause{Reason: call.StopTone}), 200, 8514},
		{outcome.Recognized(call.Cause{Reason: call.InterToneTimeout}), 400, 8532},
		{outcome.Recognized(call.Cause{Reason: call.InitialSilence}), 400, 8510},
		{outcome.Recognized(call.Cause{Reason: call.PlayDownload}), 500, 8511},
		{outcome.Recognized(call.Cause{Reason: call.ParticipantAbsent}), 400, 8558},
		{outcome.Transcribed(call.Cause{Reason: call.StreamUnopened}), 400, 8581},
		{outcome.Transcribed(call.Cause{Reason: call.StreamBroken}), 500, 8578},
		{outcome.Transcribed(call.Cause{Reason: call.HearingFailed}), 400, 8565},
		{outcome.Transcribed(call.Cause{Reason: call.HearingDenied}), 401, 8565},
		{outcome.Transcribed(call.Cause{Reason: call.HearingBusy}), 429, 8565},
		{outcome.Transcribed(call.Cause{Reason: call.ShutDown}), 500, 8580},
		{outcome.Recognized(call.Cause{Reason: call.SpeechRecognized}), 200, 8569},
		{outcome.Recognized(call.Cause{Reason: call.ChoiceBySpeech}), 200, 8545},
		{outcome.Recognized(call.Cause{Reason: call.SpeechUnclear}), 400, 8563},
		{outcome.Recognized(call.Cause{Reason: call.NoSuchChoice}), 400, 8547},
		{outcome.Recognized(call.Cause{Reason: call.SpeechEndless}), 408, 8570},
		{outcome.Recognized(call.Cause{Reason: call.HearingFailed}), 500, 8565},
		{outcome.Recognized(call.Cause{Reason: call.HearingDenied}), 401, 8565},
		{outcome.Recognized(call.Cause{Reason: call.HearingLate}), 408, 8565},
		{outcome.Recognized(call.Cause{Reason: call.HearingBusy}), 429, 8565},
		{outcome.NotMoved(call.Cause{Reason: call.ParticipantAbsent}), 400, 8558},
		{outcome.NotMoved(call.Cause{Reason: call.Failed, Detail: "It is being transferred."}), 409, 8519},
		{outcome.NotMoved(call.Cause{Reason: call.NoAnswer}), 408, 8541},
		{outcome.NotMoved(call.Cause{Reason: call.Canceled}), 400, 8508},
		{outcome.NotMoved(call.Cause{Reason: call.Overloaded}), 503, 8516},
		{outcome.NotMoved(call.Cause{Reason: call.NodeLost}), 500, 9998},
	} {
		if c.got.Code != c.code || c.got.SubCode != c.sub || strings.TrimSpace(c.got.Message) == "" {
			t.Errorf("%+v, want %d/%d", c.got, c.code, c.sub)
		}
	}
}

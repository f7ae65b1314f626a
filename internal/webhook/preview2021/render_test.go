package preview2021_test

import (
	"encoding/json"
	"maps"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/webhook/preview2021"
	"strowger/internal/webhook/webhooktest"
	wire "strowger/internal/wire/preview2021"
)

const (
	june     = "2021-06-15-preview"
	august   = "2021-08-30-preview"
	november = "2021-11-15-preview"
)

const operation = "2b1f4a0c-7f6e-4d57-8f50-2d8b7a1c9e01"

var (
	alice = call.Address("8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01")
	phone = call.PhoneAddress("+14255550101")
)

// to is an application that can name its operations.
func to(version string) call.Recipient {
	r := webhooktest.To(version)
	r.Operation = operation
	return r
}

// events are one of each kind and of each shape that a kind has in every version.
func events(r call.Recipient) map[string]call.Event {
	out := r // from outside of the call
	out.Connection = ""
	recorder, recording := call.Recipient{CallbackURI: r.CallbackURI, Version: r.Version}, call.NewRecordingID(webhooktest.Call, 1)
	busy := call.Cause{Reason: call.Busy, SIPStatus: 486, SIPPhrase: "Busy Here", Q850: 17, Phone: true}
	roster := []call.RosterEntry{
		{Address: alice, Leg: call.NewLegID(webhooktest.Call, 1)},
		{Address: phone, Muted: true, OnHold: true, Leg: call.NewLegID(webhooktest.Call, 2)},
	}
	return map[string]call.Event{
		"CallConnecting":              call.CallConnecting{Recipient: r},
		"CallConnected":               call.CallConnected{Recipient: r},
		"CallDisconnecting":           call.CallDisconnecting{Recipient: r, Cause: call.Cause{Reason: call.EndedByApplication}},
		"CallDisconnected":            call.CallDisconnected{Recipient: r, Cause: call.Cause{Reason: call.EndedByApplication}},
		"ParticipantsUpdated":         call.ParticipantsUpdated{Recipient: r, Sequence: 3, Participants: roster},
		"ParticipantsUpdated-empty":   call.ParticipantsUpdated{Recipient: r, Sequence: 4},
		"ToneHeard":                   call.ToneHeard{Recipient: r, Tone: '#', Sequence: 2},
		"AddParticipantSucceeded":     call.AddParticipantSucceeded{Recipient: r, Participant: alice},
		"AddParticipantSucceeded-out": call.AddParticipantSucceeded{Recipient: out, Participant: alice},
		"AddParticipantFailed":        call.AddParticipantFailed{Recipient: r, Participant: phone, Cause: busy},
		"AddParticipantFailed-user":   call.AddParticipantFailed{Recipient: out, Participant: alice, Cause: call.Cause{Reason: call.NoAnswer}},
		"PlayCompleted":               call.PlayCompleted{Recipient: r},
		"PlayCompleted-out":           call.PlayCompleted{Recipient: out},
		"PlayCanceled":                call.PlayCanceled{Recipient: r},
		"PlayFailed":                  call.PlayFailed{Recipient: r, Cause: call.Cause{Reason: call.PlayFormat}},
		"PlayFailed-download":         call.PlayFailed{Recipient: out, Cause: call.Cause{Reason: call.PlayDownload, Detail: "404 Not Found"}},
		"PlayFailed-lost":             call.PlayFailed{Recipient: r, Cause: call.Cause{Reason: call.NodeLost}},
		"RecordingStateChanged":       call.RecordingStateChanged{Recipient: recorder, Recording: recording, Active: true, Started: time.Date(2026, 9, 15, 11, 36, 14, 0, time.UTC)},
		"RecordingStateChanged-over":  call.RecordingStateChanged{Recipient: recorder, Recording: recording, Started: time.Date(2026, 9, 15, 11, 36, 14, 0, time.UTC)},
		"StartRecordingFailed":        call.StartRecordingFailed{Recipient: recorder, Recording: recording, Cause: call.Cause{Reason: call.NoSpace}},
	}
}

// transfers are the events of what only the latest version can ask for.
func transfers(r call.Recipient) map[string]call.Event {
	return map[string]call.Event{
		"CallTransferAccepted":     call.CallTransferAccepted{Recipient: r, Target: phone, Transferee: alice},
		"CallTransferFailed":       call.CallTransferFailed{Recipient: r, Cause: call.Cause{Reason: call.Declined}},
		"MoveParticipantSucceeded": call.MoveParticipantSucceeded{Recipient: r, Participant: alice},
		"MoveParticipantFailed":    call.MoveParticipantFailed{Recipient: r, Participant: alice, Cause: call.Cause{Reason: call.ParticipantAbsent}},
	}
}

// untold are the events that no version has a form for.
func untold(r call.Recipient) map[string]call.Event {
	cause := call.Cause{Reason: call.Failed}
	return map[string]call.Event{
		"CreateCallFailed":           call.CreateCallFailed{Recipient: r, Cause: cause},
		"AnswerFailed":               call.AnswerFailed{Recipient: r, Cause: cause},
		"RemoveParticipantSucceeded": call.RemoveParticipantSucceeded{Recipient: r, Participant: phone},
		"PlayStarted":                call.PlayStarted{Recipient: r},
		"RecognizeCompleted":         call.RecognizeCompleted{Recipient: r, Tones: []call.Tone{'1'}},
		"RecognizeCanceled":          call.RecognizeCanceled{Recipient: r},
		"RecognizeFailed":            call.RecognizeFailed{Recipient: r, Cause: cause},
		"SendTonesCompleted":         call.SendTonesCompleted{Recipient: r},
		"SendTonesFailed":            call.SendTonesFailed{Recipient: r, Cause: cause},
		"ListeningFailed":            call.ListeningFailed{Recipient: r, Cause: cause},
		"ListeningStopped":           call.ListeningStopped{Recipient: r},
		"HoldFailed":                 call.HoldFailed{Recipient: r, Cause: cause},
		"CancelAddSucceeded":         call.CancelAddSucceeded{Recipient: r, InvitationID: operation},
		"CancelAddFailed":            call.CancelAddFailed{Recipient: r, InvitationID: operation},
		"StreamingStarted":           call.StreamingStarted{Recipient: r},
		"StreamingStopped":           call.StreamingStopped{Recipient: r},
		"StreamingFailed":            call.StreamingFailed{Recipient: r, Cause: cause},
		"TranscriptionStarted":       call.TranscriptionStarted{Recipient: r},
		"TranscriptionUpdated":       call.TranscriptionUpdated{Recipient: r},
		"TranscriptionStopped":       call.TranscriptionStopped{Recipient: r},
		"TranscriptionFailed":        call.TranscriptionFailed{Recipient: r, Cause: cause},
		"AnsweringMachineDetected":   call.AnsweringMachineDetected{Recipient: r, Participant: phone, Answerer: call.AnsweredByHuman, Confidence: 0.9},
		"MachineGreetingEnded":       call.MachineGreetingEnded{Recipient: r, Participant: phone, End: call.EndedByBeep},
	}
}

func TestEventsAreRenderedAsPublished(t *testing.T) {
	for _, version := range []string{june, august, november} {
		told := map[string]call.Event{}
		for name, e := range events(to(version)) {
			told[version+"/"+name] = e
		}
		t.Run(version, func(t *testing.T) { webhooktest.Told(t, preview2021.Family(), told) })
	}
}

func TestTransfersAreToldToTheVersionThatHasThem(t *testing.T) {
	told := map[string]call.Event{}
	for name, e := range transfers(to(november)) {
		told[november+"/"+name] = e
	}
	webhooktest.Told(t, preview2021.Family(), told)
	webhooktest.Untold(t, preview2021.Family(), transfers(to(june)))
	webhooktest.Untold(t, preview2021.Family(), transfers(to(august)))
}

func TestWhatThisFamilyDoesNotKnowIsNotTold(t *testing.T) {
	for _, version := range preview2021.Family().Versions {
		webhooktest.Untold(t, preview2021.Family(), untold(to(version)))
	}
}

func TestThatARecordingWasAcceptedIsNotTold(t *testing.T) {
	for _, version := range preview2021.Family().Versions {
		accepted := call.RecordingStateChanged{Recipient: to(version), Recording: call.NewRecordingID(webhooktest.Call, 1)}
		webhooktest.Untold(t, preview2021.Family(), map[string]call.Event{version: accepted})
	}
}

// TestHowOperationsEnd reads the result from the member that each version has.
func TestHowOperationsEnd(t *testing.T) {
	for _, version := range preview2021.Family().Versions {
		r := to(version)
		for _, c := range []struct {
			event         call.Event
			status        string
			code, subcode int
		}{
			{call.PlayCompleted{Recipient: r}, "completed", 200, 0},
			{call.PlayCanceled{Recipient: r}, "completed", 400, 8508},
			{call.PlayFailed{Recipient: r, Cause: call.Cause{Reason: call.PlayFormat}}, "failed", 400, 8535},
			{call.PlayFailed{Recipient: r, Cause: call.Cause{Reason: call.PlayDownload}}, "failed", 400, 8536},
			{call.PlayFailed{Recipient: r, Cause: call.Cause{Reason: "never heard of"}}, "failed", 500, 9999},
			{call.AddParticipantSucceeded{Recipient: r}, "completed", 0, 0},
			{call.AddParticipantFailed{Recipient: r, Cause: call.Cause{Reason: call.Declined}}, "failed", 603, 8538},
			{call.AddParticipantFailed{Recipient: r, Cause: call.Cause{Reason: call.Busy, Phone: true}}, "failed", 486, 560486},
			{call.AddParticipantFailed{Recipient: r, Cause: call.Cause{Reason: call.Canceled}}, "failed", 487, 8542},
		} {
			got := resultOf(t, c.event)
			how := got.ResultInfo
			if version == november {
				how = got.ResultDetails
			}
			if how == nil {
				how = &wire.OperationDetail{}
			}
			if string(got.Status) != c.status || how.Code != c.code || how.Subcode != c.subcode || got.OperationContext != r.Context {
				t.Errorf("%s: %+v ends as %+v with %+v, want %s with %d/%d", version, c.event, got.OperationResult, *how, c.status, c.code, c.subcode)
			}
		}
	}
}

func resultOf(t *testing.T, e call.Event) wire.OperationEnded {
	t.Helper()
	m, told, err := preview2021.Render(webhooktest.Record(e), 0)
	if err != nil || !told {
		t.Fatalf("%+v: told %v, %v", e, told, err)
	}
	var batch []struct{ Data wire.OperationEnded }
	if err := json.Unmarshal(m.Body, &batch); err != nil {
		t.Fatal(err)
	}
	return batch[0].Data
}

func TestAMoveThatAnotherFamilyAskedForIsNotTold(t *testing.T) {
	r := to(november)
	r.Operation = ""
	for _, e := range []call.Event{call.MoveParticipantSucceeded{Recipient: r}, call.MoveParticipantFailed{Recipient: r}} {
		if m, told, err := preview2021.Render(webhooktest.Record(e), 0); told || err != nil {
			t.Errorf("told %v, %v", m, err)
		}
	}
}

func TestWhatIsNotForAConnectionIsNotRendered(t *testing.T) {
	if _, told, err := preview2021.Render(webhooktest.Record(call.CallStarted{}), 0); told || err == nil {
		t.Errorf("told %v, %v", told, err)
	}
}

func TestEveryEventOfTheRulesHasAPublishedForm(t *testing.T) {
	all := events(to(november))
	maps.Copy(all, transfers(to(november)))
	maps.Copy(all, untold(to(november)))
	webhooktest.EveryEventHasAForm[call.ForRecipient](t, all)
}

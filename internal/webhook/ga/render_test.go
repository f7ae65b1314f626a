package ga_test

import (
	"maps"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/webhook/ga"
	"strowger/internal/webhook/webhooktest"
)

const latest = "2026-03-12"

var (
	alice = call.Address("8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01")
	phone = call.PhoneAddress("+14255550101")
)

// events are one of each kind and of each shape that a kind has.
func events(r call.Recipient) map[string]call.Event {
	busy := call.Cause{Reason: call.Busy, SIPStatus: 486, SIPPhrase: "Busy Here", Q850: 17}
	out, recording := call.Recipient{CallbackURI: r.CallbackURI, Version: r.Version}, call.NewRecordingID(webhooktest.Call, 1)
	number := busy
	number.Phone = true
	all := map[string]call.Event{
		"CallConnected":              call.CallConnected{Recipient: r},
		"RecordingStateChanged":      call.RecordingStateChanged{Recipient: out, Recording: recording, Active: true, Started: time.Date(2026, 9, 15, 11, 36, 14, 0, time.UTC)},
		"RecordingStateChanged-new":  call.RecordingStateChanged{Recipient: out, Recording: recording},
		"StartRecordingFailed":       call.StartRecordingFailed{Recipient: out, Recording: recording, Cause: call.Cause{Reason: call.NoSpace, Detail: "make room on the disk under data_dir"}},
		"CallDisconnected":           call.CallDisconnected{Recipient: r, Cause: call.Cause{Reason: call.EndedByApplication}},
		"CallDisconnected-lost":      call.CallDisconnected{Recipient: r, Cause: call.Cause{Reason: call.NodeLost}},
		"CreateCallFailed-user":      call.CreateCallFailed{Recipient: r, Cause: busy},
		"CreateCallFailed-phone":     call.CreateCallFailed{Recipient: r, Cause: number},
		"AnswerFailed":               call.AnswerFailed{Recipient: r, Cause: call.Cause{Reason: call.CallerGaveUp, Phone: true}},
		"ParticipantsUpdated":        call.ParticipantsUpdated{Recipient: r, Sequence: 3, Participants: []call.RosterEntry{{Address: alice, OnHold: true}, {Address: phone}}},
		"ParticipantsUpdated-empty":  call.ParticipantsUpdated{Recipient: r, Sequence: 4},
		"AddParticipantSucceeded":    call.AddParticipantSucceeded{Recipient: r, Participant: alice},
		"AddParticipantFailed":       call.AddParticipantFailed{Recipient: r, Participant: phone, Cause: number},
		"RemoveParticipantSucceeded": call.RemoveParticipantSucceeded{Recipient: r, Participant: phone},
		"PlayStarted":                call.PlayStarted{Recipient: r},
		"PlayCompleted":              call.PlayCompleted{Recipient: r},
		"PlayCompleted-heard": call.PlayCompleted{Recipient: r, Hearing: []call.Hearing{
			{Participant: "4:+14255550101", Sent: 3 * time.Second, Reported: 2800 * time.Millisecond, Received: 2240 * time.Millisecond},
			{Participant: "8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01", Sent: time.Second},
		}},
		"PlayCanceled":               call.PlayCanceled{Recipient: r},
		"PlayFailed":                 call.PlayFailed{Recipient: r, Source: 1, Cause: call.Cause{Reason: call.PlayDownload}},
		"RecognizeCompleted":         call.RecognizeCompleted{Recipient: r, Tones: []call.Tone{'1', '*', '#', 'A'}, Cause: call.Cause{Reason: call.MaxTones}},
		"RecognizeCompleted-stopped": call.RecognizeCompleted{Recipient: r, Cause: call.Cause{Reason: call.StopTone}},
		"RecognizeCanceled":          call.RecognizeCanceled{Recipient: r},
		"RecognizeFailed":            call.RecognizeFailed{Recipient: r, Source: -1, Cause: call.Cause{Reason: call.InitialSilence}},
		"RecognizeCompleted-choice":  call.RecognizeCompleted{Recipient: r, Choice: "yes", Cause: call.Cause{Reason: call.ChoiceByTone}},
		"RecognizeFailed-wrong":      call.RecognizeFailed{Recipient: r, Source: -1, Cause: call.Cause{Reason: call.WrongTone}},
		"SendTonesCompleted":         call.SendTonesCompleted{Recipient: r},
		"SendTonesFailed":            call.SendTonesFailed{Recipient: r, Cause: call.Cause{Reason: call.TonesNotTaken}},
		"ToneHeard":                  call.ToneHeard{Recipient: r, Tone: '#', Sequence: 2},
		"ListeningFailed":            call.ListeningFailed{Recipient: r, Cause: call.Cause{Reason: call.NodeLost}},
		"ListeningStopped":           call.ListeningStopped{Recipient: r},
		"HoldFailed":                 call.HoldFailed{Recipient: r, Cause: call.Cause{Reason: call.PlayFormat}},
		"CancelAddSucceeded":         call.CancelAddSucceeded{Recipient: r, InvitationID: "6a0d4c2f-0f6f-4b9f-8f43-b3f0c7a52a01"},
		"MoveParticipantSucceeded":   call.MoveParticipantSucceeded{Recipient: r, Participant: alice, From: "6a0d4c2f-0f6f-4b9f-8f43-b3f0c7a52a01"},
		"MoveParticipantFailed":      call.MoveParticipantFailed{Recipient: r, Participant: alice, From: "6a0d4c2f-0f6f-4b9f-8f43-b3f0c7a52a01", Cause: call.Cause{Reason: call.ParticipantAbsent}},
		"CallTransferAccepted":       call.CallTransferAccepted{Recipient: r, Target: "4:+14255550199", Transferee: "4:+14255550123"},
		"CallTransferFailed":         call.CallTransferFailed{Recipient: r, Cause: call.Cause{Reason: call.NoTrunk, Phone: true}},
		"CallTransferFailed-busy":    call.CallTransferFailed{Recipient: r, Cause: call.Cause{Reason: call.Busy, Phone: true, SIPStatus: 486, SIPPhrase: "Busy Here", Q850: 17}},
		"CancelAddFailed":            call.CancelAddFailed{Recipient: r, InvitationID: "6a0d4c2f-0f6f-4b9f-8f43-b3f0c7a52a01"},
		"AnsweringMachineDetected":   call.AnsweringMachineDetected{Recipient: r, Participant: "4:+14255550123", Answerer: call.AnsweredByMachine, Confidence: 0.95},
		"MachineGreetingEnded":       call.MachineGreetingEnded{Recipient: r, Participant: "4:+14255550123", End: call.EndedByBeep},
		"RecognizeFailed-prompt":     call.RecognizeFailed{Recipient: r, Source: 0, Cause: call.Cause{Reason: call.PlayFormat}},
	}
	maps.Copy(all, onSockets(r))
	return all
}

// onSockets are the events of streams and transcriptions.
func onSockets(r call.Recipient) map[string]call.Event {
	return map[string]call.Event{
		"StreamingStarted":           call.StreamingStarted{Recipient: r},
		"StreamingStarted-again":     call.StreamingStarted{Recipient: r, Again: true},
		"StreamingStopped":           call.StreamingStopped{Recipient: r},
		"StreamingFailed":            call.StreamingFailed{Recipient: r, Cause: call.Cause{Reason: call.StreamUnopened, Detail: "connection refused"}},
		"StreamingFailed-401":        call.StreamingFailed{Recipient: r, Cause: call.Cause{Reason: call.StreamUnopened}, Status: 401},
		"StreamingFailed-503":        call.StreamingFailed{Recipient: r, Cause: call.Cause{Reason: call.StreamUnopened}, Status: 503},
		"StreamingFailed-broken":     call.StreamingFailed{Recipient: r, Cause: call.Cause{Reason: call.StreamBroken}},
		"StreamingFailed-lost":       call.StreamingFailed{Recipient: r, Cause: call.Cause{Reason: call.NodeLost}},
		"TranscriptionStarted":       call.TranscriptionStarted{Recipient: r},
		"TranscriptionStarted-again": call.TranscriptionStarted{Recipient: r, Again: true},
		"TranscriptionUpdated":       call.TranscriptionUpdated{Recipient: r},
		"TranscriptionStopped":       call.TranscriptionStopped{Recipient: r},
		"TranscriptionFailed":        call.TranscriptionFailed{Recipient: r, Cause: call.Cause{Reason: call.StreamUnopened, Detail: "connection refused"}},
		"TranscriptionFailed-403":    call.TranscriptionFailed{Recipient: r, Cause: call.Cause{Reason: call.StreamUnopened}, Status: 403},
		"TranscriptionFailed-broken": call.TranscriptionFailed{Recipient: r, Cause: call.Cause{Reason: call.StreamBroken}},
		"TranscriptionFailed-lost":   call.TranscriptionFailed{Recipient: r, Cause: call.Cause{Reason: call.NodeLost}},
		"TranscriptionFailed-engine": call.TranscriptionFailed{Recipient: r, Cause: call.Cause{Reason: call.HearingFailed, Detail: "The engine died."}},
		"TranscriptionFailed-denied": call.TranscriptionFailed{Recipient: r, Cause: call.Cause{Reason: call.HearingDenied}},
		"TranscriptionFailed-busy":   call.TranscriptionFailed{Recipient: r, Cause: call.Cause{Reason: call.HearingBusy}},
		"TranscriptionFailed-late":   call.TranscriptionFailed{Recipient: r, Cause: call.Cause{Reason: call.HearingLate}},
	}
}

func TestEventsAreRenderedAsPublished(t *testing.T) {
	webhooktest.Told(t, ga.Family(), events(webhooktest.To(latest)))
}

func TestOlderVersionsAreTold(t *testing.T) {
	webhooktest.Told(t, ga.Family(), map[string]call.Event{
		"CallDisconnected-2023-03-06":      call.CallDisconnected{Recipient: webhooktest.To("2023-03-06"), Cause: call.Cause{Reason: call.EndedByApplication}},
		"CreateCallFailed-2025-06-15":      events(webhooktest.To("2025-06-15"))["CreateCallFailed-phone"],
		"CreateCallFailed-2024-04-15":      events(webhooktest.To("2024-04-15"))["CreateCallFailed-phone"],
		"AnswerFailed-2023-10-15":          events(webhooktest.To("2023-10-15"))["AnswerFailed"],
		"PlayStarted-2024-09-15":           events(webhooktest.To("2024-09-15"))["PlayStarted"],
		"CallConnected-2024-11-15-preview": events(webhooktest.To("2024-11-15-preview"))["CallConnected"],
	})
}

func TestOlderVersionsAreNotToldWhatTheyDoNotKnow(t *testing.T) {
	old := webhooktest.To("2024-04-15")
	other := old
	other.Connection = "another"
	cause := call.Cause{Reason: call.Busy}
	for name, c := range map[string]struct {
		events []call.Event
		told   bool
	}{
		"PlayStarted":                              {[]call.Event{call.PlayStarted{Recipient: old}}, false},
		"MoveParticipantSucceeded":                 {[]call.Event{call.MoveParticipantSucceeded{Recipient: webhooktest.To("2025-06-15")}}, false},
		"MoveParticipantFailed":                    {[]call.Event{call.MoveParticipantFailed{Recipient: webhooktest.To("2025-08-15-preview"), Cause: cause}}, false},
		"a failure before its own disconnection":   {[]call.Event{call.CreateCallFailed{Recipient: old, Cause: cause}, call.CallDisconnected{Recipient: old}}, false},
		"a failed answer before its disconnection": {[]call.Event{call.AnswerFailed{Recipient: old, Cause: cause}, call.CallDisconnected{Recipient: old}}, false},
		"a failure before another's disconnection": {[]call.Event{call.CreateCallFailed{Recipient: old, Cause: cause}, call.CallDisconnected{Recipient: other}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if _, told, err := ga.Render(webhooktest.Record(c.events...), 0); told != c.told || err != nil {
				t.Errorf("told %v, want %v (%v)", told, c.told, err)
			}
		})
	}
}

func TestWhatIsNotForAConnectionIsNotRendered(t *testing.T) {
	if _, told, err := ga.Render(webhooktest.Record(call.CallStarted{}), 0); told || err == nil {
		t.Errorf("told %v, %v", told, err)
	}
}

// untold are the events of the rules that only other families tell.
func untold(r call.Recipient) map[string]call.Event {
	return map[string]call.Event{
		"CallConnecting":    call.CallConnecting{Recipient: r},
		"CallDisconnecting": call.CallDisconnecting{Recipient: r, Cause: call.Cause{Reason: call.EndedByApplication}},
	}
}

func TestWhatThisFamilyDoesNotKnowIsNotTold(t *testing.T) {
	webhooktest.Untold(t, ga.Family(), untold(webhooktest.To(latest)))
}

func TestEveryEventOfTheRulesHasAPublishedForm(t *testing.T) {
	all := events(webhooktest.To(latest))
	maps.Copy(all, untold(webhooktest.To(latest)))
	webhooktest.EveryEventHasAForm[call.ForRecipient](t, all)
}

package ga

import (
	"strings"

	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// diagnosticsSince is the version that first says what the network said.
const diagnosticsSince ga.Version = "2026-03-12"

func about(to call.Recipient, r outcome.Result) ga.EventData {
	return ga.EventData{
		OperationContext:  to.Context,
		ResultInformation: &ga.ResultInformation{Code: r.Code, SubCode: r.SubCode, Message: r.Message},
	}
}

// because adds what the network said, for versions that tell.
func because(to call.Recipient, r outcome.Result, c call.Cause) ga.EventData {
	data := about(to, r)
	if !ga.Version(to.Version).AtLeast(diagnosticsSince) {
		return data
	}
	if c.SIPStatus != 0 {
		data.ResultInformation.SIPDetails = &ga.Diagnostic{Code: c.SIPStatus, Message: c.SIPPhrase}
	}
	if c.Q850 != 0 {
		data.ResultInformation.Q850Details = &ga.Diagnostic{Code: c.Q850, Message: q850[c.Q850]}
	}
	return data
}

// q850 are the names of the commoner causes of ITU-T Q.850.
var q850 = map[int]string{
	1: "Unallocated (unassigned) number", 3: "No route to destination", 16: "Normal call clearing", 17: "User busy",
	18: "No user responding", 19: "No answer from user", 20: "Subscriber absent", 21: "Call rejected", 22: "Number changed",
	27: "Destination out of order", 28: "Invalid number format", 31: "Normal, unspecified", 34: "No circuit/channel available",
	38: "Network out of order", 41: "Temporary failure", 42: "Switching equipment congestion", 47: "Resource unavailable, unspecified",
	58: "Bearer capability not presently available", 65: "Bearer capability not implemented", 79: "Service or option not implemented, unspecified",
	88: "Incompatible destination", 102: "Recovery on timer expiry", 111: "Protocol error, unspecified", 127: "Interworking, unspecified",
}

// disconnected knows that the versions before 2026-03-12 had another sentence
// for a graceful end.
func disconnected(e call.CallDisconnected) outcome.Result {
	if outcome.Graceful(e.Cause) && !ga.Version(e.Version).AtLeast(diagnosticsSince) {
		return outcome.EndedWith(outcome.Ended)
	}
	return outcome.Disconnected(e.Cause)
}

func identifier(a call.Address) wire.Identifier { return wire.FromRawID(string(a)) }

// sourceIndex is absent when no source failed.
func sourceIndex(i int) *int {
	if i < 0 {
		return nil
	}
	return &i
}

// participantsUpdated carries no operationContext: it is no operation's.
func participantsUpdated(e call.ParticipantsUpdated) published {
	e.Recipient.Context = ""
	d := &ga.ParticipantsUpdated{
		EventData: about(e.Recipient, outcome.Done), SequenceNumber: e.Sequence,
		Participants: make([]ga.CallParticipant, 0, len(e.Participants)),
	}
	for _, p := range e.Participants {
		d.Participants = append(d.Participants, ga.CallParticipant{
			Identifier: identifier(p.Address), IsMuted: p.Muted, IsOnHold: p.OnHold,
		})
	}
	return published{ga.TypeParticipantsUpdated, d, &d.EventData}
}

func recognizeCompleted(e call.RecognizeCompleted) published {
	d := &ga.RecognizeCompleted{
		EventData: about(e.Recipient, outcome.Recognized(e.Cause)), RecognitionType: ga.RecognizedDTMF,
		DTMFResult: &ga.DTMFResult{Tones: make([]ga.Tone, 0, len(e.Tones))},
	}
	for _, t := range e.Tones {
		d.DTMFResult.Tones = append(d.DTMFResult.Tones, tone(t))
	}
	return published{ga.TypeRecognizeCompleted, d, &d.EventData}
}

// keys are the tones in the order of ga.Tones.
const keys = "0123456789*#ABCD"

func tone(t call.Tone) ga.Tone {
	if i := strings.IndexByte(keys, byte(t)); i >= 0 {
		return ga.Tones[i]
	}
	return ""
}

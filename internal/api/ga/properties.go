package ga

import (
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// properties is how a connection is shown.
func properties(p call.Properties) ga.CallConnectionProperties {
	shown := ga.CallConnectionProperties{
		CallConnectionID:     string(p.Connection),
		ServerCallID:         p.Call.ServerCallID(),
		CallConnectionState:  ga.ConnectionState(p.State),
		CallbackURI:          p.CallbackURI,
		SourceCallerIDNumber: phone(p.CallerID),
		SourceDisplayName:    p.SourceName,
		CorrelationID:        string(p.Call),
		AnsweredFor:          phone(p.AnsweredFor),
	}
	for _, target := range p.Targets {
		shown.Targets = append(shown.Targets, wire.FromRawID(string(target)))
	}
	if p.Source != "" {
		source := wire.FromRawID(string(p.Source))
		shown.Source = &source
	}
	if p.AnsweredBy != "" {
		shown.AnsweredBy = &wire.CommunicationUser{ID: string(p.AnsweredBy)}
	}
	shown.MediaStreamingSubscription = subscription(p.Stream)
	shown.TranscriptionSubscription = transcriptionSubscription(p.Transcript)
	return shown
}

func subscription(s *call.StreamStatus) *ga.MediaStreamingSubscription {
	if s == nil {
		return nil
	}
	return &ga.MediaStreamingSubscription{ID: s.Subscription, State: subscriptionState(s.State), SubscribedContentTypes: []string{ga.StreamAudio}}
}

func transcriptionSubscription(t *call.TranscriptStatus) *ga.TranscriptionSubscription {
	if t == nil {
		return nil
	}
	results := []string{ga.TranscriptionFinal}
	if t.Intermediate {
		results = append(results, ga.TranscriptionIntermediate)
	}
	return &ga.TranscriptionSubscription{ID: t.Subscription, State: subscriptionState(t.State), SubscribedResultTypes: results, Locale: t.Language}
}

func subscriptionState(s call.StreamState) string {
	if s == call.StreamActive {
		return ga.SubscriptionActive
	}
	return ga.SubscriptionInactive
}

func phone(a call.Address) *wire.PhoneNumber {
	return wire.FromRawID(string(a)).PhoneNumber
}

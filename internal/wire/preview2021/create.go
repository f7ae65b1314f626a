package preview2021

import "strowger/internal/wire"

// CreateCallRequest is POST /calling/callConnections, answered 201 with
// ConnectionResult.
type CreateCallRequest struct {
	Source              wire.Identifier         `json:"source"`
	Targets             []wire.Identifier       `json:"targets" max:"350"`
	AlternateCallerID   *wire.PhoneNumber       `json:"alternateCallerId,omitempty"`
	Subject             string                  `json:"subject,omitempty" max:"256"`
	CallbackURI         string                  `json:"callbackUri" max:"4096"`
	RequestedMediaTypes []MediaType             `json:"requestedMediaTypes,omitempty" max:"16,64"`
	RequestedCallEvents []EventSubscriptionType `json:"requestedCallEvents,omitempty" max:"16,64"`
}

// MediaType is what an application wants of a call.
type MediaType string

// The published media types.
const (
	MediaAudio MediaType = "audio"
	MediaVideo MediaType = "video"
)

// EventSubscriptionType is what an application is told of only when it asks.
type EventSubscriptionType string

// The published subscriptions.
const (
	SubscribeParticipants EventSubscriptionType = "participantsUpdated"
	SubscribeDTMF         EventSubscriptionType = "dtmfReceived" // until 2021-08-30-preview
	SubscribeTones        EventSubscriptionType = "toneReceived" // from 2021-11-15-preview on
)

// ConnectionResult answers whatever makes a connection.
type ConnectionResult struct {
	CallConnectionID string `json:"callConnectionId"`
}

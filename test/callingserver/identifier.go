package callingserver

// Identifier names somebody: exactly one of its typed members is there. RawID is
// filled in by the service.
type Identifier struct {
	RawID string       `json:"rawId,omitempty"`
	User  *User        `json:"communicationUser,omitempty"`
	Phone *PhoneNumber `json:"phoneNumber,omitempty"`
	Teams *TeamsUser   `json:"microsoftTeamsUser,omitempty"`
}

// User is a user of the resource.
type User struct {
	ID string `json:"id"`
}

// PhoneNumber is one with its plus and country code.
type PhoneNumber struct {
	Value string `json:"value"`
}

// TeamsUser is a user of Teams.
type TeamsUser struct {
	UserID      string `json:"userId"`
	IsAnonymous bool   `json:"isAnonymous,omitempty"`
	Cloud       string `json:"cloud,omitempty"`
}

// OfUser names a user by "8:acs:…".
func OfUser(id string) Identifier { return Identifier{User: &User{ID: id}} }

// OfPhone names a telephone number.
func OfPhone(e164 string) Identifier { return Identifier{Phone: &PhoneNumber{Value: e164}} }

// Participant is who is in a call.
type Participant struct {
	Identifier    Identifier `json:"identifier"`
	ParticipantID string     `json:"participantId,omitempty"`
	IsMuted       bool       `json:"isMuted"`
}

// Media is what a call carries.
type Media string

// What a call may carry.
const (
	Audio Media = "audio"
	Video Media = "video"
)

// Subscription is a kind of event that an application is told only if it asks.
type Subscription string

// What may be subscribed to. Tones have another name in November.
const (
	ParticipantsUpdated Subscription = "participantsUpdated"
	DtmfReceived        Subscription = "dtmfReceived"
	ToneReceived        Subscription = "toneReceived"
)

// CallOptions are what a call is created or joined with.
type CallOptions struct {
	CallbackURI         string         `json:"callbackUri"`
	AlternateCallerID   *PhoneNumber   `json:"alternateCallerId,omitempty"` // of created calls
	Subject             string         `json:"subject,omitempty"`
	RequestedMediaTypes []Media        `json:"requestedMediaTypes,omitempty"`
	RequestedCallEvents []Subscription `json:"requestedCallEvents,omitempty"`
}

// Status is how far an operation is.
type Status string

// How far an operation is.
const (
	NotStarted Status = "notStarted"
	Running    Status = "running"
	Completed  Status = "completed"
	Failed     Status = "failed"
)

// ResultInfo is how an operation ended.
type ResultInfo struct {
	Code    int    `json:"code"`
	Subcode int    `json:"subcode"`
	Message string `json:"message,omitempty"`
}

// RecordingOptions say how a recording is made; all but the address is of August
// and later.
type RecordingOptions struct {
	StateCallbackURI string `json:"recordingStateCallbackUri,omitempty"`
	ContentType      string `json:"recordingContentType,omitempty"` // audio, audioVideo
	ChannelType      string `json:"recordingChannelType,omitempty"` // mixed, unmixed
	FormatType       string `json:"recordingFormatType,omitempty"`  // wav, mp3, mp4
}

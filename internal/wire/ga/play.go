package ga

import "strowger/internal/wire"

// PlaySourceKind says which member of a PlaySource holds the sound.
type PlaySourceKind string

// The published kinds of source.
const (
	PlayFile PlaySourceKind = "file"
	PlayText PlaySourceKind = "text"
	PlaySSML PlaySourceKind = "ssml"
)

// PlaySource is one thing to play.
type PlaySource struct {
	Kind              PlaySourceKind `json:"kind" max:"64"`
	PlaySourceCacheID string         `json:"playSourceCacheId,omitempty" max:"256"`
	File              *FileSource    `json:"file,omitempty"`
	Text              *TextSource    `json:"text,omitempty"`
	SSML              *SSMLSource    `json:"ssml,omitempty"`
}

// FileSource is audio fetched from a URI.
type FileSource struct {
	URI string `json:"uri" max:"4096"`
}

// TextSource is text to be spoken.
type TextSource struct {
	Text                  string `json:"text" max:"8192"`
	SourceLocale          string `json:"sourceLocale,omitempty" max:"64"`
	VoiceKind             string `json:"voiceKind,omitempty" max:"64"`
	VoiceName             string `json:"voiceName,omitempty" max:"256"`
	CustomVoiceEndpointID string `json:"customVoiceEndpointId,omitempty" max:"256"`
}

// Published kinds of voice.
const (
	VoiceMale   = "male"
	VoiceFemale = "female"
)

// SSMLSource is marked-up text to be spoken.
type SSMLSource struct {
	SSMLText              string `json:"ssmlText" max:"16384"`
	CustomVoiceEndpointID string `json:"customVoiceEndpointId,omitempty" max:"256"`
}

// PlayOptions modify a play.
type PlayOptions struct {
	Loop bool `json:"loop"`
}

// PlayRequest is POST /calling/callConnections/{id}:play, answered 202 and
// empty. An absent or empty playTo means everyone.
type PlayRequest struct {
	PlaySources                 []PlaySource      `json:"playSources" max:"64"`
	PlayTo                      []wire.Identifier `json:"playTo,omitzero" max:"350"`
	InterruptCallMediaOperation bool              `json:"interruptCallMediaOperation,omitempty"`
	PlayOptions                 *PlayOptions      `json:"playOptions,omitempty"`
	OperationContext            string            `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI        string            `json:"operationCallbackUri,omitempty" max:"4096"`
}

// Types of the events of a play.
const (
	TypePlayStarted   = typePrefix + "PlayStarted"
	TypePlayCompleted = typePrefix + "PlayCompleted"
	TypePlayFailed    = typePrefix + "PlayFailed"
	TypePlayCanceled  = typePrefix + "PlayCanceled"
)

// PlayStarted says that the first source is being heard.
type PlayStarted struct{ EventData }

// PlayCompleted says that the last source has been heard. What begins with strowger
// is not published: it is there when callbacks.proof_of_hearing asks for it.
type PlayCompleted struct {
	EventData
	StrowgerHearing []Hearing `json:"strowgerHearing,omitempty"`
}

// Hearing is how much of a play was sent to a participant, how much of that its RTCP
// has told of by now, and how much of that has arrived, at least. In milliseconds.
type Hearing struct {
	Participant wire.Identifier `json:"participant"`
	SentMs      int64           `json:"sentMs"`
	ReportedMs  int64           `json:"reportedMs"`
	ReceivedMs  int64           `json:"receivedMs"`
}

// PlayFailed names the source that could not be played, counted from 0.
type PlayFailed struct {
	EventData
	FailedPlaySourceIndex *int `json:"failedPlaySourceIndex,omitempty"`
}

// PlayCanceled says that the play was cut off.
type PlayCanceled struct{ EventData }

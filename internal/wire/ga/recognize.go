package ga

import "strowger/internal/wire"

// The published input types: what is listened for.
const (
	RecognizeDTMF         = "dtmf"
	RecognizeSpeech       = "speech"
	RecognizeSpeechOrDTMF = "speechOrDtmf"
	RecognizeChoices      = "choices"
)

// Tone is a key of a telephone, by name.
type Tone string

// Tones are the sixteen keys in the order of their RFC 4733 event codes:
// 0-9, *, #, A-D.
var Tones = []Tone{
	"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
	"asterisk", "pound", "a", "b", "c", "d",
}

// RecognizeRequest is POST /calling/callConnections/{id}:recognize, answered
// 202 and empty.
type RecognizeRequest struct {
	RecognizeInputType          string            `json:"recognizeInputType" max:"64"`
	PlayPrompt                  *PlaySource       `json:"playPrompt,omitempty"`
	PlayPrompts                 []PlaySource      `json:"playPrompts,omitempty" max:"64"`
	InterruptCallMediaOperation bool              `json:"interruptCallMediaOperation,omitempty"`
	RecognizeOptions            *RecognizeOptions `json:"recognizeOptions"`
	OperationContext            string            `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI        string            `json:"operationCallbackUri,omitempty" max:"4096"`
}

// RecognizeOptions say whom to listen to, how long, and for what.
// InterruptPrompt defaults to true, the initial silence to 5 s.
type RecognizeOptions struct {
	InterruptPrompt                  *bool           `json:"interruptPrompt,omitempty"`
	InitialSilenceTimeoutInSeconds   *int            `json:"initialSilenceTimeoutInSeconds,omitempty"`
	TargetParticipant                wire.Identifier `json:"targetParticipant"`
	SpeechLanguage                   string          `json:"speechLanguage,omitempty" max:"64"`
	SpeechRecognitionModelEndpointID string          `json:"speechRecognitionModelEndpointId,omitempty" max:"256"`
	DTMFOptions                      *DTMFOptions    `json:"dtmfOptions,omitempty"`
	Choices                          []Choice        `json:"choices,omitempty" max:"50"`
	SpeechOptions                    *SpeechOptions  `json:"speechOptions,omitempty"`

	// Of 2025-08-15-preview alone.
	SpeechLanguages         []string `json:"speechLanguages,omitempty" max:"16,64"`
	EnableSentimentAnalysis bool     `json:"enableSentimentAnalysis,omitempty"`
}

// DTMFOptions bound the collection of tones. The time between two tones
// defaults to 2 s.
type DTMFOptions struct {
	InterToneTimeoutInSeconds *int   `json:"interToneTimeoutInSeconds,omitempty"`
	MaxTonesToCollect         *int   `json:"maxTonesToCollect,omitempty"`
	StopTones                 []Tone `json:"stopTones,omitempty" max:"16,64"`
}

// Choice is one answer that a caller may give, by voice or by key.
type Choice struct {
	Label   string   `json:"label" max:"256"`
	Phrases []string `json:"phrases" max:"50,256"`
	Tone    Tone     `json:"tone,omitempty" max:"64"`
}

// SpeechOptions bound the collection of speech.
type SpeechOptions struct {
	EndSilenceTimeoutInMs *int64 `json:"endSilenceTimeoutInMs,omitempty"`
}

// Types of the events of a recognition.
const (
	TypeRecognizeCompleted = typePrefix + "RecognizeCompleted"
	TypeRecognizeFailed    = typePrefix + "RecognizeFailed"
	TypeRecognizeCanceled  = typePrefix + "RecognizeCanceled"
)

// RecognitionType says how the caller answered.
type RecognitionType string

// The published recognition types.
const (
	RecognizedDTMF    RecognitionType = "dtmf"
	RecognizedSpeech  RecognitionType = "speech"
	RecognizedChoices RecognitionType = "choices"
)

// RecognizeCompleted carries what the caller said or pressed.
type RecognizeCompleted struct {
	EventData
	RecognitionType RecognitionType `json:"recognitionType"`
	DTMFResult      *DTMFResult     `json:"dtmfResult,omitempty"`
	ChoiceResult    *ChoiceResult   `json:"choiceResult,omitempty"`
	SpeechResult    *SpeechResult   `json:"speechResult,omitempty"`
}

// DTMFResult are the tones collected; the list is there when it is empty.
type DTMFResult struct {
	Tones []Tone `json:"tones"`
}

// ChoiceResult is the choice made. A choice by key has no phrase.
type ChoiceResult struct {
	Label            string  `json:"label"`
	RecognizedPhrase string  `json:"recognizedPhrase,omitempty"`
	Confidence       float64 `json:"confidence,omitempty"`

	LanguageIdentified string `json:"languageIdentified,omitempty"` // of 2025-08-15-preview alone
}

// SpeechResult is what was said.
type SpeechResult struct {
	Speech     string  `json:"speech"`
	Confidence float64 `json:"confidence,omitempty"`

	LanguageIdentified string `json:"languageIdentified,omitempty"` // of 2025-08-15-preview alone
}

// RecognizeFailed names the prompt that could not be played, if one did.
type RecognizeFailed struct {
	EventData
	FailedPlaySourceIndex *int `json:"failedPlaySourceIndex,omitempty"`
}

// RecognizeCanceled says that the recognition was cut off.
type RecognizeCanceled struct{ EventData }

package preview2021

import "strowger/internal/wire"

// PlayAudioRequest is answered 202 with OperationResult. It is POST
//
//	/calling/callConnections/{id}/:playAudio
//	/calling/callConnections/{id}/participants:playAudio, with an identifier
//	/calling/serverCalls/{serverCallId}/:playAudio
//	/calling:playAudio, with a callLocator
//	/calling/participants:playAudio, with both
//
// An absent loop means false. The callbackUri is that of a play from outside of
// the call.
type PlayAudioRequest struct {
	CallLocator      *CallLocator     `json:"callLocator,omitempty"`
	Identifier       *wire.Identifier `json:"identifier,omitempty"`
	AudioFileURI     string           `json:"audioFileUri" max:"4096"`
	Loop             bool             `json:"loop"`
	OperationContext string           `json:"operationContext,omitempty" max:"4096"`
	AudioFileID      string           `json:"audioFileId,omitempty" max:"256"`
	CallbackURI      string           `json:"callbackUri,omitempty" max:"4096"`
}

// TypePlayAudioResult is the type of the event that ends a play. One that was cut
// off is completed too, with a result that says so.
const TypePlayAudioResult = typePrefix + "PlayAudioResult"

package ga

import (
	"net/http"
	"slices"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

// Config is what the family needs beside the calls. The two checks refuse a
// URI that the server may not call out to, over HTTP or to a WebSocket; their
// errors are shown to clients.
type Config struct {
	Contexts api.Contexts
	// CheckRecording says what is missing to record in a format.
	CheckRecording func(call.RecordingFormat) error
	// CheckSpeech reports what is wrong in words that are to be spoken: their SSML,
	// or that no voice speaks their language. Speaks reports whether there is any
	// voice.
	CheckSpeech func(call.Speech) error
	Speaks      func() bool
	// Hears reports whether what is said in a language (BCP 47) is recognized.
	Hears       func(language string) bool
	CheckHTTP   func(uri string) error
	CheckSocket func(uri string) error
}

type family struct{ Config }

// fields says where in a request the parts of its command stand.
type fields = map[call.Part]string

const (
	connections  = "/calling/callConnections"
	connection   = connections + "/{connection}"
	participants = connection + "/participants"
	recordings   = "/calling/recordings"
	recording    = recordings + "/{recording}"
)

// params are the published names of the paths' parameters.
var params = map[string]string{
	"connection": "callConnectionId", "participant": "participantRawId", "recording": "recordingId",
}

// Family is the general-availability family.
func Family(c Config) api.Family {
	f := family{c}
	return api.Family{Versions: ga.Versions(), Codes: codes, Params: params, Operations: slices.Concat(
		f.beforeConnection(), f.onCall(), f.onMedia(), f.onParticipants(), f.onRecordings(),
	)}
}

func (f family) beforeConnection() []api.Operation {
	return []api.Operation{
		{Name: "createCall", Method: http.MethodPost, Path: connections, Status: http.StatusCreated,
			Serve: api.Command(f.readCreate, showCreated), Fields: fields{call.PartTargets: "targets"}},
		{Name: "answer", Method: http.MethodPost, Path: connections + ":answer", Status: http.StatusOK,
			Serve: api.Command(f.readAnswer, showAnswered)},
		{Name: "redirect", Method: http.MethodPost, Path: connections + ":redirect", Status: http.StatusNoContent,
			Serve: api.Command(f.readRedirect, api.Nothing)},
		{Name: "reject", Method: http.MethodPost, Path: connections + ":reject", Status: http.StatusNoContent,
			Serve: api.Command(f.readReject, api.Nothing)},
		{Name: "connect", Method: http.MethodPost, Path: connections + ":connect", Status: http.StatusOK,
			Serve: api.Command(f.readConnect, showConnecting)},
	}
}

func (f family) onCall() []api.Operation {
	return []api.Operation{
		{Name: "getCall", Method: http.MethodGet, Path: connection, Status: http.StatusOK,
			Serve: api.Look(showCall)},
		{Name: "hangUp", Method: http.MethodDelete, Path: connection, Status: http.StatusNoContent,
			Serve: api.OnConnection(readHangUp, api.Nothing)},
		{Name: "terminate", Method: http.MethodPost, Path: connection + ":terminate", Status: http.StatusNoContent,
			Serve: api.OnConnection(readTerminate, api.Nothing)},
		{Name: "transferToParticipant", Method: http.MethodPost, Path: connection + ":transferToParticipant", Status: http.StatusAccepted,
			Serve: api.OnConnection(f.readTransfer, showTransferring), Fields: fields{call.PartTarget: "targetParticipant", call.PartTransferee: "transferee"}},
	}
}

func (f family) onMedia() []api.Operation {
	return []api.Operation{
		{Name: "play", Method: http.MethodPost, Path: connection + ":play", Status: http.StatusAccepted,
			Serve: api.OnConnectionUnless(f.lackingForPlay, f.readPlay, api.Nothing), Fields: fields{call.PartRecipients: "playTo"}},
		{Name: "recognize", Method: http.MethodPost, Path: connection + ":recognize", Status: http.StatusAccepted,
			Serve: api.OnConnectionUnless(f.lackingForRecognize, f.readRecognize, api.Nothing), Fields: fields{call.PartParticipant: "recognizeOptions.targetParticipant"}},
		{Name: "cancelAllMediaOperations", Method: http.MethodPost, Path: connection + ":cancelAllMediaOperations", Status: http.StatusAccepted,
			Serve: api.OnConnection(readCancel, api.Nothing)},
		{Name: "startContinuousDtmfRecognition", Method: http.MethodPost, Path: connection + ":startContinuousDtmfRecognition", Status: http.StatusOK,
			Serve: api.OnConnection(f.readStartListening, api.Nothing), Fields: fields{call.PartParticipant: "targetParticipant"}},
		{Name: "stopContinuousDtmfRecognition", Method: http.MethodPost, Path: connection + ":stopContinuousDtmfRecognition", Status: http.StatusOK,
			Serve: api.OnConnection(f.readStopListening, api.Nothing), Fields: fields{call.PartParticipant: "targetParticipant"}},
		{Name: "sendDtmfTones", Method: http.MethodPost, Path: connection + ":sendDtmfTones", Status: http.StatusAccepted,
			Serve: api.OnConnection(f.readSendTones, showSentTones), Fields: fields{call.PartParticipant: "targetParticipant"}},
		{Name: "hold", Method: http.MethodPost, Path: connection + ":hold", Status: http.StatusOK,
			Serve: api.OnConnectionUnless(f.lackingForHold, f.readHold, api.Nothing), Fields: fields{call.PartParticipant: "targetParticipant"}},
		{Name: "unhold", Method: http.MethodPost, Path: connection + ":unhold", Status: http.StatusOK,
			Serve: api.OnConnection(f.readUnhold, api.Nothing), Fields: fields{call.PartParticipant: "targetParticipant"}},
		{Name: "startMediaStreaming", Method: http.MethodPost, Path: connection + ":startMediaStreaming", Status: http.StatusAccepted,
			Serve: api.OnConnection(f.readStartStreaming, api.Nothing)},
		{Name: "stopMediaStreaming", Method: http.MethodPost, Path: connection + ":stopMediaStreaming", Status: http.StatusAccepted,
			Serve: api.OnConnection(f.readStopStreaming, api.Nothing)},
		{Name: "startTranscription", Method: http.MethodPost, Path: connection + ":startTranscription", Status: http.StatusAccepted,
			Serve: api.OnConnectionUnless(f.lackingForStart, f.readStartTranscription, api.Nothing)},
		{Name: "updateTranscription", Method: http.MethodPost, Path: connection + ":updateTranscription", Status: http.StatusAccepted,
			Serve: api.OnConnectionUnless(f.lackingForUpdate, f.readUpdateTranscription, api.Nothing)},
		{Name: "stopTranscription", Method: http.MethodPost, Path: connection + ":stopTranscription", Status: http.StatusAccepted,
			Serve: api.OnConnection(f.readStopTranscription, api.Nothing)},
	}
}

func (f family) onParticipants() []api.Operation {
	return []api.Operation{
		{Name: "listParticipants", Method: http.MethodGet, Path: participants, Status: http.StatusOK,
			Serve: api.Look(showParticipants)},
		{Name: "getParticipant", Method: http.MethodGet, Path: participants + "/{participant}", Status: http.StatusOK,
			Serve: api.Look(showParticipant)},
		{Name: "addParticipant", Method: http.MethodPost, Path: participants + ":add", Status: http.StatusAccepted,
			Serve: api.OnConnection(f.readAdd, showAdded), Fields: fields{call.PartParticipant: "participantToAdd"}},
		{Name: "removeParticipant", Method: http.MethodPost, Path: participants + ":remove", Status: http.StatusAccepted,
			Serve: api.OnConnection(f.readRemove, showRemoved), Fields: fields{call.PartParticipant: "participantToRemove"}},
		{Name: "mute", Method: http.MethodPost, Path: participants + ":mute", Status: http.StatusOK,
			Serve: api.OnConnection(readMute, showMuted), Fields: fields{call.PartParticipant: "targetParticipants"}},
		{Name: "cancelAddParticipant", Method: http.MethodPost, Path: participants + ":cancelAddParticipant", Status: http.StatusAccepted,
			Serve: api.OnConnection(f.readCancelAdd, showCanceledAdd), Fields: fields{call.PartInvitation: "invitationId"}},
		{Name: "moveHere", Method: http.MethodPost, Path: participants + ":moveHere", Status: http.StatusAccepted,
			Serve: api.Command(f.readMove, showMoving), Fields: fields{call.PartParticipant: "targetParticipants", call.PartFrom: "fromCall"}},
	}
}

func (f family) onRecordings() []api.Operation {
	return []api.Operation{
		{Name: "startRecording", Method: http.MethodPost, Path: recordings, Status: http.StatusOK,
			Serve: api.Command(f.readStartRecording, showRecording)},
		{Name: "getRecording", Method: http.MethodGet, Path: recording, Status: http.StatusOK, Serve: api.LookRecording(showRecordingState)},
		{Name: "stopRecording", Method: http.MethodDelete, Path: recording, Status: http.StatusNoContent, Serve: api.OnRecording(stopRecording, api.Nothing)},
		{Name: "pauseRecording", Method: http.MethodPost, Path: recording + ":pause", Status: http.StatusAccepted, Serve: api.OnRecording(pauseRecording, api.Nothing)},
		{Name: "resumeRecording", Method: http.MethodPost, Path: recording + ":resume", Status: http.StatusAccepted, Serve: api.OnRecording(resumeRecording, api.Nothing)},
	}
}

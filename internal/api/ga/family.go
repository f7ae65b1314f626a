package ga

import (
	"net/http"

	"strowger/internal/access"
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

// Offers opens the incomingCallContext of an offer.
type Offers interface {
	Open(context string) (access.Offer, error)
}

// Options are what the family needs beside the calls. The two checks say
// whether the server may call out to a URI; their errors are shown to clients.
type Options struct {
	Offers        Offers
	CheckCallback func(uri string) error
	CheckAudio    func(uri string) error
}

type family struct{ Options }

const (
	connections  = "/calling/callConnections"
	connection   = connections + "/{callConnectionId}"
	participants = connection + "/participants"
	recordings   = "/calling/recordings"
	recording    = recordings + "/{recordingId}"
)

// Family is the general-availability family.
func Family(o Options) api.Family {
	f := family{o}
	return api.Family{Versions: versions(), Operations: []api.Operation{
		{Name: "createCall", Method: http.MethodPost, Path: connections, Serve: f.createCall, Fields: map[call.Part]string{call.PartTargets: "targets"}},
		{Name: "answer", Method: http.MethodPost, Path: connections + ":answer", Serve: f.answer},
		{Name: "redirect", Method: http.MethodPost, Path: connections + ":redirect", Serve: f.redirect},
		{Name: "reject", Method: http.MethodPost, Path: connections + ":reject", Serve: f.reject},
		{Name: "connect", Method: http.MethodPost, Path: connections + ":connect"},

		{Name: "getCall", Method: http.MethodGet, Path: connection, Serve: f.getCall},
		{Name: "hangUp", Method: http.MethodDelete, Path: connection, Serve: f.hangUp},
		{Name: "terminate", Method: http.MethodPost, Path: connection + ":terminate", Serve: f.terminate},
		{Name: "transferToParticipant", Method: http.MethodPost, Path: connection + ":transferToParticipant"},

		{Name: "play", Method: http.MethodPost, Path: connection + ":play", Serve: f.play, Fields: map[call.Part]string{call.PartRecipients: "playTo"}},
		{Name: "recognize", Method: http.MethodPost, Path: connection + ":recognize", Serve: f.recognize, Fields: map[call.Part]string{call.PartParticipant: "recognizeOptions.targetParticipant"}},
		{Name: "cancelAllMediaOperations", Method: http.MethodPost, Path: connection + ":cancelAllMediaOperations", Serve: f.cancelAllMedia},
		{Name: "startContinuousDtmfRecognition", Method: http.MethodPost, Path: connection + ":startContinuousDtmfRecognition"},
		{Name: "stopContinuousDtmfRecognition", Method: http.MethodPost, Path: connection + ":stopContinuousDtmfRecognition"},
		{Name: "sendDtmfTones", Method: http.MethodPost, Path: connection + ":sendDtmfTones"},
		{Name: "hold", Method: http.MethodPost, Path: connection + ":hold"},
		{Name: "unhold", Method: http.MethodPost, Path: connection + ":unhold"},
		{Name: "startMediaStreaming", Method: http.MethodPost, Path: connection + ":startMediaStreaming"},
		{Name: "stopMediaStreaming", Method: http.MethodPost, Path: connection + ":stopMediaStreaming"},
		{Name: "startTranscription", Method: http.MethodPost, Path: connection + ":startTranscription"},
		{Name: "updateTranscription", Method: http.MethodPost, Path: connection + ":updateTranscription"},
		{Name: "stopTranscription", Method: http.MethodPost, Path: connection + ":stopTranscription"},

		{Name: "listParticipants", Method: http.MethodGet, Path: participants, Serve: f.listParticipants},
		{Name: "getParticipant", Method: http.MethodGet, Path: participants + "/{rawId}", Serve: f.getParticipant},
		{Name: "addParticipant", Method: http.MethodPost, Path: participants + ":add", Serve: f.addParticipant, Fields: map[call.Part]string{call.PartParticipant: "participantToAdd"}},
		{Name: "removeParticipant", Method: http.MethodPost, Path: participants + ":remove", Serve: f.removeParticipant, Fields: map[call.Part]string{call.PartParticipant: "participantToRemove"}},
		{Name: "mute", Method: http.MethodPost, Path: participants + ":mute"},
		{Name: "cancelAddParticipant", Method: http.MethodPost, Path: participants + ":cancelAddParticipant"},
		{Name: "moveHere", Method: http.MethodPost, Path: participants + ":moveHere"},

		{Name: "startRecording", Method: http.MethodPost, Path: recordings},
		{Name: "getRecording", Method: http.MethodGet, Path: recording},
		{Name: "stopRecording", Method: http.MethodDelete, Path: recording},
		{Name: "pauseRecording", Method: http.MethodPost, Path: recording + ":pause"},
		{Name: "resumeRecording", Method: http.MethodPost, Path: recording + ":resume"},
	}}
}

func versions() []string {
	var all []string
	for _, v := range ga.Stable {
		all = append(all, string(v))
	}
	for _, v := range ga.Preview {
		all = append(all, string(v))
	}
	return all
}

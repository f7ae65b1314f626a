package preview2021

import (
	"net/http"
	"slices"

	"strowger/internal/api"
	"strowger/internal/call"
	wire2021 "strowger/internal/wire/preview2021"
)

// Config is what the families need beside the calls.
type Config struct {
	Contexts api.Contexts
	// CheckRecording says what is missing to record in a format.
	CheckRecording func(call.RecordingFormat) error
	// CheckHTTP refuses a URI that the server may not call out to.
	CheckHTTP func(uri string) error
}

// family is one of the two.
type family struct {
	Config
	tones wire2021.EventSubscriptionType // the event by which an application asks to be told of tones
}

// fields says where in a request the parts of its command stand.
type fields = map[call.Part]string

const (
	connections = "/calling/callConnections"
	connection  = connections + "/{connection}"
	people      = connection + "/participants"
	audioGroup  = connection + "/audioGroups/{group}"
	outside     = "/calling"
	recordings  = outside + "/recordings"
	recording   = recordings + "/{recording}"

	serverCall     = outside + "/serverCalls/{call}"
	coreRecordings = serverCall + "/recordings"
	coreRecording  = coreRecordings + "/{recording}"
)

// params are the published names of the paths' parameters.
var params = map[string]string{
	"connection": "callConnectionId", "participant": "participantId", "recording": "recordingId", "call": "serverCallId", "group": "audioGroupId",
}

// Core is the family of 2021-06-15-preview and 2021-08-30-preview.
func Core(c Config) api.Family {
	f := family{c, wire2021.SubscribeDTMF}
	return api.Family{
		Versions: wire2021.CoreVersions(), Codes: codes, Params: params,
		Operations: slices.Concat(f.coreInCall(), f.coreOutOfCall()),
	}
}

// Extension is the family of 2021-11-15-preview.
func Extension(c Config) api.Family {
	f := family{c, wire2021.SubscribeTones}
	return api.Family{
		Versions: wire2021.ExtensionVersions(), Codes: codes, Params: params,
		Operations: slices.Concat(f.beforeConnection(), f.onCall(), f.onParticipants(), f.onAudioGroups(), f.outOfCall(), f.onRecordings()),
	}
}

// What most commands are about.
var (
	added   = fields{call.PartParticipant: "participant"}
	whom    = fields{call.PartParticipant: "identifier"}
	removed = fields{call.PartParticipant: "participantId"}
	stopped = fields{call.PartParticipant: "identifier", call.PartOperation: "mediaOperationId"}
	grouped = fields{call.PartTargets: "targets", call.PartAudioGroup: "audioGroupId"}
)

func (f family) coreInCall() []api.Operation {
	return []api.Operation{
		{Name: "CallConnections_CreateCall", Method: http.MethodPost, Path: connections, Status: http.StatusCreated,
			Serve: worded(noConnection, api.Command(f.readCreate, showSeat)), Fields: fields{call.PartTargets: "targets"}},
		{Name: "CallConnections_HangupCall", Method: http.MethodPost, Path: connection + "/:hangup", Status: http.StatusAccepted,
			Serve: onConnection(readHangUp, api.Nothing)},
		{Name: "CallConnections_PlayAudio", Method: http.MethodPost, Path: connection + "/:playAudio", Status: http.StatusAccepted,
			Serve: onConnection(f.readPlay, api.Nothing)},
		{Name: "CallConnections_CancelAllMediaOperations", Method: http.MethodPost, Path: connection + "/:cancelAllMediaOperations", Status: http.StatusOK,
			Serve: onConnection(f.readCancelAll, api.Nothing)},
		{Name: "CallConnections_AddParticipant", Method: http.MethodPost, Path: people, Status: http.StatusAccepted,
			Serve: onConnection(f.readAdd, showAdded), Fields: added},
		{Name: "CallConnections_RemoveParticipant", Method: http.MethodDelete, Path: people + "/{participant}", Status: http.StatusAccepted,
			Serve: onConnection(readRemoveByID, api.Nothing), Fields: removed},
	}
}

func (f family) coreOutOfCall() []api.Operation {
	return []api.Operation{
		{Name: "ServerCalls_JoinCall", Method: http.MethodPost, Path: serverCall + "/:join", Status: http.StatusAccepted,
			Serve: onServerCall(f.readJoin, showSeat)},
		{Name: "ServerCalls_AddParticipant", Method: http.MethodPost, Path: serverCall + "/participants", Status: http.StatusAccepted,
			Serve: onServerCall(f.readAdd, showAdded), Fields: added},
		{Name: "ServerCalls_RemoveParticipant", Method: http.MethodDelete, Path: serverCall + "/participants/{participant}", Status: http.StatusAccepted,
			Serve: onServerCall(readRemoveByID, api.Nothing), Fields: removed},
		{Name: "ServerCalls_PlayAudio", Method: http.MethodPost, Path: serverCall + "/:playAudio", Status: http.StatusAccepted,
			Serve: onServerCall(f.readPlay, api.Nothing)},
		{Name: "ServerCalls_StartRecording", Method: http.MethodPost, Path: coreRecordings, Status: http.StatusOK,
			Serve: onServerCall(f.readStartRecording, showRecordingID)},
		{Name: "ServerCalls_GetRecordingProperties", Method: http.MethodGet, Path: coreRecording, Status: http.StatusOK,
			Serve: ofCall(api.LookRecording(showRecordingState))},
		{Name: "ServerCalls_StopRecording", Method: http.MethodDelete, Path: coreRecording, Status: http.StatusOK,
			Serve: ofCall(api.OnRecording(stopRecording, api.Nothing))},
		{Name: "ServerCalls_PauseRecording", Method: http.MethodPost, Path: coreRecording + "/:pause", Status: http.StatusOK,
			Serve: ofCall(api.OnRecording(pauseRecording, api.Nothing))},
		{Name: "ServerCalls_ResumeRecording", Method: http.MethodPost, Path: coreRecording + "/:resume", Status: http.StatusOK,
			Serve: ofCall(api.OnRecording(resumeRecording, api.Nothing))},
	}
}

func (f family) beforeConnection() []api.Operation {
	return []api.Operation{
		{Name: "CallConnections_CreateCall", Method: http.MethodPost, Path: connections, Status: http.StatusCreated,
			Serve: worded(noConnection, api.Command(f.readCreate, showSeat)), Fields: fields{call.PartTargets: "targets"}},
		{Name: "ServerCalls_JoinCall", Method: http.MethodPost, Path: outside + ":join", Status: http.StatusAccepted,
			Serve: atLocator(joins, f.readJoin, showSeat)},
		{Name: "ServerCalls_AnswerCall", Method: http.MethodPost, Path: outside + ":answer", Status: http.StatusAccepted,
			Serve: worded(noConnection, api.Command(f.readAnswer, showSeat))},
		{Name: "ServerCalls_RejectCall", Method: http.MethodPost, Path: outside + ":reject", Status: http.StatusAccepted,
			Serve: worded(noConnection, api.Command(f.readReject, api.Nothing))},
		{Name: "ServerCalls_RedirectCall", Method: http.MethodPost, Path: outside + ":redirect", Status: http.StatusAccepted,
			Serve: worded(noConnection, api.Command(f.readRedirect, api.Nothing))},
	}
}

func (f family) onCall() []api.Operation {
	return []api.Operation{
		{Name: "CallConnections_GetCall", Method: http.MethodGet, Path: connection, Status: http.StatusOK,
			Serve: worded(noConnection, api.Look(showCall))},
		{Name: "CallConnections_DeleteCall", Method: http.MethodDelete, Path: connection, Status: http.StatusAccepted,
			Serve: onConnection(readDelete, api.Nothing)},
		{Name: "CallConnections_HangupCall", Method: http.MethodPost, Path: connection + "/:hangup", Status: http.StatusAccepted,
			Serve: onConnection(readHangUp, api.Nothing)},
		{Name: "CallConnections_KeepAlive", Method: http.MethodPost, Path: connection + "/:keepAlive", Status: http.StatusOK,
			Serve: worded(noConnection, api.Look(keepAlive))},
		{Name: "CallConnections_PlayAudio", Method: http.MethodPost, Path: connection + "/:playAudio", Status: http.StatusAccepted,
			Serve: onConnection(f.readPlay, api.Nothing)},
		{Name: "CallConnections_CancelAllMediaOperations", Method: http.MethodPost, Path: connection + "/:cancelAllMediaOperations", Status: http.StatusOK,
			Serve: onConnection(readCancelEverything, api.Nothing)},
		{Name: "CallConnections_TransferToParticipant", Method: http.MethodPost, Path: connection + "/:transferToParticipant", Status: http.StatusAccepted,
			Serve: ofOneOnly(onConnection(f.readTransfer, api.Nothing)), Fields: fields{call.PartTarget: "targetParticipant"}},
		{Name: "CallConnections_TransferToCall", Method: http.MethodPost, Path: connection + "/:transferToCall", Status: http.StatusAccepted,
			Serve:  ofOneOnly(worded(noConnection, api.Asked(f.transferToCall))),
			Fields: fields{call.PartFrom: "targetCallConnectionId", call.PartParticipant: "targetCallConnectionId"}},
	}
}

func (f family) onParticipants() []api.Operation {
	return []api.Operation{
		{Name: "CallConnections_GetParticipants", Method: http.MethodGet, Path: people, Status: http.StatusOK,
			Serve: worded(noConnection, api.Look(showParticipants))},
		{Name: "CallConnections_AddParticipant", Method: http.MethodPost, Path: people, Status: http.StatusAccepted,
			Serve: onConnection(f.readAddOperation, api.Nothing), Fields: added},
		{Name: "CallConnections_RemoveParticipant", Method: http.MethodPost, Path: people + ":remove", Status: http.StatusAccepted,
			Serve: onConnection(readRemove, api.Nothing), Fields: whom},
		{Name: "CallConnections_GetParticipant", Method: http.MethodPost, Path: people + ":get", Status: http.StatusOK,
			Serve: worded(noConnection, api.Asked(getParticipant)), Fields: whom},
		{Name: "CallConnections_ParticipantPlayAudio", Method: http.MethodPost, Path: people + ":playAudio", Status: http.StatusAccepted,
			Serve: onConnection(f.readPlayToOne, api.Nothing), Fields: fields{call.PartRecipients: "identifier"}},
		{Name: "CallConnections_CancelParticipantMediaOperation", Method: http.MethodPost, Path: people + ":cancelMediaOperation", Status: http.StatusOK,
			Serve: onConnection(readCancelOfOne, api.Nothing), Fields: stopped},
		{Name: "CallConnections_MuteParticipant", Method: http.MethodPost, Path: people + ":mute", Status: http.StatusOK,
			Serve: onConnection(readMute, api.Nothing), Fields: whom},
		{Name: "CallConnections_UnmuteParticipant", Method: http.MethodPost, Path: people + ":unmute", Status: http.StatusOK,
			Serve: onConnection(readUnmute, api.Nothing), Fields: whom},
	}
}

func (f family) onAudioGroups() []api.Operation {
	return []api.Operation{
		{Name: "CallConnections_RemoveParticipantFromDefaultAudioGroup", Method: http.MethodPost, Path: people + ":removeFromDefaultAudioGroup", Status: http.StatusOK,
			Serve: onConnection(readLeaveDefault, api.Nothing), Fields: whom},
		{Name: "CallConnections_AddParticipantToDefaultAudioGroup", Method: http.MethodPost, Path: people + ":addToDefaultAudioGroup", Status: http.StatusOK,
			Serve: onConnection(readJoinDefault, api.Nothing), Fields: whom},
		{Name: "CallConnections_CreateAudioGroup", Method: http.MethodPost, Path: connection + "/:createAudioGroup", Status: http.StatusCreated,
			Serve: onConnection(readCreateAudioGroup, showAudioGroupID), Fields: grouped},
		{Name: "CallConnections_GetAudioGroups", Method: http.MethodGet, Path: audioGroup, Status: http.StatusOK,
			Serve: worded(noConnection, api.Look(showAudioGroup)), Fields: grouped},
		{Name: "CallConnections_UpdateAudioGroup", Method: http.MethodPatch, Path: audioGroup, Status: http.StatusOK,
			Serve: onConnection(readUpdateAudioGroup, api.Nothing), Fields: grouped},
		{Name: "CallConnections_DeleteAudioGroup", Method: http.MethodDelete, Path: audioGroup, Status: http.StatusOK,
			Serve: onConnection(readDeleteAudioGroup, api.Nothing), Fields: grouped},
	}
}

func (f family) outOfCall() []api.Operation {
	return []api.Operation{
		{Name: "ServerCalls_PlayAudio", Method: http.MethodPost, Path: outside + ":playAudio", Status: http.StatusAccepted,
			Serve: atLocator(plays, f.readPlay, api.Nothing)},
		{Name: "ServerCalls_CancelMediaOperation", Method: http.MethodPost, Path: outside + ":cancelMediaOperation", Status: http.StatusOK,
			Serve: atLocator(cancels, readCancel, api.Nothing), Fields: stopped},
		{Name: "ServerCalls_GetParticipants", Method: http.MethodPost, Path: outside + "/participants:getAll", Status: http.StatusOK,
			Serve: worded(noServerCall, api.Asked(listParticipants))},
		{Name: "ServerCalls_GetParticipant", Method: http.MethodPost, Path: outside + "/participants:get", Status: http.StatusOK,
			Serve: worded(noServerCall, api.Asked(getParticipantOf)), Fields: whom},
		{Name: "ServerCalls_AddParticipant", Method: http.MethodPost, Path: outside + "/participants", Status: http.StatusAccepted,
			Serve: atLocator(adds, f.readAddOperation, api.Nothing), Fields: added},
		{Name: "ServerCalls_RemoveParticipant", Method: http.MethodPost, Path: outside + "/participants:remove", Status: http.StatusAccepted,
			Serve: atLocator(removes, readRemove, api.Nothing), Fields: whom},
		{Name: "ServerCalls_ParticipantPlayAudio", Method: http.MethodPost, Path: outside + "/participants:playAudio", Status: http.StatusAccepted,
			Serve: atLocator(plays, f.readPlayToOne, api.Nothing), Fields: fields{call.PartRecipients: "identifier"}},
		{Name: "ServerCalls_CancelParticipantMediaOperation", Method: http.MethodPost, Path: outside + "/participants:cancelMediaOperation", Status: http.StatusOK,
			Serve: atLocator(cancels, readCancelOfOne, api.Nothing), Fields: stopped},
	}
}

func (f family) onRecordings() []api.Operation {
	return []api.Operation{
		{Name: "ServerCalls_StartRecording", Method: http.MethodPost, Path: recordings, Status: http.StatusOK,
			Serve: atLocator(records, f.readStartRecording, showRecordingID)},
		{Name: "ServerCalls_GetRecordingProperties", Method: http.MethodGet, Path: recording, Status: http.StatusOK,
			Serve: worded(notRecorded, api.LookRecording(showRecordingState))},
		{Name: "ServerCalls_StopRecording", Method: http.MethodDelete, Path: recording, Status: http.StatusOK,
			Serve: worded(notRecorded, api.OnRecording(stopRecording, api.Nothing))},
		{Name: "ServerCalls_PauseRecording", Method: http.MethodPost, Path: recording + "/:pause", Status: http.StatusOK,
			Serve: worded(notRecorded, api.OnRecording(pauseRecording, api.Nothing))},
		{Name: "ServerCalls_ResumeRecording", Method: http.MethodPost, Path: recording + "/:resume", Status: http.StatusOK,
			Serve: worded(notRecorded, api.OnRecording(resumeRecording, api.Nothing))},
	}
}

package outcome

import "strowger/internal/call"

// Published subcodes.
const (
	invitationCanceled = 5300

	graceful       = 7000
	noAccess       = 7502
	badMedia       = 8500
	canceled       = 8508
	silence        = 8510
	promptFailed   = 8511
	recognizeFail  = 8512
	mediaTimeout   = 8513
	stopTone       = 8514
	throttled      = 8516
	conflict       = 8519
	terminated     = 8528
	maxTones       = 8531
	interTone      = 8532
	choiceByTone   = 8533
	wrongTone      = 8534
	badFormat      = 8535
	noDownload     = 8536
	declined       = 8538
	busy           = 8539
	busyAll        = 8540
	unavailable    = 8541
	inviteCancel   = 8542
	noCall         = 8543
	unreachable    = 8544
	choiceBySpeech = 8545
	noSuchChoice   = 8547
	absent         = 8558
	unclear        = 8563
	aiService      = 8565
	recognized     = 8569
	speechTimeout  = 8570
	playShutdown   = 8572

	recordingClient = 8608
	notTranscribed  = 8578
	transcriptEnd   = 8580
	streamURL       = 8581
	streamFailed    = 8603
	streamCanceled  = 8604

	fatal   = 9998
	unknown = 9999

	outboundSIP  = 560000 // plus the SIP status of a number that we called
	inboundSIP   = 540000 // plus the SIP status of a number that called us
	blocked      = 510403
	trunkMissing = 511532
)

// row is one reason. Users get code and sub. Phone numbers get the SIP status
// that the network gave, or sip when it gave none, as code and, on top of
// 560000, as subcode; without sip they get what users get. phoneSub replaces a
// number's subcode when the network gave no status.
type row struct {
	code, sub int
	sip       int
	phoneSub  int
	text      string
}

// calls are the ends of connections and of attempts to reach somebody. The
// reference names the codes of those above the line; those below are ours:
// applications tell success (2xx) from failure and log the rest.
var calls = map[call.Reason]row{
	call.Busy:           {code: 486, sub: busy, sip: 486, text: "The called party is busy."},
	call.BusyEverywhere: {code: 600, sub: busyAll, sip: 600, text: "The called party is busy everywhere."},
	call.Declined:       {code: 603, sub: declined, sip: 603, text: "The called party declined the call."},
	call.NoAnswer:       {code: 408, sub: unavailable, sip: 408, text: "The called party did not answer."},
	call.Unavailable:    {code: 480, sub: unavailable, sip: 480, text: "The called party is unavailable."},
	call.Unreachable:    {code: 480, sub: unreachable, sip: 480, text: "The called party could not be reached."},
	call.Canceled:       {code: 487, sub: inviteCancel, sip: 487, text: "The call was canceled."},
	call.UnknownAddress: {code: 404, sub: unreachable, sip: 404, text: "The called party does not exist."},
	call.NoTrunk:        {code: 403, sub: trunkMissing, text: "No trunk is configured for this number."},
	call.Gone:           {code: 410, sub: noCall, sip: 410, text: "The called party is gone."},
	// ---- our choices ----
	// A refusal of our own dialling rights is "blocked"; the far end's 403 is passed on.
	call.NotAllowed:    {code: 403, sub: noAccess, sip: 403, phoneSub: blocked, text: "The call is not allowed."},
	call.NotAcceptable: {code: 488, sub: badMedia, sip: 488, text: "The called party and the server have no media format in common."},
	// Any other SIP status: users get it as code (see notReached), 500 when there is none.
	call.FarEndFailed: {code: 500, sub: unreachable, sip: 500, text: "The called party's side failed."},
	call.CallerGaveUp: {code: 487, sub: inviteCancel, sip: 487, text: "The caller hung up before the call was answered."},
	call.Overloaded:   {code: 503, sub: throttled, sip: 503, phoneSub: throttled, text: "The server has no room for another call."},
	// Whoever was still being invited when the call ended, or was taken out of it, was not called to the end.
	call.EndedByApplication: {code: 487, sub: inviteCancel, sip: 487, text: "The call was ended before the called party answered."},
	call.EndedByParticipant: {code: 487, sub: inviteCancel, sip: 487, text: "The call was ended before the called party answered."},
	call.Removed:            {code: 487, sub: inviteCancel, sip: 487, text: "The called party was removed before it answered."},
	call.Completed:          {code: 487, sub: inviteCancel, sip: 487, text: "The call was ended before the called party answered."},
	// Of a transfer whose transferee was not there to the end.
	call.ParticipantAbsent: {code: 400, sub: absent, text: "The participant is not in the call any more."},
	// What the service calls "media time-out".
	call.MediaLost: {code: 408, sub: mediaTimeout, text: "No media arrived from the far end for too long."},
	// The far end's signalling failed in a call that was established.
	call.SessionLost: {code: 408, sub: unreachable, sip: 408, text: "The connection to the far end was lost."},
	// The process that had the call's media is gone; the call cannot go on.
	call.NodeLost: {code: 500, sub: fatal, text: "The server was restarted and the call's media was lost."},
	call.ShutDown: {code: 503, sub: terminated, text: "The server is shutting down."},
	call.Failed:   {code: 500, sub: unknown, text: "The call failed."},
}

// endings are the reasons with which a connection ends as it should.
var endings = map[call.Reason]string{
	call.Completed:          EndedByAPI,
	call.EndedByApplication: EndedByAPI,
	call.Removed:            EndedByAPI,
	call.Canceled:           EndedByAPI,
	// Ours: the recorded sentence would name the wrong one who hung up.
	call.EndedByParticipant: Ended,
}

// Sentences of a graceful end. The first is that of version 2026-03-12 on,
// the second that of the versions before.
const (
	EndedByAPI = "Call was ended by Azure Communication Service Call Automation API or a server bot."
	Ended      = "The conversation has ended."
)

// plays are the ends of plays that were not heard to the end.
var plays = map[call.Reason]Result{
	call.PlayFormat:   {400, badFormat, "Action failed, file format is invalid."},
	call.PlayDownload: {400, noDownload, "Action failed, file could not be downloaded."},
	call.SpeechFailed: {400, aiService, "Action failed, the text could not be spoken."},
	call.SpeechDenied: {401, aiService, "Action failed, the speech service refused this server's key."},
	call.SpeechLate:   {408, aiService, "Action failed, the speech service took too long."},
	call.SpeechBusy:   {429, aiService, "Action failed, too much is being spoken at once."},
	call.Canceled:     Canceled,
	call.NodeLost:     {500, playShutdown, "Action failed, the server was restarted."},
	call.ShutDown:     {500, playShutdown, "Action failed, the server is shutting down."},
	// ---- our choices ----
	call.ParticipantAbsent: {400, absent, "Action failed, the participant is not in the call."},
	call.Failed:            {500, unknown, "Action failed."},
}

// recognitions are the ends of recognitions.
var recognitions = map[call.Reason]Result{
	call.MaxTones:         {200, maxTones, "Action completed, max digits received."},
	call.StopTone:         {200, stopTone, "Action completed as stop tone was detected."},
	call.ChoiceByTone:     {200, choiceByTone, "Action completed, DTMF option matched."},
	call.WrongTone:        {500, wrongTone, "Action failed, the tone matches no choice."},
	call.ChoiceBySpeech:   {200, choiceBySpeech, "Action completed, speech option matched."},
	call.SpeechRecognized: {200, recognized, "Action completed, speech was recognized."},
	call.SpeechUnclear:    {400, unclear, "Action failed, speech could not be recognized."},
	call.NoSuchChoice:     {400, noSuchChoice, "Action failed, recognized phrase does not match a valid option."},
	call.SpeechEndless:    {408, speechTimeout, "Action failed, speech did not come to an end in time."},
	call.InterToneTimeout: {400, interTone, "Action failed, inter-digit silence timeout reached."},
	call.InitialSilence:   {400, silence, "Action failed, initial silence timeout reached."},
	// A prompt that fails is published as one failure, whatever was wrong with it.
	call.PlayFormat:   {500, promptFailed, "Action failed, encountered failure while trying to play the prompt: its format is invalid."},
	call.PlayDownload: {500, promptFailed, "Action failed, encountered failure while trying to play the prompt: it could not be downloaded."},
	call.SpeechFailed: {500, promptFailed, unspokenPrompt},
	call.SpeechDenied: {500, promptFailed, unspokenPrompt + " The speech service refused this server's key."},
	call.SpeechLate:   {500, promptFailed, unspokenPrompt + " The speech service took too long."},
	call.SpeechBusy:   {500, promptFailed, unspokenPrompt + " Too much is being spoken at once."},
	call.Canceled:     Canceled,
	// ---- our choices ----
	// The reference has these codes for words that cannot be spoken, or transcribed.
	call.HearingFailed:     {500, aiService, "Action failed, the speech service could not recognize what was said."},
	call.HearingDenied:     {401, aiService, "Action failed, the speech service refused this server's key."},
	call.HearingLate:       {408, aiService, "Action failed, the speech service took too long."},
	call.HearingBusy:       {429, aiService, "Action failed, too much is being listened to at once."},
	call.ParticipantAbsent: {400, absent, "Action failed, the participant is not in the call."},
	call.NodeLost:          {500, recognizeFail, "Action failed, the server was restarted."},
	call.ShutDown:          {500, recognizeFail, "Action failed, the server is shutting down."},
	call.Failed:            {500, unknown, "Action failed."},
}

// unspokenPrompt is what is said of a prompt of words that failed.
const unspokenPrompt = "Action failed, encountered failure while trying to play the prompt: it could not be spoken."

// recordings are the ways in which nothing is recorded. The reference names no codes
// but the client's and the general ones.
var recordings = map[call.Reason]Result{
	// ---- our choices ----
	call.NoSpace:          {500, recordingClient, "Action failed, the server has no room for a recording."},
	call.RecordingStopped: {400, canceled, "Action failed, the recording was stopped."},
	call.Failed:           {500, unknown, "Action failed, the call could not be recorded."},
}

// streams are the ways in which an application does not hear a call. The reference has
// subcodes for them and no codes.
var streams = map[call.Reason]Result{
	call.StreamUnopened: {400, streamURL, "Action failed, the WebSocket could not be opened."},
	call.StreamBroken:   {500, streamFailed, "Action failed, the WebSocket broke and could not be opened again."},
	call.NodeLost:       {500, streamFailed, "Action failed, the server was restarted."},
	call.ShutDown:       {500, streamCanceled, "Action failed, the server is shutting down."},
	// ---- our choices ----
	call.Failed: {500, streamFailed, "Action failed."},
}

// transcripts are the ways in which an application does not read a call.
var transcripts = map[call.Reason]Result{
	call.StreamUnopened: {400, streamURL, "Action failed, the WebSocket could not be opened."},
	call.StreamBroken:   {500, notTranscribed, "Action failed, the WebSocket broke and could not be opened again."},
	call.HearingFailed:  {400, aiService, "Action failed, what was said could not be recognized."},
	call.HearingDenied:  {401, aiService, "Action failed, the speech service refused this server's key."},
	call.HearingBusy:    {429, aiService, "Action failed, too much is being listened to at once."},
	call.HearingLate:    {400, aiService, "Action failed, the speech service took too long."},
	call.ShutDown:       {500, transcriptEnd, "Action failed, the server is shutting down."},
	// ---- our choices ----
	call.NodeLost: {500, transcriptEnd, "Action failed, the server was restarted."},
	call.Failed:   {500, unknown, "Action failed."},
}

// moves are the ways in which a participant is not moved. The reference names no
// codes for them but the general ones.
var moves = map[call.Reason]Result{
	call.Canceled: Canceled,
	// ---- our choices ----
	call.ParticipantAbsent: {400, absent, "Action failed, the participant is not in the call that it was to be moved from."},
	call.NoAnswer:          {408, unavailable, "Action failed, the call that the participant is in did not answer."},
	call.Overloaded:        {503, throttled, "Action failed, the server has no room for it."},
	call.NodeLost:          {500, fatal, "Action failed, the server was restarted."},
	call.ShutDown:          {503, terminated, "Action failed, the server is shutting down."},
	call.Failed:            {409, conflict, "Action failed, the participant cannot be moved."},
}

// tones are the ways in which keys are not sent. The reference names no codes
// for them but the general ones.
var tones = map[call.Reason]Result{
	call.Canceled: Canceled,
	// ---- our choices ----
	call.TonesNotTaken:     {400, badMedia, "Action failed, the participant's endpoint takes no tones."},
	call.ParticipantAbsent: {400, absent, "Action failed, the participant is not in the call."},
	call.NodeLost:          {500, fatal, "Action failed, the server was restarted."},
	call.ShutDown:          {500, terminated, "Action failed, the server is shutting down."},
	call.Failed:            {500, unknown, "Action failed."},
}

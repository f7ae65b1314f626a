package call

// Reason says how something ended, in the call's own words. A family
// of the API turns reasons into the published code, subcode and message.
type Reason string

const (
	Completed          Reason = "completed"            // as asked
	EndedByApplication Reason = "ended-by-application" // hang up or terminate through the API
	EndedByParticipant Reason = "ended-by-participant" // the last other participant left
	Removed            Reason = "removed"              // taken out of the call by an application
	Canceled           Reason = "canceled"             // stopped before its end

	// Why a participant could not be reached.
	Busy           Reason = "busy"
	BusyEverywhere Reason = "busy-everywhere"
	Declined       Reason = "declined"
	NoAnswer       Reason = "no-answer"   // rang until the time-out
	Unavailable    Reason = "unavailable" // 480: not there now
	Unreachable    Reason = "unreachable" // no response, or no transport to it
	Gone           Reason = "gone"
	UnknownAddress Reason = "unknown-address" // nobody has this address
	NoTrunk        Reason = "no-trunk"        // no trunk takes this number
	NotAllowed     Reason = "not-allowed"     // 403, or no right to dial it
	NotAcceptable  Reason = "not-acceptable"  // no codec or media in common
	FarEndFailed   Reason = "far-end-failed"  // any other 4xx, 5xx or 6xx: see SIPStatus
	CallerGaveUp   Reason = "caller-gave-up"
	Overloaded     Reason = "overloaded"

	MediaLost   Reason = "media-lost"   // no media came from the far end for too long
	NodeLost    Reason = "node-lost"    // the server was restarted or died
	ShutDown    Reason = "shut-down"    // the server is stopping
	SessionLost Reason = "session-lost" // the signalling to the far end failed

	// How a media operation ended.
	PlayFormat        Reason = "play-format"   // the file is no audio that can be played
	PlayDownload      Reason = "play-download" // the file could not be fetched
	SpeechFailed      Reason = "speech-failed" // the words could not be spoken
	SpeechDenied      Reason = "speech-denied" // the engine's server wants other credentials
	SpeechBusy        Reason = "speech-busy"   // too much was being spoken at once
	SpeechLate        Reason = "speech-late"   // the engine took too long
	MaxTones          Reason = "max-tones"
	StopTone          Reason = "stop-tone"
	InterToneTimeout  Reason = "inter-tone-timeout"
	InitialSilence    Reason = "initial-silence"
	ChoiceByTone      Reason = "choice-by-tone"
	WrongTone         Reason = "wrong-tone" // it stands for no choice
	ChoiceBySpeech    Reason = "choice-by-speech"
	SpeechRecognized  Reason = "speech-recognized"
	SpeechUnclear     Reason = "speech-unclear"  // somebody spoke and was not understood
	SpeechEndless     Reason = "speech-endless"  // somebody spoke without end
	NoSuchChoice      Reason = "no-such-choice"  // what was said is none of the choices
	HearingFailed     Reason = "hearing-failed"  // the engine that listened failed
	HearingDenied     Reason = "hearing-denied"  // the engine's server wants other credentials
	HearingBusy       Reason = "hearing-busy"    // too much was being listened to at once
	HearingLate       Reason = "hearing-late"    // the engine took too long
	TonesNotTaken     Reason = "tones-not-taken" // the far end takes no keys
	ParticipantAbsent Reason = "participant-absent"
	RecordingStopped  Reason = "recording-stopped" // by an application
	StreamUnopened    Reason = "stream-unopened"   // its socket could not be opened
	StreamBroken      Reason = "stream-broken"     // its socket broke, and could not be opened again
	NoSpace           Reason = "no-space"          // on the disk, for what is recorded
	Failed            Reason = "failed"            // for no reason that anybody can mend
)

// ofServer reports whether it is the server that ended what has ended: the process
// stops, or has died.
func (r Reason) ofServer() bool { return r == NodeLost || r == ShutDown }

// Cause is how something ended and, where SIP had a say, what it said.
type Cause struct {
	Reason    Reason
	Phone     bool   // about a phone number, whose subcodes differ
	SIPStatus int    // the final response, or 0
	SIPPhrase string // its reason phrase
	Q850      int    // Reason: Q.850;cause=, or 0
	Detail    string // what the reason does not say, in a few words for people; often empty
}

// Attributes are the cause in a log: names and values, without what the network
// did not say.
func (c Cause) Attributes() []any {
	all := []any{"reason", string(c.Reason)}
	if c.SIPStatus != 0 {
		all = append(all, "sip_status", c.SIPStatus)
	}
	if c.Q850 != 0 {
		all = append(all, "q850", c.Q850)
	}
	return all
}

// unfinished is why what was still under way did not succeed when its
// connection ended for cause c: whoever ends a connection on purpose takes back
// what it was waiting for; a server that was lost took it back from nobody.
func (c Cause) unfinished() Cause {
	switch c.Reason {
	case EndedByApplication, EndedByParticipant, Removed:
		return Cause{Reason: Canceled}
	}
	return c
}

package outcome

import (
	"fmt"

	"strowger/internal/call"
)

// Result is how something ended, as published.
type Result struct {
	Code    int
	SubCode int
	Message string
}

// Results that need no reason.
var (
	Done      = Result{200, 0, ""}                               // of a call
	MediaDone = Result{200, 0, "Action completed successfully."} // of a media operation
	Canceled  = Result{400, canceled, "Action failed, the operation was canceled."}
	// What the service says of an invitation that is taken back, and our choice
	// for one that was taken up before.
	InvitationCanceled = Result{200, invitationCanceled, ""}
	InvitationStands   = Result{400, conflict, "The participant has joined the call already."}
)

// Graceful reports whether a connection that ended so ended as it should.
func Graceful(c call.Cause) bool {
	_, ok := endings[c.Reason]
	return ok
}

// Disconnected is how a connection ended.
func Disconnected(c call.Cause) Result {
	if sentence, ok := endings[c.Reason]; ok {
		return EndedWith(sentence)
	}
	return notReached(c, outboundSIP)
}

// EndedWith is a graceful end in other words.
func EndedWith(sentence string) Result {
	return Result{200, graceful, sentence + diagnosis(0, graceful)}
}

// NotReached is why somebody whom we called did not come into the call.
func NotReached(c call.Cause) Result { return notReached(c, outboundSIP) }

// NotAnswered is why a caller could not be answered.
func NotAnswered(c call.Cause) Result { return notReached(c, inboundSIP) }

func notReached(c call.Cause, sipBase int) Result {
	r, ok := calls[c.Reason]
	if !ok {
		r = calls[call.Failed]
	}
	code, sub := r.code, r.sub
	switch {
	case c.Phone && r.sip != 0 && c.SIPStatus != 0:
		code, sub = c.SIPStatus, sipBase+c.SIPStatus
	case c.Phone && r.sip != 0:
		code, sub = r.sip, sipBase+r.sip
		if r.phoneSub != 0 {
			sub = r.phoneSub
		}
	case c.Reason == call.FarEndFailed && c.SIPStatus != 0:
		code = c.SIPStatus
	}
	text := r.text
	if c.Detail != "" {
		text += " " + c.Detail + "."
	}
	return Result{code, sub, text + diagnosis(code, sub)}
}

// diagnosis follows the sentence in recordings of the service.
func diagnosis(code, sub int) string { return fmt.Sprintf(" DiagCode: %d#%d.@", code, sub) }

// Played is why a play was not heard to its end.
func Played(c call.Cause) Result { return look(plays, c) }

// Recognized is how a recognition ended. Silence between tones has a failure's
// code, yet it completes the recognition.
func Recognized(c call.Cause) Result { return look(recognitions, c) }

// Toned is why keys could not be sent or listened to.
func Toned(c call.Cause) Result { return look(tones, c) }

// Recorded is why a call could not be recorded.
func Recorded(c call.Cause) Result { return look(recordings, c) }

// Streamed is why an application does not hear a call.
func Streamed(c call.Cause) Result { return look(streams, c) }

// Transcribed is why an application does not read a call.
func Transcribed(c call.Cause) Result { return look(transcripts, c) }

// NotMoved is why a participant stayed in the call that it was in.
func NotMoved(c call.Cause) Result { return look(moves, c) }

func look(table map[call.Reason]Result, c call.Cause) Result {
	r, ok := table[c.Reason]
	if !ok {
		r = table[call.Failed]
	}
	if c.Detail != "" {
		r.Message += " " + c.Detail
	}
	return r
}

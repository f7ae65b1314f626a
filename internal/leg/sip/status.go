package sip

import (
	"strowger/internal/call"
	"strowger/internal/sip/ua"
)

// reasonOf turns a final SIP response into the call's words (RFC 3261 21).
func reasonOf(status int) call.Reason {
	switch status {
	case 486:
		return call.Busy
	case 600:
		return call.BusyEverywhere
	case 603, 607, 608: // declined; unwanted (RFC 8197); rejected by an analytics engine (RFC 8688)
		return call.Declined
	case 480:
		return call.Unavailable
	case 404, 484, 604:
		return call.UnknownAddress
	case 403:
		return call.NotAllowed
	case 410:
		return call.Gone
	case 408:
		return call.Unreachable
	case 487:
		return call.Canceled
	case 488, 606:
		return call.NotAcceptable
	}
	return call.FarEndFailed
}

// statusOf turns the reason why we refuse a caller into the SIP status that it
// sees. When a far end that we dialled for the caller gave a status, the caller
// sees the same, as if it had dialled there itself.
func statusOf(c call.Cause) int {
	if passesOn(c.SIPStatus) {
		return c.SIPStatus
	}
	switch c.Reason {
	case call.Busy:
		return 486
	case call.BusyEverywhere:
		return 600
	case call.Declined:
		return 603
	case call.NotAllowed:
		return 403
	case call.UnknownAddress, call.NoTrunk:
		return 404
	case call.Gone:
		return 410
	case call.NotAcceptable:
		return 488
	case call.Overloaded, call.ShutDown, call.NodeLost:
		return 503
	case call.FarEndFailed, call.Failed:
		return 500
	}
	return 480 // nobody is there to answer, for whatever reason
}

// passesOn reports whether a far end's status means the same to the caller. One
// about our own request (credentials, extensions, syntax, redirection) does not.
func passesOn(status int) bool {
	switch status {
	case 403, 404, 408, 410, 480, 484, 486, 488, 500, 503, 504, 600, 603, 604, 606, 607, 608:
		return true
	}
	return false
}

// failure is why a dialled leg was not answered.
func failure(c ua.Cause) call.Cause {
	cause := call.Cause{SIPStatus: c.Code, SIPPhrase: c.Phrase, Q850: c.Q850}
	switch c.Origin {
	case ua.Timeout, ua.Transport:
		cause.Reason, cause.SIPStatus, cause.SIPPhrase = call.Unreachable, 0, "" // nobody said it
	case ua.Local:
		cause.Reason, cause.SIPStatus, cause.SIPPhrase = call.Failed, 0, ""
	default:
		cause.Reason = reasonOf(c.Code)
	}
	return cause
}

// giveUp is why a caller's leg ended before our answer was acknowledged.
func giveUp(c ua.Cause) call.Cause {
	cause := call.Cause{SIPStatus: c.Code, SIPPhrase: c.Phrase, Q850: c.Q850}
	switch c.Origin {
	case ua.Cancelled, ua.Remote:
		cause.Reason = call.CallerGaveUp
	default:
		cause.Reason = call.SessionLost
	}
	return cause
}

// goodbye is why an answered leg ended by itself.
func goodbye(c ua.Cause) call.Cause {
	cause := call.Cause{Q850: c.Q850}
	switch c.Origin {
	case ua.Remote:
		cause.Reason = call.EndedByParticipant
	default:
		cause.Reason = call.SessionLost
	}
	return cause
}

// farewell is what the far end is told when a call ends a leg.
func farewell(r call.Reason) ua.Reason {
	switch r {
	case call.MediaLost:
		return ua.Reason{Q850: 102, Text: "no media"} // recovery on timer expiry
	case call.ShutDown, call.NodeLost:
		return ua.Reason{Q850: 41, Text: "server is stopping"} // temporary failure
	}
	return ua.Reason{}
}

// better reports whether response a tells a caller more than b does, in the
// order of RFC 3261 16.7: 6xx, then the lowest class, and there a person's word
// before a device's silence.
func better(a, b ua.Cause) bool { return rank(a) < rank(b) }

func rank(c ua.Cause) int {
	switch {
	case c.Origin != ua.Remote:
		return 90
	case c.Code >= 600:
		return 0
	case c.Code == 408 || c.Code == 487:
		return 60
	case c.Code == 486:
		return 39
	case c.Code == 480:
		return 41
	}
	return c.Code / 100 * 10
}

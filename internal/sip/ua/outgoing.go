package ua

import "time"

// Outgoing is a call to place.
type Outgoing struct {
	RequestURI  string
	From, To    Party
	ContactUser string // user part of our Contact; its host is the socket's
	Headers     Headers
	SDP         []byte
	CallID      string   // made when empty
	Route       []string // preloaded route set, URIs
	// Hop is where the request goes when not to the first Route or the RequestURI:
	// a trunk's address, or the flow that a phone registered on.
	Hop         Hop
	Credentials Credentials
	// Patience ends the session as timed out when nothing at all, not even 100
	// Trying, has come back for this long; 0 waits for Timer B (32 s). It is
	// shorter than ringing ever is, so that who is dead is told from who does
	// not pick up.
	Patience time.Duration
}

// Hop is a next hop. A connection to it that exists is used, also when the far
// end opened it; else one is opened.
type Hop struct {
	Transport string // "udp", "tcp", "tls"; empty: from the URI
	Address   string // host:port; empty: from the URI
}

// Credentials answer a 401 or 407. Empty ones leave the challenge as the final answer.
type Credentials struct{ Username, Password string }

// OutgoingRequest is a request outside of a dialog.
type OutgoingRequest struct {
	Method      string
	RequestURI  string
	From, To    Party
	ContactUser string // a Contact is sent when it is set
	Headers     Headers
	Body        []byte
	CallID      string // made when empty; refreshes of one registration keep theirs
	CSeq        uint32 // 1 when 0
	Route       []string
	Hop         Hop
	Credentials Credentials
}

// Response is the end of a request that we sent. Origin is Remote unless there
// was no response: Timeout (408) or Transport (503).
type Response struct {
	Origin  Origin
	Code    int
	Phrase  string
	Headers Headers
	Body    []byte
	CSeq    uint32 // of the request that was answered, after any retry
}

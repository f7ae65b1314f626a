package ua

import "net/netip"

// Handler takes the requests that belong to no session. Its methods are called
// on shard goroutines (several at once for different Call-IDs) and must not block.
type Handler interface {
	// Invite is an initial INVITE. The caller hears 100 Trying by itself.
	// It must Take the session, or the INVITE is answered with 500.
	Invite(*Incoming)
	// Request is any other request outside of a dialog. It must be answered with
	// Respond, now or later.
	Request(*Request)
}

// Screener is what a Handler implements besides to say who a request is from
// before anything is kept of it. Without it everybody is served.
type Screener interface {
	// Screen is asked about each request that belongs to no dialog and is no CANCEL,
	// once for each time that it comes. When it is served, Invite or Request gets it
	// with this peer. When it is not, it goes no further: Unproven.Refuse may
	// answer it. Like them, Screen is called on a shard goroutine and must not block.
	Screen(u *Unproven) (peer any, served bool)
}

// Unproven is a request of which nothing is kept yet.
type Unproven struct {
	Message
	Method string
	refuse func(Refusal)
}

// Refuse answers the request, now or later, from any goroutine, with a response
// that is sent once and of which nothing is kept (RFC 3261 8.2.7, 26.3.2.4): the
// request is screened again when it comes again, and its answer has the same To
// tag then. Over UDP the answer is left out when its source gets too many.
func (u *Unproven) Refuse(no Refusal) { u.refuse(no) }

// Message is what incoming requests of both kinds have in common.
type Message struct {
	RequestURI string
	From, To   Party
	CallID     string
	Headers    Headers // all of them, in order
	Body       []byte
	Source     netip.AddrPort
	Transport  string // "udp", "tcp" or "tls"
	Peer       any    // what Screener.Screen said about who this is
}

// Incoming is an initial INVITE; its Body is the offer, empty when the caller
// leaves the offer to us.
type Incoming struct {
	Message
	Dialog Dialog // that an answer makes
	take   func(Observer) *Session
	refuse func(Refusal)
}

// Take gives the session of this INVITE its observer. It may be called once,
// within Handler.Invite.
func (in *Incoming) Take(obs Observer) *Session { return in.take(obs) }

// Refuse answers the INVITE, in place of Take or, when it was taken without an
// observer, later and from any goroutine.
func (in *Incoming) Refuse(no Refusal) { in.refuse(no) }

// Request is a request outside of a dialog (or, by RequestObserver, inside one).
type Request struct {
	Message
	Method  string
	CSeq    uint32
	respond func(no Refusal, body []byte)
}

// Respond answers the request. Only the first call counts; it may come from any
// goroutine. An empty phrase means the code's usual one. A body needs its
// Content-Type among the headers.
func (r *Request) Respond(code int, phrase string, headers Headers, body []byte) {
	r.respond(Refusal{Code: code, Phrase: phrase, Headers: headers}, body)
}

// Refuse answers the request.
func (r *Request) Refuse(no Refusal) { r.respond(no, nil) }

// Party is one end of a call as From and To name it.
type Party struct {
	DisplayName string
	URI         string
}

// Header is one header field.
type Header struct{ Name, Value string }

// Headers are header fields in their order; names compare without case.
type Headers []Header

package ua

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/transaction"
	"strowger/internal/sip/transport"
)

// reliable are the provisional responses to an INVITE that requires them to be
// acknowledged: each is sent until its PRACK comes, one after another (RFC 3262 3).
type reliable struct {
	cseq uint32 // of the INVITE
	rseq uint32 // of the newest response

	sent     *provisional // what waits for its PRACK
	next     *provisional // the newest that waits for that
	answer   func()       // a 2xx that waits for that
	interval time.Duration
	again    *transaction.Alarm
	deadline *transaction.Alarm
}

// provisional is what Ring was asked for.
type provisional struct {
	code    int
	sdp     []byte
	headers Headers
}

// newReliable is nil when the caller takes provisional responses as they come.
// Who only supports reliable ones gets plain ones (RFC 3262 3).
func newReliable(req *sip.Request) *reliable {
	if !hasOption(req, "Require", "100rel") {
		return nil
	}
	// RFC 3262 3: the first number is drawn, and there is room to count on.
	return &reliable{cseq: req.CSeq().SeqNo, rseq: rand.Uint32N(1 << 16)}
}

// hasOption reports whether a field such as Supported lists an option tag.
func hasOption(msg interface{ GetHeaders(string) []sip.Header }, field, tag string) bool {
	for _, h := range msg.GetHeaders(field) {
		for t := range strings.SplitSeq(h.Value(), ",") {
			if strings.EqualFold(strings.TrimSpace(t), tag) {
				return true
			}
		}
	}
	return false
}

// ringReliably sends a provisional response, when the one before is acknowledged.
func (s *Session) ringReliably(p provisional) {
	r := s.reliable
	switch {
	case len(sdpOf(s.incoming.request)) == 0:
		// RFC 3262 5: the first reliable response to an INVITE without an offer has
		// ours, which only an answer makes here. Until then the caller hears 100.
	case r.sent != nil:
		r.next = &p
	default:
		s.sendReliably(p)
	}
}

func (s *Session) sendReliably(p provisional) {
	in, r := s.incoming, s.reliable
	r.sent = &p
	r.rseq++
	res := s.inviteResponse(in.request, p.code, p.sdp, p.headers)
	res.AppendHeader(sip.NewHeader("Require", "100rel"))
	res.AppendHeader(sip.NewHeader("RSeq", strconv.FormatUint(uint64(r.rseq), 10)))
	r.interval = transaction.T1
	var send func()
	send = func() {
		in.tx.Respond(res)
		r.again = s.shard.After(r.interval, send)
		r.interval *= 2
	}
	send()
	r.deadline = s.shard.After(64*transaction.T1, s.unacknowledged)
}

// unacknowledged: no PRACK came, so nobody will hear an answer either (RFC 3262 3).
func (s *Session) unacknowledged() {
	no := Refusal{Code: sip.StatusGatewayTimeout, Phrase: "No PRACK",
		Reason: "the far end requires 100rel and never sent PRACK; see whether something on the way loses it"}
	s.ua.note(s.incoming.notice, no)
	s.closeIncoming(no.Code, no.Phrase, nil, Reason{})
	s.end(Cause{Origin: Timeout, Code: no.Code, Phrase: no.Phrase})
}

// stop sends nothing more reliably. PRACKs may still come.
func (r *reliable) stop() {
	if r != nil {
		r.again.Stop()
		r.deadline.Stop()
	}
}

// answerAfterPRACK keeps a 2xx back while a description is not acknowledged (RFC
// 3262 3), and reports whether it does.
func (s *Session) answerAfterPRACK(answer func()) bool {
	r := s.reliable
	if r == nil || r.sent == nil || len(r.sent.sdp) == 0 {
		return false
	}
	r.answer = answer
	return true
}

// farPrack is a PRACK (RFC 3262 3). One for an earlier response is late: that has
// its own transaction to be repeated in.
func (s *Session) farPrack(tx *transaction.Server, flow transport.Flow) {
	r := s.reliable
	if r == nil || r.sent == nil || !r.isFor(valueOf(tx.Request, "RAck")) {
		s.shard.refuse(tx, flow, noReliable)
		return
	}
	r.stop()
	r.sent = nil
	if len(tx.Request.Body()) > 0 {
		s.shard.refuse(tx, flow, prackWithOffer)
	} else {
		tx.Respond(s.ua.response(tx.Request, sip.StatusOK, "", s.key.localTag))
	}
	answer, next := r.answer, r.next
	r.answer, r.next = nil, nil
	switch {
	case s.over || s.established || s.incoming == nil:
	case answer != nil:
		answer()
	case next != nil:
		s.sendReliably(*next)
	}
}

// isFor reports whether a RAck names the response that waits.
func (r *reliable) isFor(rack string) bool {
	f := strings.Fields(rack)
	return len(f) == 3 && isNumber(f[0], r.rseq) && isNumber(f[1], r.cseq) && f[2] == "INVITE"
}

func isNumber(s string, want uint32) bool {
	n, err := strconv.ParseUint(s, 10, 32)
	return err == nil && uint32(n) == want
}

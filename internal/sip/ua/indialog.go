package ua

import (
	"math/rand/v2"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/notice"
	"strowger/internal/sip/transaction"
	"strowger/internal/sip/transport"
)

// dialogRequest is a request to send inside the confirmed dialog.
type dialogRequest struct {
	method      string
	headers     Headers
	reasons     []sip.Header
	contentType string
	body        []byte
	contact     bool // it may refresh the far end's target, so it tells ours
	done        func(*sip.Response, error)
}

func (s *Session) request(r dialogRequest) *pending {
	d := s.Dialog()
	d.LocalCSeq = s.nextCSeq()
	req, err := draft{
		method: r.method, target: d.RemoteTarget, route: d.RouteSet, callID: d.CallID, cseq: d.LocalCSeq,
		from: Party{URI: d.LocalURI}, to: Party{URI: d.RemoteURI}, fromTag: d.LocalTag, toTag: d.RemoteTag,
		headers: r.headers, contentType: r.contentType, body: r.body, userAgent: s.ua.cfg.UserAgent,
	}.request()
	if err != nil {
		s.shard.Post(func() { r.done(nil, err) })
		return nil
	}
	for _, h := range r.reasons {
		req.AppendHeader(h)
	}
	if contact, err := parseURI(d.LocalContact); r.contact && err == nil {
		req.AppendHeader(sip.NewHeader("Allow", s.ua.allow))
		req.AppendHeader(&sip.ContactHeader{Address: contact})
	}
	p := &pending{
		shard: s.shard, request: req, hop: s.shard.hop(d), nextCSeq: s.nextCSeq,
		auth: authorizer{credentials: s.credentials}, final: r.done,
	}
	p.send()
	return p
}

// Send sends a request such as INFO inside the dialog; done, which may be nil, hears
// of its end. Before there is a confirmed dialog the answer is 481.
func (s *Session) Send(method string, headers Headers, body []byte, done func(Response)) {
	if done == nil {
		done = func(Response) {}
	}
	s.post(func() {
		if s.over || !s.established {
			done(Response{Origin: Local, Code: sip.StatusCallTransactionDoesNotExists})
			return
		}
		// RFC 3515 2.2, RFC 6665 4.4.1: these say where we are.
		contact := method == "REFER" || method == "NOTIFY"
		s.request(dialogRequest{method: method, headers: headers, body: body, contact: contact, done: func(res *sip.Response, err error) {
			done(responseOf(res, err, s.Dialog().LocalCSeq))
			s.gone(res)
		}})
	})
}

// gone ends the session when the far end says that there is no such dialog
// (RFC 3261 12.2.1.2).
func (s *Session) gone(res *sip.Response) bool {
	if s.over || res == nil || (res.StatusCode != sip.StatusCallTransactionDoesNotExists && res.StatusCode != sip.StatusRequestTimeout) {
		return false
	}
	s.end(causeOf(res, nil))
	s.bye()
	return true
}

// reinvite is an offer of ours, waiting or on its way.
type reinvite struct {
	sdp     []byte
	pending *pending
	acks    map[string]*acknowledgement
	retry   *transaction.Alarm

	refreshes bool    // it is the session timer's, and nobody else's
	headers   Headers // for that
}

// Reinvite offers a new session description; Observer.Reinvited is its end. A
// re-INVITE that meets the far end's own is tried again after a random wait; one
// that is asked for while another is under way ends at once with 491.
func (s *Session) Reinvite(sdp []byte) {
	s.post(func() {
		if s.over {
			return
		}
		if !s.established || s.reinvite != nil {
			s.obs.Reinvited(sip.StatusRequestPending, nil, s.Dialog())
			return
		}
		s.reinvite = &reinvite{sdp: sdp}
		s.nextReinvite()
	})
}

// nextReinvite sends the offer when nothing else is being negotiated (RFC 3261 14.1).
func (s *Session) nextReinvite() {
	r := s.reinvite
	if s.over || r == nil || r.pending != nil {
		return
	}
	if s.offered != nil || (s.accepted != nil && s.accepted.initial) {
		return // the end of that one calls again
	}
	r.retry.Stop()
	r.acks = map[string]*acknowledgement{}
	r.pending = s.request(dialogRequest{
		method: "INVITE", headers: r.headers, contentType: "application/sdp", body: r.sdp, contact: true,
		done: func(res *sip.Response, err error) { s.reinvited(r, res, err) },
	})
}

func (s *Session) reinvited(r *reinvite, res *sip.Response, err error) {
	switch {
	case res != nil && res.IsSuccess():
		s.reinviteAnswered(r, res)
	case s.over || s.reinvite != r:
	case res != nil && res.StatusCode == sip.StatusRequestPending:
		r.pending = nil
		r.retry = s.shard.After(glareWait(s.Dialog().Role), s.nextReinvite)
	default:
		s.reinvite = nil
		c := causeOf(res, err)
		if !r.refreshes { // else the session goes on until its timer ends it
			s.obs.Reinvited(c.Code, nil, s.Dialog())
		}
		// RFC 3261 12.2.1.2: no answer at all means that the dialog is dead.
		if res == nil {
			s.end(c)
			s.bye()
			return
		}
		s.gone(res)
	}
}

func (s *Session) reinviteAnswered(r *reinvite, res *sip.Response) {
	tag := tagOf(res.To().Params)
	if ack, known := r.acks[tag]; known {
		ack.send()
		return
	}
	d := s.Dialog()
	d.refresh(res.Contact(), r.pending.flow, r.pending.flow.Remote())
	s.setDialog(d)
	ack, err := r.pending.ack(d)
	if err != nil {
		s.ua.log.Warn("cannot acknowledge an answer", "call_id", s.key.callID, "error", err)
	}
	r.acks[tag] = ack
	ack.send()
	if s.over || s.reinvite != r {
		return
	}
	s.reinvite = nil
	s.described = r.sdp
	if r.refreshes {
		s.refreshed(res)
	}
	s.obs.Reinvited(res.StatusCode, sdpOf(res), d)
}

// glareWait is RFC 3261 14.1: the owner of the Call-ID waits longer, so that the
// two ends do not meet again.
func glareWait(role Role) time.Duration {
	if role == Caller {
		return 2100*time.Millisecond + time.Duration(rand.IntN(191))*10*time.Millisecond
	}
	return time.Duration(rand.IntN(201)) * 10 * time.Millisecond
}

// offered is a re-INVITE of the far end without final response.
type offered struct {
	tx      *transaction.Server
	request *sip.Request
	notice  notice.Notice
}

// Offer is a re-INVITE that waits for its answer.
type Offer struct {
	SDP     []byte // empty: the far end wants our offer, and its ACK answers it (Observer.Reinvited)
	session *Session
	of      *offered
}

// Answer accepts the offer. Only the first Answer or Refuse counts.
func (o *Offer) Answer(sdp []byte) {
	s := o.session
	s.post(func() {
		if s.over || s.offered != o.of {
			return
		}
		s.offered = nil
		s.accept(o.of.tx, o.of.request, false, sdp, nil)
		s.nextReinvite()
	})
}

// Refuse turns the offer down; the session goes on as it was. Code 0 means 488.
func (o *Offer) Refuse(no Refusal) {
	if no.Code < 300 || no.Code > 699 {
		no.Code = sip.StatusNotAcceptableHere
	}
	s := o.session
	s.post(func() {
		if s.over || s.offered != o.of {
			return
		}
		s.ua.note(o.of.notice, no)
		s.closeOffered(no.Code, no.Phrase)
		s.nextReinvite()
	})
}

func (s *Session) closeOffered(code int, phrase string) {
	if s.offered == nil {
		return
	}
	s.offered.tx.Respond(s.ua.response(s.offered.request, code, phrase, ""))
	s.offered = nil
}

// inside handles a request that names this session's dialog.
func (s *Session) inside(tx *transaction.Server, flow transport.Flow) {
	req := tx.Request
	d := s.Dialog()
	if !s.established && d.RemoteTag == "" {
		d.RemoteTag = tagOf(req.From().Params) // our INVITE's answer was overtaken
	}
	switch {
	case tagOf(req.From().Params) != d.RemoteTag:
		s.shard.refuse(tx, flow, noCall)
		return
	case d.RemoteCSeq != 0 && req.CSeq().SeqNo <= d.RemoteCSeq:
		s.shard.refuse(tx, flow, tooLate(req.CSeq().SeqNo, d.RemoteCSeq))
		return
	case s.over && req.Method != sip.BYE:
		s.shard.refuse(tx, flow, noCall)
		return
	}
	d.RemoteCSeq = req.CSeq().SeqNo
	s.setDialog(d)
	switch req.Method {
	case sip.BYE:
		s.farBye(tx)
	case sip.INVITE:
		s.farInvite(tx, flow)
	case sip.PRACK:
		s.farPrack(tx, flow)
	case sip.OPTIONS:
		tx.Respond(s.ua.capabilities(req))
	default:
		// INFO, REFER and NOTIFY come here. UPDATE will get its rules beside INVITE.
		s.farRequest(tx, flow)
	}
}

func (s *Session) reply(tx *transaction.Server, code int) {
	tx.Respond(s.ua.response(tx.Request, code, "", s.key.localTag))
}

// farBye is RFC 3261 15.1.2: requests still open in the dialog get 487.
func (s *Session) farBye(tx *transaction.Server) {
	c := Cause{Origin: Remote}
	c.read(tx.Request)
	s.reply(tx, sip.StatusOK)
	if s.over {
		return // it crossed our own BYE, which is its own end
	}
	s.closeOffered(sip.StatusRequestTerminated, "")
	if r := s.reinvite; r != nil {
		r.retry.Stop()
	}
	s.stopAnswering()
	switch {
	case s.established:
		s.end(c)
		s.forget()
	case s.incoming != nil: // RFC 3261 15: the caller may end an early dialog this way
		c.Origin, c.Code = Cancelled, sip.StatusRequestTerminated
		s.closeIncoming(sip.StatusRequestTerminated, "", nil, Reason{})
		s.end(c)
	default: // it overtook the answer to our INVITE, which is still to be acknowledged
		s.end(c)
		s.cancel()
	}
}

// farInvite is a re-INVITE (RFC 3261 14.2).
func (s *Session) farInvite(tx *transaction.Server, flow transport.Flow) {
	req := tx.Request
	sdp, err := sessionDescription(req)
	brief, isBrief := tooBrief(req)
	switch {
	case isBrief:
		s.shard.refuse(tx, flow, brief)
	case s.reinvite != nil && s.reinvite.pending != nil:
		s.shard.refuse(tx, flow, mediaCrossed)
	case !s.established || s.offered != nil || (s.accepted != nil && s.accepted.initial):
		s.shard.refuse(tx, flow, mediaPending(string(rune('1'+rand.IntN(9)))))
	case err != nil:
		s.shard.refuse(tx, flow, otherBody(err.Error()))
	default:
		d := s.Dialog()
		d.refresh(req.Contact(), flow, sourceOf(req))
		s.setDialog(d)
		of := &offered{tx, req, noticeOf(req, flow)}
		s.offered = of
		tx.User = s
		s.obs.Offer(&Offer{SDP: sdp, session: s, of: of})
	}
}

func (s *Session) farRequest(tx *transaction.Server, flow transport.Flow) {
	req := tx.Request
	if o, ok := s.obs.(RequestObserver); ok && (s.established || s.incoming != nil) {
		o.Request(s.shard.answerable(tx, flow, messageOf(req, flow), s.key.localTag))
		return
	}
	switch {
	case req.Method != sip.INFO:
		s.shard.refuse(tx, flow, s.ua.otherMethod(req))
	case len(req.Body()) > 0: // RFC 3261 8.2.3: nobody here understands it
		s.shard.refuse(tx, flow, Refusal{Code: sip.StatusUnsupportedMediaType, Reason: "its INFO is of no use to anybody here; the far end has to do without it"})
	default:
		s.reply(tx, sip.StatusOK)
	}
}

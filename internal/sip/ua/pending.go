package ua

import (
	"errors"
	"strings"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/transaction"
	"strowger/internal/sip/transport"
)

// maxDatagram is what goes by UDP without a second thought (RFC 3261 18.1.1).
const maxDatagram = 1300

// pending is one request of ours with everything that is tried to get it
// answered: TCP for large ones, UDP when there is no TCP, digest credentials.
// It belongs to a shard's goroutine.
type pending struct {
	shard       *shard
	request     *sip.Request // without Via and, when contactUser is used, without Contact
	hop         Hop
	withContact bool
	contactUser string
	initial     bool // the INVITE that begins a call: a later process has to find it
	auth        authorizer
	nextCSeq    func() uint32
	provisional func(*sip.Response)
	// final is called once with the final response or the reason why there is none;
	// for an INVITE also with every further 2xx.
	final func(*sip.Response, error)

	tx      *transaction.Client
	flow    transport.Flow
	sent    *sip.Request // as it left, with Via and Contact
	contact string
	large   bool // it goes by TCP for its size only
	udpOnly bool
	heard   bool // a provisional response came for what was sent last
	alive   bool // something came back, whatever it was
	stopped bool // nothing more is to be tried
}

func (p *pending) send() {
	via, err := p.prepare()
	if err != nil {
		p.shard.Post(func() { p.final(nil, err) })
		return
	}
	p.tx = p.shard.Client(p.sent, via, p.flow, p)
}

// prepare makes the request as it leaves, but for the Via.
func (p *pending) prepare() (*sip.ViaHeader, error) {
	flow, err := p.route()
	if err != nil {
		return nil, err
	}
	p.flow = flow
	p.heard = false
	p.sent = p.request.Clone()
	if p.withContact {
		uri := contactFor(p.contactUser, p.request.Recipient.Scheme, flow)
		p.contact = uri.String()
		p.sent.AppendHeader(&sip.ContactHeader{Address: uri})
	}
	via := viaFor(flow)
	if p.initial {
		via.Params.Add("branch", p.shard.ua.branch(p.sent, flow))
	}
	return via, nil
}

// route finds the flow. RFC 3261 18.1.1: a request that could be cut up by the
// network goes by a transport that is not.
func (p *pending) route() (transport.Flow, error) {
	t := p.shard.ua.transport
	p.large = p.hop.Transport == "udp" && !p.udpOnly && len(p.request.String())+maxAdded > maxDatagram &&
		t.TakesTCP(p.hop.Address)
	if p.large {
		if flow, err := t.Flow("tcp", p.hop.Address); err == nil {
			return flow, nil
		}
	}
	return t.Flow(p.hop.Transport, p.hop.Address)
}

// maxAdded is room for the Via and Contact that sending adds.
const maxAdded = 200

// Response implements transaction.ClientUser.
func (p *pending) Response(res *sip.Response) {
	p.alive = true
	switch {
	case res.IsProvisional():
		p.heard = true
		if p.provisional != nil {
			p.provisional(res)
		}
	case res.StatusCode == sip.StatusUnauthorized || res.StatusCode == sip.StatusProxyAuthRequired:
		if !p.retry(res) {
			p.final(res, nil)
		}
	default:
		p.final(res, nil)
	}
}

// Fail implements transaction.ClientUser.
func (p *pending) Fail(err error) {
	if p.large && !p.stopped && !errors.Is(err, transaction.ErrTimeout) {
		// RFC 3261 18.1.1: where there is no TCP, UDP it is.
		p.udpOnly = true
		p.send()
		return
	}
	p.final(nil, err)
}

// retry answers a challenge in a new transaction (RFC 3261 22.2).
func (p *pending) retry(res *sip.Response) bool {
	if p.stopped {
		return false
	}
	header, ok := p.auth.answer(p.request, res)
	if !ok {
		return false
	}
	p.request.RemoveHeader(header.Name())
	p.request.AppendHeader(header)
	p.request.CSeq().SeqNo = p.nextCSeq()
	p.send()
	return true
}

// ack is the ACK of a 2xx to this INVITE.
func (p *pending) ack(d Dialog) (*acknowledgement, error) {
	var credentials []sip.Header
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		credentials = append(credentials, p.request.GetHeaders(name)...)
	}
	return p.shard.ack(d, p.sent.CSeq().SeqNo, credentials)
}

// ack is the ACK of a 2xx (RFC 3261 13.2.2.4): a request of the dialog that is no
// transaction, with the INVITE's CSeq number and credentials.
func (sh *shard) ack(d Dialog, cseq uint32, credentials []sip.Header) (*acknowledgement, error) {
	dr := draft{
		method: "ACK", target: d.RemoteTarget, route: d.RouteSet, callID: d.CallID, cseq: cseq,
		from: Party{URI: d.LocalURI}, to: Party{URI: d.RemoteURI}, fromTag: d.LocalTag, toTag: d.RemoteTag,
		userAgent: sh.ua.cfg.UserAgent,
	}
	req, err := dr.request()
	if err != nil {
		return nil, err
	}
	for _, h := range credentials {
		req.AppendHeader(sip.HeaderClone(h))
	}
	hop := sh.hop(d)
	flow, err := sh.ua.transport.Flow(hop.Transport, hop.Address)
	if err != nil {
		return nil, err
	}
	via := viaFor(flow)
	via.Params.Add("branch", sip.RFC3261BranchMagicCookie+newTag())
	req.PrependHeader(via)
	return &acknowledgement{flow, []byte(req.String())}, nil
}

// acknowledgement repeats when its 2xx does.
type acknowledgement struct {
	flow  transport.Flow
	bytes []byte
}

func (a *acknowledgement) send() {
	if a != nil {
		a.flow.Send(a.bytes, nil)
	}
}

// hop is where the next request of a dialog goes.
func (sh *shard) hop(d Dialog) Hop {
	h := Hop{d.Transport, d.RemoteAddr}
	if h.Address != "" && (h.Transport == "udp" || sh.ua.transport.Connected(h.Transport, h.Address)) {
		return h
	}
	// The connection is gone: the far end says where it can be reached.
	if other, err := hopOf(d.nextURI()); err == nil {
		return other
	}
	return h
}

// firstHop is where a request outside of a dialog goes.
func firstHop(hop Hop, route []string, requestURI string) (Hop, error) {
	hop.Transport = strings.ToLower(hop.Transport)
	if hop.Transport != "" && hop.Address != "" {
		return hop, nil
	}
	uri := requestURI
	if len(route) > 0 {
		uri = route[0]
	}
	found, err := hopOf(uri)
	if err != nil {
		return hop, err
	}
	if hop.Transport != "" {
		found.Transport = hop.Transport
	}
	if hop.Address != "" {
		found.Address = hop.Address
	}
	return found, nil
}

// do is UA.Do on its shard.
func (sh *shard) do(out OutgoingRequest, done func(Response)) {
	cseq := max(out.CSeq, 1)
	p := &pending{
		shard:       sh,
		withContact: out.ContactUser != "",
		contactUser: out.ContactUser,
		auth:        authorizer{credentials: out.Credentials},
		nextCSeq:    func() uint32 { cseq++; return cseq },
	}
	p.final = func(res *sip.Response, err error) { done(responseOf(res, err, cseq)) }
	var err error
	p.request, err = draft{
		method: out.Method, target: out.RequestURI, route: out.Route, from: out.From, to: out.To, fromTag: newTag(),
		callID: out.CallID, cseq: cseq, headers: out.Headers, body: out.Body,
		userAgent: sh.ua.cfg.UserAgent, allowed: sh.ua.allow,
	}.request()
	if err == nil {
		p.hop, err = firstHop(out.Hop, out.Route, out.RequestURI)
	}
	if err != nil {
		done(Response{Origin: Local, Code: sip.StatusBadRequest, Phrase: err.Error(), CSeq: cseq})
		return
	}
	p.send()
}

func responseOf(res *sip.Response, err error, cseq uint32) Response {
	if res == nil {
		c := failureOf(err)
		return Response{Origin: c.Origin, Code: c.Code, Phrase: c.Phrase, CSeq: cseq}
	}
	return Response{Code: res.StatusCode, Phrase: res.Reason, Headers: headersOf(res), Body: res.Body(), CSeq: cseq}
}

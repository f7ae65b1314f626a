package ua

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/transport"
)

func newTag() string    { return rand.Text()[:16] }
func newCallID() string { return rand.Text() }

// oneLine keeps a value that came from elsewhere from starting a header of its own.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return ' '
		}
		return r
	}, s)
}

// quotable makes a display name fit between quotes (RFC 3261 25.1).
func quotable(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(oneLine(s))
}

func parseURI(s string) (sip.Uri, error) {
	var u sip.Uri
	if s != oneLine(s) || strings.ContainsAny(s, " <>\"") {
		return u, fmt.Errorf("URI %q has characters that none may have", s)
	}
	if err := sip.ParseUri(s, &u); err != nil {
		return u, fmt.Errorf("URI %q: %w", s, err)
	}
	return u, nil
}

// draft is what requests of all kinds are made from.
type draft struct {
	method             string
	target             string // the far end; the Request-URI unless a strict router comes first
	route              []string
	from, to           Party
	fromTag, toTag     string
	callID             string
	cseq               uint32
	headers            Headers
	contentType        string
	body               []byte
	userAgent, allowed string
	extensions         []string
}

func (d draft) request() (*sip.Request, error) {
	target, err := parseURI(d.target)
	if err != nil {
		return nil, err
	}
	requestURI, routes, err := routed(target, d.route)
	if err != nil {
		return nil, err
	}
	from, err := parseURI(d.from.URI)
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	to, err := parseURI(d.to.URI)
	if err != nil {
		return nil, fmt.Errorf("to: %w", err)
	}
	req := sip.NewRequest(sip.RequestMethod(d.method), requestURI)
	for _, r := range routes {
		req.AppendHeader(&sip.RouteHeader{Address: r})
	}
	hops := sip.MaxForwardsHeader(70)
	req.AppendHeader(&hops)
	req.AppendHeader(&sip.FromHeader{DisplayName: quotable(d.from.DisplayName), Address: from, Params: tagged(d.fromTag)})
	req.AppendHeader(&sip.ToHeader{DisplayName: quotable(d.to.DisplayName), Address: to, Params: tagged(d.toTag)})
	id := sip.CallIDHeader(oneLine(d.callID))
	req.AppendHeader(&id)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: d.cseq, MethodName: req.Method})
	if d.allowed != "" {
		req.AppendHeader(sip.NewHeader("Allow", d.allowed))
	}
	if len(d.extensions) > 0 {
		req.AppendHeader(sip.NewHeader("Supported", strings.Join(d.extensions, ", ")))
	}
	if d.userAgent != "" {
		req.AppendHeader(sip.NewHeader("User-Agent", d.userAgent))
	}
	for _, h := range d.headers {
		req.AppendHeader(sip.NewHeader(oneLine(h.Name), oneLine(h.Value)))
	}
	if d.contentType != "" && len(d.body) > 0 {
		req.AppendHeader(sip.NewHeader("Content-Type", d.contentType))
	}
	req.SetBody(d.body)
	return req, nil
}

// routed is RFC 3261 12.2.1.1: a first route without lr is a strict router, which
// gets the Request-URI and finds the target at the end of the routes.
func routed(target sip.Uri, route []string) (sip.Uri, []sip.Uri, error) {
	var routes []sip.Uri
	for _, r := range route {
		u, err := parseURI(r)
		if err != nil {
			return target, nil, fmt.Errorf("route: %w", err)
		}
		routes = append(routes, u)
	}
	if len(routes) == 0 || routes[0].UriParams.Has("lr") {
		return target, routes, nil
	}
	strict := routes[0]
	return strict, append(routes[1:], target), nil
}

func tagged(tag string) sip.HeaderParams {
	p := sip.NewParams()
	if tag != "" {
		p.Add("tag", tag)
	}
	return p
}

// viaFor names us as the sender on a flow. rport asks for the answer to come back
// the same way (RFC 3581 3).
func viaFor(f transport.Flow) *sip.ViaHeader {
	local := f.Local()
	params := sip.NewParams()
	if f.Transport() == "udp" {
		params.Add("rport", "")
	}
	return &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: strings.ToUpper(f.Transport()),
		Host: local.Addr().String(), Port: int(local.Port()), Params: params,
	}
}

// contactFor is where the far end reaches us by a flow.
func contactFor(user, scheme string, f transport.Flow) sip.Uri {
	local := f.Local()
	u := sip.Uri{Scheme: "sip", User: user, Host: bracketed(local.Addr()), Port: int(local.Port())}
	if scheme == "sips" {
		u.Scheme = "sips"
	} else if f.Transport() != "udp" {
		u.UriParams = sip.NewParams()
		u.UriParams.Add("transport", f.Transport())
	}
	return u
}

func bracketed(a netip.Addr) string {
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}

// hopOf is where a URI says that it is (RFC 3263 4 without DNS).
func hopOf(uri string) (Hop, error) {
	u, err := parseURI(uri)
	if err != nil {
		return Hop{}, err
	}
	if (u.Scheme != "sip" && u.Scheme != "sips") || u.Host == "" {
		return Hop{}, fmt.Errorf("URI %q names no host", uri)
	}
	t := strings.ToLower(u.UriParams.GetOr("transport", "udp"))
	if u.Scheme == "sips" {
		t = "tls"
	}
	host := u.UriParams.GetOr("maddr", u.Host)
	if u.Port > 0 {
		return Hop{t, fmt.Sprintf("%s:%d", host, u.Port)}, nil
	}
	return Hop{t, fmt.Sprintf("%s:%d", host, transport.DefaultPort(t))}, nil
}

// response answers a request. The tag goes to To unless one is there or the code is 100.
func (u *UA) response(req *sip.Request, code int, phrase, tag string) *sip.Response {
	if phrase == "" {
		phrase = StatusPhrase(code)
	}
	res := sip.NewResponseFromRequest(req, code, oneLine(phrase), nil)
	res.SipVersion = "SIP/2.0"
	if to := res.To(); to != nil && code > 100 && tag != "" && !req.To().Params.Has("tag") {
		to.Params.Add("tag", tag)
	}
	if u.cfg.UserAgent != "" {
		res.AppendHeader(sip.NewHeader("Server", u.cfg.UserAgent))
	}
	return res
}

func addHeaders(msg sip.Message, hs Headers) {
	for _, h := range hs {
		msg.AppendHeader(sip.NewHeader(oneLine(h.Name), oneLine(h.Value)))
	}
}

func withSDP(msg sip.Message, sdp []byte) {
	if len(sdp) > 0 {
		msg.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	}
	msg.SetBody(sdp)
}

// sessionMethods are the ones that sessions know by themselves.
var sessionMethods = []string{"INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "PRACK"}

func allowed(methods []string) string {
	all := slices.Clone(sessionMethods)
	for _, m := range methods {
		if !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return strings.Join(all, ", ")
}

type headered interface{ Headers() []sip.Header }

func headersOf(msg headered) Headers {
	hs := make(Headers, 0, 16)
	for _, h := range msg.Headers() {
		hs = append(hs, Header{h.Name(), h.Value()})
	}
	return hs
}

func messageOf(req *sip.Request, f transport.Flow) Message {
	m := Message{
		RequestURI: req.Recipient.String(),
		From:       Party{unquoted(req.From().DisplayName), req.From().Address.String()},
		To:         Party{unquoted(req.To().DisplayName), req.To().Address.String()},
		CallID:     req.CallID().Value(),
		Headers:    headersOf(req),
		Body:       req.Body(),
		Transport:  f.Transport(),
	}
	m.Source, _ = netip.ParseAddrPort(req.Source())
	return m
}

func unquoted(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(s)
}

func tagOf(p sip.HeaderParams) string { return p.GetOr("tag", "") }

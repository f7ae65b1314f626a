package ua

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/transport"
)

// Role is which side of a dialog we are.
type Role string

const (
	Caller Role = "caller" // we sent the INVITE (UAC)
	Callee Role = "callee" // we got it (UAS)
)

// Dialog is all that another process needs to carry a dialog on (RFC 3261 12).
// It is a plain value, made to be written down.
type Dialog struct {
	CallID       string
	LocalTag     string
	RemoteTag    string
	LocalURI     string
	RemoteURI    string
	LocalContact string   // our Contact, a URI
	RemoteTarget string   // theirs
	RouteSet     []string // URIs, next hop first
	LocalCSeq    uint32   // last that we used, 0 for none
	RemoteCSeq   uint32   // last that they used, 0 for none
	Secure       bool
	Transport    string // "udp", "tcp", "tls": how its next request goes ...
	RemoteAddr   string // ... and where, host:port
	Role         Role
	Allow        string // the methods that the far end says it takes, empty when it does not say
}

// Takes reports whether the far end has said that it takes requests of a method.
func (d Dialog) Takes(method string) bool {
	for m := range strings.SplitSeq(d.Allow, ",") {
		if strings.TrimSpace(m) == method { // RFC 3261 7.1: methods have a case
			return true
		}
	}
	return false
}

// callerDialog is the dialog that a response to our INVITE makes (RFC 3261 12.1.2).
func callerDialog(p *pending, res *sip.Response) Dialog {
	d := Dialog{
		CallID: res.CallID().Value(), Role: Caller,
		LocalTag: tagOf(res.From().Params), RemoteTag: tagOf(res.To().Params),
		LocalURI: p.sent.From().Address.String(), RemoteURI: p.sent.To().Address.String(),
		LocalContact: p.contact, LocalCSeq: p.sent.CSeq().SeqNo,
		RemoteTarget: p.sent.Recipient.String(), RouteSet: recordRoutes(res),
		Secure: p.flow.Transport() == "tls" && p.sent.Recipient.Scheme == "sips",
	}
	d.Allow = valueOf(res, "Allow")
	slices.Reverse(d.RouteSet)
	if c := res.Contact(); c != nil {
		d.RemoteTarget = c.Address.String()
	}
	d.aim(p.flow, p.flow.Remote())
	return d
}

// calleeDialog is the dialog that our response to an INVITE makes (RFC 3261 12.1.1).
func calleeDialog(req *sip.Request, localTag string, flow transport.Flow) Dialog {
	contact := contactFor(req.Recipient.User, req.Recipient.Scheme, flow)
	d := Dialog{
		CallID: req.CallID().Value(), Role: Callee,
		LocalTag: localTag, RemoteTag: tagOf(req.From().Params),
		LocalURI: req.To().Address.String(), RemoteURI: req.From().Address.String(),
		LocalContact: contact.String(), RemoteTarget: req.From().Address.String(),
		RouteSet: recordRoutes(req), RemoteCSeq: req.CSeq().SeqNo,
		Secure: flow.Transport() == "tls" && req.Recipient.Scheme == "sips",
	}
	d.Allow = valueOf(req, "Allow")
	if hasContact(req) {
		d.RemoteTarget = req.Contact().Address.String()
	}
	d.aim(flow, sourceOf(req))
	return d
}

func recordRoutes(msg sip.Message) []string {
	var rs []string
	for _, h := range msg.GetHeaders("Record-Route") {
		if r, ok := h.(*sip.RecordRouteHeader); ok {
			rs = append(rs, r.Address.String())
		}
	}
	return rs
}

// nextURI is the URI that the next request is sent toward (RFC 3261 12.2.1.1).
func (d Dialog) nextURI() string {
	if len(d.RouteSet) > 0 {
		return d.RouteSet[0]
	}
	return d.RemoteTarget
}

// aim decides how the dialog's next request travels: by the URI that the RFC says,
// except that a peer without proxies keeps its connection, and that one behind NAT
// is found where its messages come from and not where it believes to be.
func (d *Dialog) aim(flow transport.Flow, source netip.AddrPort) {
	seen := Hop{flow.Transport(), source.String()}
	said, err := hopOf(d.nextURI())
	switch {
	case err != nil && source.IsValid():
		d.Transport, d.RemoteAddr = seen.Transport, seen.Address
	case len(d.RouteSet) == 0 && source.IsValid() && (flow.Reliable() || hidden(said, source)):
		d.Transport, d.RemoteAddr = seen.Transport, seen.Address
	default:
		d.Transport, d.RemoteAddr = said.Transport, said.Address
	}
}

// hidden: a private address that is not where the message came from lies behind NAT.
func hidden(said Hop, source netip.AddrPort) bool {
	a, err := netip.ParseAddrPort(said.Address)
	if err != nil {
		return false
	}
	ip := a.Addr()
	return ip != source.Addr() && (ip.IsPrivate() || ip.IsLoopback() || ip.IsUnspecified() || ip.IsLinkLocalUnicast())
}

// refresh takes a new remote target from a request or response that may change it
// (RFC 3261 12.2: re-INVITE; UPDATE later). The route set never changes.
func (d *Dialog) refresh(contact *sip.ContactHeader, flow transport.Flow, source netip.AddrPort) {
	if contact == nil || contact.Address.Wildcard {
		return
	}
	d.RemoteTarget = contact.Address.String()
	d.aim(flow, source)
}

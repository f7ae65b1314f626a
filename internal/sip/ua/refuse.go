package ua

import (
	"fmt"
	"strings"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/notice"
	"strowger/internal/sip/transaction"
	"strowger/internal/sip/transport"
)

// Refusal is a final response that is no 2xx. An empty phrase means the code's
// usual one.
type Refusal struct {
	Code    int
	Phrase  string
	Headers Headers
	// Reason is for the operator and never sent: why, and what to do about it. Without
	// one there is nothing that the operator would want to know.
	Reason string
}

// refuse answers a request that is not served, and puts it on the list.
func (sh *shard) refuse(tx *transaction.Server, flow transport.Flow, no Refusal) {
	res := sh.ua.response(tx.Request, no.Code, no.Phrase, newTag())
	addHeaders(res, no.Headers)
	sh.ua.note(noticeOf(tx.Request, flow), no)
	tx.Respond(res)
}

// refuseOnce answers a request of which nothing is kept.
func (u *UA) refuseOnce(req *sip.Request, flow transport.Flow, no Refusal) {
	res := u.response(req, no.Code, no.Phrase, u.tagFor(req))
	res.RemoveHeader("Server") // RFC 3261 20.35: not for everybody to know
	addHeaders(res, no.Headers)
	res.SetBody(nil)
	u.note(noticeOf(req, flow), no)
	flow.Reply([]byte(res.String()))
}

// note puts a request on the list: refused, when there is a reason.
func (u *UA) note(n notice.Notice, no Refusal) {
	if n.Status, n.Reason = no.Code, no.Reason; n.Reason != "" {
		u.notices.Tell(n)
	}
}

// served puts a request on the list that was not refused.
func (u *UA) served(n notice.Notice, code int) {
	n.Status = code
	u.notices.Tell(n)
}

// unreadable answers 400 to what could not be read, if what was read tells where
// the answer belongs (RFC 3261 16.3, 18.3).
func (u *UA) unreadable(msg sip.Message, err error, from transport.Flow) {
	req, _ := msg.(*sip.Request)
	if req == nil || req.Method == sip.ACK || req.Via() == nil {
		n := noticeOf(req, from)
		n.Reason = "it cannot be read, nor answered: " + err.Error()
		u.notices.Tell(n)
		return
	}
	u.refuseOnce(req, from.ReplyTo(req.Via()), Refusal{
		Code: sip.StatusBadRequest, Reason: "it cannot be read: " + err.Error() + "; whoever sent it, or changed it on the way, has to be corrected",
	})
}

// noticeOf is what the list is told about a request, which may be nil or
// incomplete.
func noticeOf(req *sip.Request, flow transport.Flow) notice.Notice {
	n := notice.Notice{Source: flow.Remote(), Transport: flow.Transport(), Known: flow.Standing() >= transport.Known}
	if req == nil {
		return n
	}
	n.Method, n.To = string(req.Method), req.Recipient.String()
	if a := sourceOf(req); a.IsValid() {
		n.Source = a
	}
	if id := req.CallID(); id != nil {
		n.CallID = id.Value()
	}
	if from := req.From(); from != nil {
		n.From = from.Address.String()
	}
	return n
}

// The refusals that have more to say than their code.

var (
	noCall = Refusal{Code: sip.StatusCallTransactionDoesNotExists,
		Reason: "it belongs to no call that is here: the call has ended, or this server was started again since"}
	noInvite = Refusal{Code: sip.StatusCallTransactionDoesNotExists,
		Reason: "it cancels nothing that still rings here"}
	noContact = Refusal{Code: sip.StatusBadRequest, Phrase: "Contact Missing",
		Reason: "it has no Contact, so the call could never be ended from here; the far end has to add one"}
	loop = Refusal{Code: sip.StatusLoopDetected,
		Reason: "the same call came here before and is not answered yet; have it sent to one address of this server only"}
	noReliable = Refusal{Code: sip.StatusCallTransactionDoesNotExists,
		Reason: "this PRACK acknowledges nothing that waits for it; it came late, or twice"}
	prackWithOffer = Refusal{Code: sip.StatusNotAcceptableHere,
		Reason: "this PRACK has an offer in it, which is not taken there; the far end has to send it in a re-INVITE"}
	mediaCrossed = Refusal{Code: sip.StatusRequestPending,
		Reason: "both ends changed the call's media at once; the far end tries again by itself"}
)

func otherVersion(req *sip.Request) Refusal {
	return Refusal{Code: 505, Reason: fmt.Sprintf("it is written in %s; the far end has to speak SIP/2.0", oneLine(req.SipVersion))}
}

func otherScheme(req *sip.Request) Refusal {
	return Refusal{Code: 416, Reason: fmt.Sprintf("it asks for a URI of the scheme %q; calls have to go to a sip, sips or tel URI", req.Recipient.Scheme)}
}

func otherExtensions(tags []string) Refusal {
	all := strings.Join(tags, ", ")
	return Refusal{Code: sip.StatusBadExtension, Headers: Headers{{"Unsupported", all}},
		Reason: fmt.Sprintf("it requires the extensions %s, which are not spoken here; the far end has to do without them", all)}
}

func otherBody(why string) Refusal {
	return Refusal{
		Code: sip.StatusUnsupportedMediaType, Headers: Headers{{"Accept", acceptedBodies}, {"Accept-Encoding", "identity"}},
		Reason: why + "; the far end has to describe the call in SDP",
	}
}

// acceptedBodies are the kinds of bodies that an INVITE may have.
const acceptedBodies = "application/sdp, multipart/mixed"

func noAnswerInSDP(req *sip.Request) Refusal {
	return Refusal{Code: sip.StatusNotAcceptable,
		Reason: fmt.Sprintf("it takes answers in %q only; the far end has to accept application/sdp", valueOf(req, "Accept"))}
}

func (u *UA) otherMethod(req *sip.Request) Refusal {
	return Refusal{Code: sip.StatusMethodNotAllowed, Headers: Headers{{"Allow", u.allow}},
		Reason: fmt.Sprintf("%s is not served here; the far end has to do without it", req.Method)}
}

func tooLate(got, last uint32) Refusal { // RFC 3261 12.2.2
	return Refusal{Code: sip.StatusInternalServerError,
		Reason: fmt.Sprintf("its CSeq %d does not follow %d, the last one in this call; the far end has to count on", got, last)}
}

func mediaPending(retryAfter string) Refusal {
	return Refusal{Code: sip.StatusInternalServerError, Headers: Headers{{"Retry-After", retryAfter}},
		Reason: "an earlier offer of this call is not settled yet; the far end tries again by itself"}
}

func valueOf(msg interface{ GetHeaders(string) []sip.Header }, name string) string {
	var all []string
	for _, h := range msg.GetHeaders(name) {
		all = append(all, h.Value())
	}
	return strings.Join(all, ", ")
}

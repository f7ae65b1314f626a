package transaction

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// ErrIncomplete is Receive's answer to a message without the header fields that
// every message must have (RFC 3261 8.1.1), or with ones that contradict it.
var ErrIncomplete = errors.New("not a whole message")

func complete(msg sip.Message) error {
	via, cseq, id, from := msg.Via(), msg.CSeq(), msg.CallID(), msg.From()
	if via == nil || cseq == nil || id == nil || from == nil || msg.To() == nil {
		return ErrIncomplete
	}
	switch m := msg.(type) {
	case *sip.Request:
		if cseq.MethodName != m.Method {
			return fmt.Errorf("%w: CSeq names %q", ErrIncomplete, cseq.MethodName)
		}
	case *sip.Response:
		if m.StatusCode < 100 || m.StatusCode > 699 {
			return fmt.Errorf("%w: %d is no status", ErrIncomplete, m.StatusCode)
		}
	}
	return nil
}

func newBranch() string { return sip.RFC3261BranchMagicCookie + rand.Text() }

// clientKey is RFC 3261 17.1.3: branch and the method in CSeq.
func clientKey(branch string, method sip.RequestMethod) string {
	return branch + "|" + string(method)
}

// serverKey is RFC 3261 17.2.3: branch, sent-by and method, where an ACK looks for
// its INVITE. Branches of RFC 2543 elements say nothing; the fallback compares what
// that section lists.
func serverKey(req *sip.Request, method sip.RequestMethod) string {
	if method == sip.ACK {
		method = sip.INVITE
	}
	via := req.Via()
	branch := via.Params.GetOr("branch", "")
	if strings.HasPrefix(branch, sip.RFC3261BranchMagicCookie) && branch != sip.RFC3261BranchMagicCookie {
		return branch + "|" + strings.ToLower(via.SentBy()) + "|" + string(method)
	}
	return fmt.Sprintf("%s|%s|%d|%s|%s|%s|%s", req.CallID().Value(), req.From().Params.GetOr("tag", ""),
		req.CSeq().SeqNo, req.Recipient.String(), via.SentBy(), branch, method)
}

// mergeKey names a request whichever way it came (RFC 3261 8.2.2.2); requests
// inside a dialog cannot be merged.
func mergeKey(req *sip.Request) string {
	if req.To().Params.Has("tag") || req.Method == sip.CANCEL || req.Method == sip.ACK {
		return ""
	}
	return fmt.Sprintf("%s|%s|%d|%s", req.CallID().Value(), req.From().Params.GetOr("tag", ""), req.CSeq().SeqNo, req.Method)
}

// ackFor is the ACK of a failed INVITE (RFC 3261 17.1.1.3).
func ackFor(invite *sip.Request, res *sip.Response) *sip.Request {
	ack := sibling(invite, sip.ACK)
	ack.AppendHeader(sip.HeaderClone(res.To()))
	ack.SetBody(nil)
	return ack
}

// cancelFor is the CANCEL of a pending INVITE (RFC 3261 9.1).
func cancelFor(invite *sip.Request, headers []sip.Header) *sip.Request {
	cancel := sibling(invite, sip.CANCEL)
	cancel.AppendHeader(sip.HeaderClone(invite.To()))
	for _, h := range headers {
		cancel.AppendHeader(h)
	}
	cancel.SetBody(nil)
	return cancel
}

// sibling is a request of the same hop as an INVITE: same Request-URI, top Via,
// Route, From, Call-ID and CSeq number.
func sibling(invite *sip.Request, method sip.RequestMethod) *sip.Request {
	req := sip.NewRequest(method, invite.Recipient)
	req.AppendHeader(sip.HeaderClone(invite.Via()))
	for _, h := range invite.GetHeaders("Route") {
		req.AppendHeader(sip.HeaderClone(h))
	}
	hops := sip.MaxForwardsHeader(70)
	req.AppendHeader(&hops)
	req.AppendHeader(sip.HeaderClone(invite.From()))
	req.AppendHeader(sip.HeaderClone(invite.CallID()))
	req.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: method})
	return req
}

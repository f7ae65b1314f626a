package ua

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strconv"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/transport"
)

// What names a call that we place is derived from the Secret, so that a later
// process knows it without having been told: decision 009.

// CallID is the Call-ID of what these words name. A later process with the same
// Secret makes the same of them, and nobody else does.
func (u *UA) CallID(of ...string) string { return u.derive("call", of...) }

// callerTag is our tag in a call that we place.
func (u *UA) callerTag(callID string) string { return u.derive("tag", callID) }

// branch is that of an INVITE that begins a call. Each try has its own CSeq; one
// that goes by another transport because there was no connection has not.
func (u *UA) branch(invite *sip.Request, flow transport.Flow) string {
	return sip.RFC3261BranchMagicCookie + u.derive("branch", invite.CallID().Value(), tagOf(invite.From().Params),
		strconv.Itoa(int(invite.CSeq().SeqNo)), flow.Transport())
}

// derive makes a token of what it is for and from: the same each time, and
// nobody else's.
func (u *UA) derive(purpose string, from ...string) string {
	mac := hmac.New(sha256.New, u.secret)
	for _, part := range append(from, purpose) {
		mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		mac.Write([]byte(part))
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil))[:16]
}

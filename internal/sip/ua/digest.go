package ua

import (
	"bytes"
	"io"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// authorizer answers the challenges of one request (RFC 3261 22, RFC 8760). A
// server and a proxy on the way may each challenge once, and once more when the
// nonce that we used was stale; anything further means that they do not like us.
type authorizer struct {
	credentials Credentials
	tried       [2]int // challenges answered: of the server, of a proxy
}

// answer is the header field that meets a 401 or 407, if one does.
func (a *authorizer) answer(req *sip.Request, res *sip.Response) (sip.Header, bool) {
	if a.credentials.Username == "" {
		return nil, false
	}
	ask, reply, who := "WWW-Authenticate", "Authorization", 0
	if res.StatusCode == sip.StatusProxyAuthRequired {
		ask, reply, who = "Proxy-Authenticate", "Proxy-Authorization", 1
	}
	// RFC 8760 2.4: the first one that we can do is the server's favourite.
	for _, h := range res.GetHeaders(ask) {
		challenge, err := digest.ParseChallenge(h.Value())
		if err != nil || !digest.CanDigest(challenge) {
			continue
		}
		if a.tried[who] > 1 || (a.tried[who] == 1 && !challenge.Stale) {
			return nil, false
		}
		a.tried[who]++
		credentials, err := digest.Digest(challenge, digest.Options{
			Method: string(req.Method), URI: req.Recipient.String(), Count: 1,
			Username: a.credentials.Username, Password: a.credentials.Password,
			GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(req.Body())), nil },
		})
		if err != nil {
			continue
		}
		return sip.NewHeader(reply, credentials.String()), true
	}
	return nil, false
}

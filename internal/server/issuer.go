package server

import (
	"time"

	"strowger/internal/access"
	"strowger/internal/outbound"
)

// issuerTime bounds how long a request waits for the keys of whoever made its token.
const issuerTime = 5 * time.Second

// issuer is whose access tokens are taken; nil when nobody's are.
func (p *parts) issuer() *access.Issuer {
	c := p.cfg.Resource.Tokens
	if c.Issuer == "" {
		return nil
	}
	return access.NewIssuer(c.Issuer, c.Audiences, p.policy.NewClient(outbound.ClientConfig{Timeout: issuerTime, ConnectionsMax: 2}), time.Now)
}

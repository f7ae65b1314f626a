package access

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// ErrSeal says that a token was not sealed here, or has been changed since.
var ErrSeal = errors.New("not a context that this server has sealed")

// maxSealed bounds what Open will look at; our tokens have some hundred bytes.
const maxSealed = 16 << 10

// IncomingContext is what an incomingCallContext stands for: one call that
// rings at applications for one callee. Whether it can still be taken is the
// call's to say.
type IncomingContext struct {
	CallID     string `json:"call"`
	IncomingID int    `json:"incoming"`
	From       string `json:"from"`
	To         string `json:"to"`
}

// Sealer makes the incomingCallContext of calls that ring at applications. Its methods may be called
// from any goroutine.
type Sealer struct {
	secret []byte
	signer jose.Signer
}

// OpenSealer uses the secret kept in dir, and makes one when there is none.
func OpenSealer(dir string) (*Sealer, error) {
	secret, err := OpenSecret(dir, "context-secret")
	if err != nil {
		return nil, err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: secret}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("use the context secret: %w", err)
	}
	return &Sealer{secret: secret, signer: signer}, nil
}

// Seal is c as applications get it. It looks like a token with dots, as the
// service's does; applications hand it back and must not look inside.
func (s *Sealer) Seal(c IncomingContext) (string, error) {
	payload, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("seal the context of an incoming call: %w", err)
	}
	signed, err := s.signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("seal the context of an incoming call: %w", err)
	}
	return signed.CompactSerialize()
}

// Open returns what a context stands for, or ErrSeal.
func (s *Sealer) Open(context string) (IncomingContext, error) {
	if len(context) > maxSealed {
		return IncomingContext{}, ErrSeal
	}
	// Naming the algorithm keeps a token from choosing its own.
	signed, err := jose.ParseSignedCompact(context, []jose.SignatureAlgorithm{jose.HS256})
	if err != nil {
		return IncomingContext{}, ErrSeal
	}
	payload, err := signed.Verify(s.secret)
	if err != nil {
		return IncomingContext{}, ErrSeal
	}
	// The last bits of a base64 text may mean nothing; one context has one
	// spelling all the same.
	if again, err := signed.CompactSerialize(); err != nil || again != context {
		return IncomingContext{}, ErrSeal
	}
	var c IncomingContext
	if err := json.Unmarshal(payload, &c); err != nil {
		return IncomingContext{}, ErrSeal
	}
	return c, nil
}

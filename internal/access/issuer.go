package access

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Issuer is who makes the access tokens that are taken in place of a signature: an
// OpenID Connect provider, such as a tenant of Microsoft Entra. Its keys are found as
// OpenID Connect Discovery 1.0 says, when a token first needs them, and again when one
// names a key that is not among them. Its methods may be called from any goroutine.
type Issuer struct {
	url       string
	audiences jwt.Audience
	client    *http.Client
	now       func() time.Time

	keys atomic.Pointer[jose.JSONWebKeySet]

	mu      sync.Mutex // of who asks for keys
	asked   time.Time
	trouble error // what became of that
}

// issuerPause is how long the provider is left alone after it was asked: whoever sends
// tokens of its own making cannot make us ask more often.
const issuerPause = 10 * time.Second

// issuerMost bounds what the provider may answer with, in bytes.
const issuerMost = 1 << 20

// tokenSkew is how far the provider's clock may be from ours.
const tokenSkew = time.Minute

// tokenAlgorithms are with which tokens are signed: none that needs a secret of ours.
var tokenAlgorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512,
}

// NewIssuer takes the tokens of the provider with this issuer identifier, an https or
// http URL, that are made for one of the audiences. The client bounds where and how
// long it is asked; now is the clock that tokens are held against.
func NewIssuer(url string, audiences []string, client *http.Client, now func() time.Time) *Issuer {
	return &Issuer{url: url, audiences: audiences, client: client, now: now}
}

// admit checks a token; the error is a *Refusal.
func (i *Issuer) admit(ctx context.Context, token string) error {
	signed, err := jwt.ParseSigned(strings.TrimSpace(token), tokenAlgorithms)
	if err != nil {
		return refuseToken("it is no JSON Web Token that is signed with a key pair (RFC 7519): %v", err)
	}
	key, err := i.key(ctx, signed.Headers[0].KeyID)
	if err != nil {
		return err
	}
	var claims jwt.Claims
	if err := signed.Claims(key, &claims); err != nil {
		return refuseToken("its signature is not of %s", i.url)
	}
	if claims.Expiry == nil {
		return refuseToken("it has no end: exp is missing")
	}
	switch expected := (jwt.Expected{Issuer: i.url, AnyAudience: i.audiences, Time: i.now()}); claims.ValidateWithLeeway(expected, tokenSkew) {
	case nil:
		return nil
	case jwt.ErrInvalidIssuer:
		return refuseToken("it is of %q, and only those of %s are taken", claims.Issuer, i.url)
	case jwt.ErrInvalidAudience:
		return refuseToken("it is made for %q, and only those for %s are taken", []string(claims.Audience), strings.Join(i.audiences, " or "))
	case jwt.ErrExpired:
		return refuseToken("it ended at %s", claims.Expiry.Time().UTC().Format(time.RFC3339))
	default:
		return refuseToken("it is not good yet: set the clock of the machine that is wrong")
	}
}

// key is the provider's key of that name.
func (i *Issuer) key(ctx context.Context, id string) (any, error) {
	if key, ok := i.known(id); ok {
		return key, nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if key, ok := i.known(id); ok {
		return key, nil // somebody else has asked meanwhile
	}
	if now := i.now(); i.asked.IsZero() || now.Sub(i.asked) >= issuerPause {
		i.asked, i.trouble = now, i.ask(context.WithoutCancel(ctx))
	}
	if i.trouble != nil {
		return nil, refuseToken("the keys of %s cannot be had: %v; resource.tokens.issuer and outbound.allow_networks say who may be asked", i.url, i.trouble)
	}
	if key, ok := i.known(id); ok {
		return key, nil
	}
	return nil, refuseToken("it names key %.64q, which %s has not", id, i.url)
}

func (i *Issuer) known(id string) (any, bool) {
	keys := i.keys.Load()
	if keys == nil {
		return nil, false
	}
	for _, key := range keys.Key(id) {
		if key.Valid() && key.IsPublic() {
			return key.Key, true
		}
	}
	return nil, false
}

// ask finds the provider's keys.
func (i *Issuer) ask(ctx context.Context) error {
	var about struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := i.get(ctx, strings.TrimSuffix(i.url, "/")+"/.well-known/openid-configuration", &about); err != nil {
		return err
	}
	if about.Issuer != i.url {
		return fmt.Errorf("it says that it is %q", about.Issuer)
	}
	var keys jose.JSONWebKeySet
	if err := i.get(ctx, about.JWKSURI, &keys); err != nil {
		return err
	}
	i.keys.Store(&keys)
	return nil
}

func (i *Issuer) get(ctx context.Context, url string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := i.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, answer.Status)
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, issuerMost)).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	return nil
}

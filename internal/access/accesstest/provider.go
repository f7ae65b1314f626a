// Package accesstest is an OpenID Connect provider for tests.
package accesstest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Audience is for whom Token makes tokens.
const Audience = "https://communication.azure.com"

// Provider makes access tokens, and publishes the keys with which they are checked.
type Provider struct {
	*httptest.Server
	t testing.TB

	mu    sync.Mutex
	keys  []*rsa.PrivateKey // key 0, 1 …; the last one signs
	asked int               // times for the keys
	away  bool
}

// NewProvider starts one on loopback, with one key.
func NewProvider(t testing.TB) *Provider {
	p := &Provider{t: t}
	p.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tenant/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, map[string]string{"issuer": p.Issuer(), "jwks_uri": p.URL + "/keys"})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) { p.answer(w, p.keySet()) })
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// Issuer is its identifier.
func (p *Provider) Issuer() string { return p.URL + "/tenant" }

// Rotate makes a key that signs from now on.
func (p *Provider) Rotate() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = append(p.keys, key)
}

// Leave makes it answer 503.
func (p *Provider) Leave(away bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = away
}

// Asked is how often its keys were asked for.
func (p *Provider) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// Token is one that is good for an hour from a time.
func (p *Provider) Token(from time.Time) string {
	return p.Sign(jwt.MapClaims{"iss": p.Issuer(), "aud": Audience, "iat": from.Unix(), "nbf": from.Unix(), "exp": from.Add(time.Hour).Unix()})
}

// Sign makes a token that says anything.
func (p *Provider) Sign(claims jwt.MapClaims) string {
	p.mu.Lock()
	n := len(p.keys) - 1
	key := p.keys[n]
	p.mu.Unlock()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = fmt.Sprint("key", n)
	signed, err := token.SignedString(key)
	if err != nil {
		p.t.Fatal(err)
	}
	return signed
}

func (p *Provider) keySet() any {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	var keys []map[string]string
	for n, key := range p.keys {
		keys = append(keys, map[string]string{
			"kty": "RSA", "use": "sig", "kid": fmt.Sprint("key", n),
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
		})
	}
	return map[string]any{"keys": keys}
}

func (p *Provider) answer(w http.ResponseWriter, document any) {
	p.mu.Lock()
	away := p.away
	p.mu.Unlock()
	if away {
		http.Error(w, "away", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(document) // whoever asks sees what is missing
}

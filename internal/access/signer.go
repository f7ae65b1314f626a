package access

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// DefaultIssuer is who callbacks of the published service come from; receivers
// written for it check for this name.
const DefaultIssuer = "https://acscallautomation.communication.azure.com"

// Paths of the two documents, below the public URL.
const (
	OpenIDPath = "/calling/.well-known/acsopenidconfiguration"
	KeysPath   = "/calling/keys"
)

// tokenLife is how long a callback's token is good for.
const tokenLife = 5 * time.Minute

// rsaBits is the size that receivers expect of RS256; larger keys would cost
// several times as much per callback.
const rsaBits = 2048

// SignerConfig say in whose name a Signer signs. An empty Issuer means
// DefaultIssuer.
type SignerConfig struct {
	Issuer    string
	PublicURL string // where the server's documents are found
	Now       func() time.Time
}

// Signer signs callbacks. Its methods may be called from any goroutine.
type Signer struct {
	issuer string
	now    func() time.Time
	signer jose.Signer
	openID []byte
	keySet []byte

	mu   sync.Mutex
	last minted
}

// OpenSigner uses the signing key kept in dir, and makes one when there is none.
func OpenSigner(dir string, o SignerConfig) (*Signer, error) {
	content, _, err := readOrMake(filepath.Join(dir, "callback-signing-key.pem"), makeRSAKey)
	if err != nil {
		return nil, fmt.Errorf("callback signing key: %w", err)
	}
	key, err := parseRSAKey(content)
	if err != nil {
		return nil, fmt.Errorf("callback signing key in %s: %w", dir, err)
	}
	return newSigner(key, o)
}

func newSigner(key *rsa.PrivateKey, o SignerConfig) (*Signer, error) {
	if o.Issuer == "" {
		o.Issuer = DefaultIssuer
	}
	public := jose.JSONWebKey{Key: key.Public(), Algorithm: string(jose.RS256), Use: "sig"}
	print, err := public.Thumbprint(crypto.SHA256) // RFC 7638: the key's own name
	if err != nil {
		return nil, fmt.Errorf("name the signing key: %w", err)
	}
	public.KeyID = base64.RawURLEncoding.EncodeToString(print)
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: public.KeyID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("use the signing key: %w", err)
	}
	s := &Signer{issuer: o.Issuer, now: o.Now, signer: signer}
	return s, s.writeDocuments(public, strings.TrimSuffix(o.PublicURL, "/"))
}

// writeDocuments prepares what never changes while the server runs.
func (s *Signer) writeDocuments(public jose.JSONWebKey, base string) error {
	var keysErr, openIDErr error
	s.keySet, keysErr = json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public}})
	s.openID, openIDErr = json.Marshal(struct {
		Issuer     string   `json:"issuer"`
		JWKSURI    string   `json:"jwks_uri"`
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
		Claims     []string `json:"claims_supported"`
	}{s.issuer, base + KeysPath, []string{string(jose.RS256)}, []string{"iss", "aud", "exp", "nbf", "iat"}})
	return errors.Join(keysErr, openIDErr)
}

// Token is the value of a callback's Authorization header, without "Bearer ":
// a token for audience (the resource's id), fresh at the time of the call.
//
// A token tells time in whole seconds, so all that are made for an audience in
// one second are one token. It is signed once: an RSA signature costs as much
// as everything else about a callback together.
func (s *Signer) Token(audience string) (string, error) {
	second := s.now().Unix()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last.audience == audience && s.last.second == second {
		return s.last.token, nil
	}
	token, err := s.sign(audience, time.Unix(second, 0))
	if err != nil {
		return "", fmt.Errorf("sign callback token: %w", err)
	}
	s.last = minted{audience, second, token}
	return token, nil
}

// minted is a token and what it was made for.
type minted struct {
	audience string
	second   int64
	token    string
}

func (s *Signer) sign(audience string, now time.Time) (string, error) {
	return jwt.Signed(s.signer).Claims(jwt.Claims{
		Issuer:    s.issuer,
		Audience:  jwt.Audience{audience},
		IssuedAt:  jwt.NewNumericDate(now),
		NotBefore: jwt.NewNumericDate(now),
		Expiry:    jwt.NewNumericDate(now.Add(tokenLife)),
	}).Serialize()
}

// OpenIDDocument is what OpenIDPath answers.
func (s *Signer) OpenIDDocument() []byte { return s.openID }

// KeySet is what KeysPath answers (a JSON Web Key Set).
func (s *Signer) KeySet() []byte { return s.keySet }

func makeRSAKey() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

func parseRSAKey(content []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("an RSA key is needed, this is %T", parsed)
	}
	return key, nil
}

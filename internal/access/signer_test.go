package access

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const resource = "9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11"

func signer(t testing.TB, dir string) *Signer {
	t.Helper()
	s, err := OpenSigner(dir, SignerConfig{PublicURL: "https://calls.example/", Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestAReceiverVerifiesACallback knows the two documents only, and verifies
// with a library that did not sign.
func TestAReceiverVerifiesACallback(t *testing.T) {
	s := signer(t, t.TempDir())
	var openID struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(s.OpenIDDocument(), &openID); err != nil {
		t.Fatal(err)
	}
	if openID.Issuer != DefaultIssuer || openID.JWKSURI != "https://calls.example/calling/keys" {
		t.Errorf("OpenID document says %+v", openID)
	}
	token, err := s.Token(resource)
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.RegisteredClaims
	_, err = jwt.ParseWithClaims(token, &claims, published(t, s.KeySet()),
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithAudience(resource), jwt.WithIssuer(openID.Issuer),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(func() time.Time { return noon }))
	if err != nil {
		t.Fatal(err)
	}
	if life := claims.ExpiresAt.Sub(claims.NotBefore.Time); life != 5*time.Minute {
		t.Errorf("the token lives %s", life)
	}
}

func TestATokenIsMadeInTheSecondInWhichItIsUsed(t *testing.T) {
	now := noon
	s, err := OpenSigner(t.TempDir(), SignerConfig{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	token := func(audience string) string {
		token, err := s.Token(audience)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	first := token(resource)
	if now = now.Add(900 * time.Millisecond); token(resource) != first {
		t.Error("a second token in one second")
	}
	if token("another") == first {
		t.Error("two audiences have one token")
	}
	if now = now.Add(100 * time.Millisecond); token(resource) == first {
		t.Error("an old token")
	}
}

func TestTheSigningKeyOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	before, after := signer(t, dir), signer(t, dir)
	if string(before.KeySet()) != string(after.KeySet()) {
		t.Error("the key changed")
	}
	if other := signer(t, t.TempDir()); string(other.KeySet()) == string(before.KeySet()) {
		t.Error("two installations have one key")
	}
	wantPrivate(t, filepath.Join(dir, "callback-signing-key.pem"))
}

func TestTheKeySetHoldsNothingPrivate(t *testing.T) {
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(signer(t, t.TempDir()).KeySet(), &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%v, %d keys", err, len(set.Keys))
	}
	for member := range set.Keys[0] {
		if !strings.Contains(" kty kid use alg n e ", " "+member+" ") {
			t.Errorf("the key set publishes %q", member)
		}
	}
}

func TestABrokenKeyFileIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "callback-signing-key.pem")
	if err := os.WriteFile(path, []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSigner(dir, SignerConfig{Now: time.Now}); err == nil {
		t.Error("a broken key is used")
	}
	if content, _ := os.ReadFile(path); string(content) != "not a key" {
		t.Error("the file was written over")
	}
}

// published finds the key that a token names in a key set.
func published(t *testing.T, keySet []byte) jwt.Keyfunc {
	return func(token *jwt.Token) (any, error) {
		var set struct {
			Keys []struct{ Kty, Kid, Use, Alg, N, E string }
		}
		if err := json.Unmarshal(keySet, &set); err != nil {
			t.Fatal(err)
		}
		for _, key := range set.Keys {
			if key.Kid == token.Header["kid"] && key.Kty == "RSA" && key.Use == "sig" && key.Alg == "RS256" {
				n, errN := base64.RawURLEncoding.DecodeString(key.N)
				e, errE := base64.RawURLEncoding.DecodeString(key.E)
				if errN != nil || errE != nil {
					t.Fatal(errN, errE)
				}
				return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}, nil
			}
		}
		t.Fatalf("no key %v in %s", token.Header["kid"], keySet)
		return nil, nil
	}
}

func wantPrivate(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("%s has mode %o", path, info.Mode().Perm())
	}
}

// BenchmarkSign is what the first callback of a second costs.
func BenchmarkSign(b *testing.B) {
	s := signer(b, b.TempDir())
	for b.Loop() {
		if _, err := s.sign(resource, noon); err != nil {
			b.Fatal(err)
		}
	}
}

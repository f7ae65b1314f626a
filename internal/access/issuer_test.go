package access

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"strowger/internal/access/accesstest"
)

// station is a verifier that takes the tokens of a provider, by a clock of its own.
type station struct {
	*Verifier
	provider *accesstest.Provider
	clock    time.Time
}

func newStation(t *testing.T) *station {
	s := &station{provider: accesstest.NewProvider(t), clock: noon}
	now := func() time.Time { return s.clock }
	keys, err := ParseKeys([]string{firstKey})
	if err != nil {
		t.Fatal(err)
	}
	s.Verifier = NewVerifier(keys, NewIssuer(s.provider.Issuer(), []string{accesstest.Audience}, s.provider.Client(), now), now)
	return s
}

func (s *station) show(t *testing.T, token string) error {
	r := plain.request(t)
	r.Header = http.Header{"Authorization": {"Bearer " + token}}
	return verify(s.Verifier, r)
}

func TestATokenOfTheIssuerStandsForASignature(t *testing.T) {
	s := newStation(t)
	for range 3 {
		if err := s.show(t, s.provider.Token(noon)); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.provider.Asked(); got != 1 {
		t.Errorf("the keys were asked for %d times", got)
	}
	if err := verify(s.Verifier, plain.request(t)); err != nil {
		t.Errorf("a signature is good no more: %v", err)
	}
}

func TestATokenThatDoesNotHoldIsRefusedWithTheReason(t *testing.T) {
	s, stranger := newStation(t), accesstest.NewProvider(t)
	good := jwt.MapClaims{"iss": s.provider.Issuer(), "aud": accesstest.Audience, "exp": noon.Add(time.Hour).Unix()}
	but := func(name string, value any) string {
		claims := jwt.MapClaims{}
		for n, v := range good {
			claims[n] = v
		}
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
		return s.provider.Sign(claims)
	}
	secret, err := jwt.NewWithClaims(jwt.SigningMethodHS256, good).SignedString([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, good).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	for says, token := range map[string]string{
		"no JSON Web Token":              "abc",
		`unexpected signature algorithm`: secret,
		`algorithm "none"`:               unsigned,
		"signature is not of":            stranger.Sign(good),
		"it is of \"https://other\"":     but("iss", "https://other"),
		"it is of \"\"":                  but("iss", nil),
		"it is made for [\"another\"]":   but("aud", "another"),
		"it is made for []":              but("aud", nil),
		"it ended at 2026":               but("exp", noon.Add(-2*tokenSkew).Unix()),
		"it has no end":                  but("exp", nil),
		"not good yet":                   but("nbf", noon.Add(2*tokenSkew).Unix()),
	} {
		err := s.show(t, token)
		refusal, ok := err.(*Refusal)
		if !ok || refusal.Credential != Token || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q, got %v", says, err)
		}
	}
}

// TestStrangersCannotMakeUsAskTheProvider: each of their tokens names a key that
// nobody has.
func TestStrangersCannotMakeUsAskTheProvider(t *testing.T) {
	s, stranger := newStation(t), accesstest.NewProvider(t)
	stranger.Rotate()
	for range 5 {
		if err := s.show(t, stranger.Token(noon)); err == nil || !strings.Contains(err.Error(), `names key "key1"`) {
			t.Fatal(err)
		}
	}
	if got := s.provider.Asked(); got != 1 {
		t.Errorf("the keys were asked for %d times", got)
	}
	s.provider.Rotate()
	if err := s.show(t, s.provider.Token(noon)); err == nil {
		t.Error("the new key was known before anybody asked")
	}
	s.clock = s.clock.Add(issuerPause)
	if err := s.show(t, s.provider.Token(noon)); err != nil {
		t.Errorf("the new key is not taken: %v", err)
	}
}

// TestTokensAreTakenWhileTheProviderIsAway: those of keys that are known.
func TestTokensAreTakenWhileTheProviderIsAway(t *testing.T) {
	s := newStation(t)
	s.provider.Leave(true)
	if err := s.show(t, s.provider.Token(noon)); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("got %v", err)
	}
	s.provider.Leave(false)
	s.clock = s.clock.Add(issuerPause)
	if err := s.show(t, s.provider.Token(noon)); err != nil {
		t.Error(err)
	}
	s.provider.Leave(true)
	s.clock = s.clock.Add(issuerPause)
	if err := s.show(t, s.provider.Token(noon)); err != nil {
		t.Error(err)
	}
}

package access

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func tokens(t *testing.T, dir string) *Tokens {
	t.Helper()
	made, err := OpenTokens(dir)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

var grant = Grant{
	ID: "0123456789abcdef", Resource: resource, User: "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01",
	Scopes: []string{"chat", "voip"}, Issued: noon, Expires: noon.Add(time.Hour),
}

// TestATokenSaysWhatTheCloudsSays reads it with a library that did not write it.
func TestATokenSaysWhatTheCloudsSays(t *testing.T) {
	made := tokens(t, t.TempDir())
	said := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(made.Token(grant), said, func(*jwt.Token) (any, error) { return made.secret, nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithTimeFunc(func() time.Time { return noon }))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"skypeid": "acs:" + resource + "_" + grant.User, "resourceId": resource, "acsScope": "chat,voip",
		"iat": float64(noon.Unix()), "exp": float64(noon.Add(time.Hour).Unix()), "jti": grant.ID,
		"scp": float64(1792), "csi": "1789472175",
	} {
		if said[name] != want {
			t.Errorf("%s is %v, want %v", name, said[name], want)
		}
	}
}

func TestAGrantHasOneTokenAlsoAfterARestart(t *testing.T) {
	dir := t.TempDir()
	before, after := tokens(t, dir).Token(grant), tokens(t, dir).Token(grant)
	if before != after {
		t.Error("a grant has two tokens")
	}
	if tokens(t, t.TempDir()).Token(grant) == before {
		t.Error("two installations make the same token")
	}
	wantPrivate(t, filepath.Join(dir, "token-secret"))
}

func TestEachGrantHasATokenOfItsOwn(t *testing.T) {
	made := tokens(t, t.TempDir())
	other := grant
	other.ID = "fedcba9876543210"
	if made.Token(grant) == made.Token(other) {
		t.Error("two grants have one token")
	}
}

package reception

import (
	"strings"
	"testing"

	"github.com/icholy/digest"
)

func TestCredentialsAreReadAsPhonesWriteThem(t *testing.T) {
	for value, want := range map[string]string{
		`Digest username="alice", realm="pbx.test", nonce="n", uri="sip:a", response="r"`: "alice",
		`digest  Username = "alice" ,realm=pbx.test,nonce=n_-,	uri="sip:a,b",response=r,`: "alice",
		`Digest username=alice@pbx.test, realm="pbx.test", qop="auth", nc=00000001`:       "alice@pbx.test",
		`Digest username="a\"b\\c", realm="pbx.test"`:                                     `a"b\c`,
		`Digest username="a, realm=\"x\"", realm="pbx.test"`:                              `a, realm="x"`,
	} {
		c, ok := readCredentials(value)
		if !ok || c.Username != want || c.Realm != "pbx.test" {
			t.Errorf("%s is read as %+v, %v", value, c, ok)
		}
	}
	for _, bad := range []string{"", "Basic YTpi", "Digest username", `Digest nc=x`, "NoOneKnowsThisScheme opaque-data=here"} {
		if c, ok := readCredentials(bad); ok {
			t.Errorf("%q is read as %+v", bad, c)
		}
	}
}

func TestAUserIsFoundByTheNameHoweverItIsWritten(t *testing.T) {
	for _, username := range []string{"alice", "Alice", "alice@pbx.test", "alice@192.0.2.10", "sip:alice@pbx.test", "alice%40pbx.test"} {
		k := newClockedGuard(t)
		if c := k.check(k.answer(k.challenge("MD5"), username, "wonder", 1), "INVITE"); c.proof != proven || c.name != "alice" {
			t.Errorf("%s: %+v", username, c)
		}
	}
	k := newClockedGuard(t)
	if c := k.check(k.answer(k.challenge("MD5"), "alice@pbx.test", "wrong", 1), "INVITE"); c.proof != wrong || c.name != "alice" {
		t.Errorf("%+v", c)
	}
}

// A backslash that somebody did not mean as an escape is in their digest.
func TestADigestOverTheNameAsItIsWrittenHolds(t *testing.T) {
	k := newClockedGuard(t)
	m := k.answer(k.challenge("MD5"), `al\ice`, "wonder", 1)
	m.Headers[0].Value = strings.Replace(m.Headers[0].Value, `al\\ice`, `al\ice`, 1)
	if c := k.check(m, "INVITE"); c.proof != proven || c.name != "alice" {
		t.Errorf("%+v of %s", c, m.Headers[0].Value)
	}
}

// What the digest package writes is read as it was.
func FuzzReadCredentials(f *testing.F) {
	f.Add("alice", "sip:a", "abc")
	f.Fuzz(func(t *testing.T, username, uri, nonce string) {
		for _, s := range []string{username, uri, nonce} {
			if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
				return
			}
		}
		written := digest.Credentials{Username: username, Realm: "r", URI: uri, Nonce: nonce, Response: "x", Algorithm: "MD5", QOP: "auth", Cnonce: "c", Nc: 7}
		read, ok := readCredentials(written.String())
		if !ok || read.Credentials != written {
			t.Errorf("%s is read as %+v", written.String(), read)
		}
		_ = account(username)
		_, _ = readCredentials(username)
	})
}

package reception

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/icholy/digest"

	"strowger/internal/directory"
	"strowger/internal/sip/ua"
)

// people are alice, whose password is wonder, and dave, who has none.
type people struct{}

func (people) User(name string) (directory.User, bool) {
	switch strings.ToLower(name) {
	case "alice":
		return directory.User{Name: "alice", Password: "wonder"}, true
	case "dave":
		return directory.User{Name: "dave"}, true
	}
	return directory.User{}, false
}

// clockedGuard is a guard with a clock of the test's.
type clockedGuard struct {
	*guard
	t   *testing.T
	now time.Time
}

func newClockedGuard(t *testing.T) *clockedGuard {
	k := &clockedGuard{t: t, now: time.Unix(1_800_000_000, 0)}
	k.guard = newGuard("pbx.test", people{}, newNonces(func() time.Time { return k.now }))
	return k
}

func (k *clockedGuard) challenge(algorithm string) *digest.Challenge {
	k.t.Helper()
	for _, h := range k.challenges(ua.Message{}, false) {
		c, err := digest.ParseChallenge(h.Value)
		if err != nil {
			k.t.Fatal(err)
		}
		if c.Algorithm == algorithm {
			return c
		}
	}
	k.t.Fatalf("no challenge for %s", algorithm)
	return nil
}

// answer is a request with credentials for a challenge.
func (k *clockedGuard) answer(c *digest.Challenge, user, password string, count int) ua.Message {
	k.t.Helper()
	cred, err := digest.Digest(c, digest.Options{Method: "INVITE", URI: "sip:bob@pbx.test", Username: user, Password: password, Count: count})
	if err != nil {
		k.t.Fatal(err)
	}
	return from("192.0.2.1", cred.String())
}

func from(source, authorization string) ua.Message {
	return ua.Message{
		Source:  netip.AddrPortFrom(netip.MustParseAddr(source), 5060),
		Headers: ua.Headers{{Name: "Authorization", Value: authorization}},
	}
}

func (k *clockedGuard) expect(m ua.Message, want proof, why string) {
	k.t.Helper()
	if c := k.check(m, "INVITE"); c.proof != want {
		k.t.Errorf("%s: proof %d, want %d", why, c.proof, want)
	}
}

func TestBothAlgorithmsProveAUserAndTheStrongerIsOfferedFirst(t *testing.T) {
	k := newClockedGuard(t)
	hs := k.challenges(ua.Message{Headers: ua.Headers{{Name: "User-Agent", Value: "a phone"}}}, false)
	if len(hs) != 2 || !strings.Contains(hs[0].Value, "SHA-256") || !strings.Contains(hs[1].Value, "MD5") {
		t.Errorf("challenges %v", hs)
	}
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		k.expect(k.answer(k.challenge(algorithm), "alice", "wonder", 1), proven, algorithm)
		k.expect(k.answer(k.challenge(algorithm), "alice", "other", 1), wrong, algorithm)
	}
}

func TestWhoStumblesOverOtherAlgorithmsIsOfferedMD5FirstOrAlone(t *testing.T) {
	for agent, want := range map[string]string{
		"baresip v1.0.0 (x86_64/linux)": "MD5", "baresip v3.1.0": "SHA-256 MD5", "": "MD5 SHA-256", "SIPp 3.6": "MD5 SHA-256",
	} {
		if got := strings.Join(algorithmsFor(agent), " "); got != want {
			t.Errorf("%q is offered %s, want %s", agent, got, want)
		}
	}
}

func TestCredentialsOfNobodyProveNothing(t *testing.T) {
	k := newClockedGuard(t)
	k.expect(ua.Message{}, absent, "no credentials")
	k.expect(from("192.0.2.1", "Basic YWxpY2U6d29uZGVy"), absent, "Basic")
	k.expect(from("192.0.2.1", "Digest nonsense"), absent, "no digest")
	k.expect(k.answer(k.challenge("MD5"), "carol", "", 1), wrong, "nobody")
	k.expect(k.answer(k.challenge("MD5"), "dave", "", 1), wrong, "a user without a password")
	other := *k.challenge("MD5")
	other.Realm = "other.test"
	k.expect(k.answer(&other, "alice", "wonder", 1), absent, "another realm")
	if c := k.check(k.answer(k.challenge("MD5"), "alice", "wonder", 1), "REGISTER"); c.proof != wrong {
		t.Error("credentials of an INVITE are good for a REGISTER")
	}
}

func TestANonceIsGoodForItsTimeAndEachCountOnce(t *testing.T) {
	k := newClockedGuard(t)
	c := k.challenge("SHA-256")
	k.expect(k.answer(c, "alice", "wonder", 1), proven, "first")
	k.expect(k.answer(c, "alice", "wonder", 1), stale, "replayed")
	k.expect(k.answer(c, "alice", "wonder", 3), proven, "a gap")
	k.expect(k.answer(c, "alice", "wonder", 2), stale, "an older count")
	k.now = k.now.Add(nonceLife)
	k.expect(k.answer(c, "alice", "wonder", 4), stale, "too old")
	if hs := k.challenges(ua.Message{}, true); !strings.Contains(hs[0].Value, "stale=true") {
		t.Errorf("%s does not say stale", hs[0].Value)
	}
}

// Else a nonce of somebody's own making would be good for guessing, and could
// be held against whose address it was sent from.
func TestOnlyANonceThatIsGoodTellsARightPasswordFromAWrongOne(t *testing.T) {
	k := newClockedGuard(t)
	c := k.challenge("SHA-256")
	forged := *c
	forged.Nonce = strings.Repeat("A", len(c.Nonce))
	k.expect(k.answer(c, "alice", "wonder", 1), proven, "first")
	for _, password := range []string{"wonder", "wrong"} {
		k.expect(k.answer(&forged, "alice", password, 1), stale, "a nonce of nobody's making, "+password)
		k.expect(k.answer(c, "alice", password, 1), stale, "a count used before, "+password)
	}
	k.now = k.now.Add(nonceLife)
	for _, password := range []string{"wonder", "wrong"} {
		k.expect(k.answer(c, "alice", password, 2), stale, "too old, "+password)
	}
}

func TestAWrongPasswordSpendsItsNonce(t *testing.T) {
	k := newClockedGuard(t)
	c := k.challenge("MD5")
	k.expect(k.answer(c, "alice", "wrong", 1), wrong, "a guess")
	k.expect(k.answer(c, "alice", "wrong", 2), stale, "another")
	k.expect(k.answer(c, "alice", "wonder", 3), stale, "the right one")
	k.expect(k.answer(k.challenge("MD5"), "alice", "wonder", 1), proven, "the right one, to a new challenge")
}

func TestWithoutQopANonceIsGoodOnce(t *testing.T) {
	k := newClockedGuard(t)
	c := k.challenge("MD5")
	c.QOP = nil
	k.expect(k.answer(c, "alice", "wonder", 0), proven, "an old phone")
	k.expect(k.answer(c, "alice", "wonder", 0), stale, "replayed")
}

func TestWhatIsRememberedOfNoncesIsBounded(t *testing.T) {
	k := newClockedGuard(t)
	for range noncesMost + 100 {
		k.nonces.use(k.nonces.issue(netip.Addr{}), 1)
	}
	if n := len(k.nonces.counts); n > noncesMost {
		t.Errorf("%d are remembered", n)
	}
}

func FuzzCredentials(f *testing.F) {
	f.Add(`Digest username="alice", realm="pbx.test", nonce="AA", uri="sip:x", response="00", qop=auth, nc=00000001, cnonce="1"`)
	f.Add(`Digest username="alice",realm="pbx.test",nc=zz`)
	f.Fuzz(func(t *testing.T, value string) {
		k := newClockedGuard(t)
		if c := k.check(from("192.0.2.1", value), "INVITE"); c.proof == proven {
			t.Fatalf("%q proves alice", value)
		}
	})
}

package reception

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/icholy/digest"

	"strowger/internal/directory"
	"strowger/internal/sip/ua"
)

// How long a nonce is good for, and how many are remembered.
const (
	nonceLife  = 5 * time.Minute
	noncesMost = 8192
)

// spent is the count of a nonce that is good for nothing more.
const spent = math.MaxInt

// guard asks for credentials and checks them (RFC 3261 22, RFC 8760).
//
// A nonce carries its own time and seal, so challenges cost no memory. What is
// remembered is bounded: the last count of nonces that were used.
//
// A password is looked at only when the nonce is good, and a wrong one spends
// the nonce: every guess needs a challenge of its own, and an answer to anything
// else says nothing about passwords.
type guard struct {
	realm string
	users interface {
		User(nameOrID string) (directory.User, bool)
	}
	now func() time.Time
	key [32]byte

	mu     sync.Mutex
	counts map[string]nonceUse
}

type nonceUse struct {
	count   int
	expires time.Time
}

// proof is what the credentials of a request prove.
type proof int

const (
	absent proof = iota // no credentials for our realm
	proven              // the user is who they say
	stale               // the password is right, the nonce is not good any more
	wrong               // anything else
)

func newGuard(realm string, users interface {
	User(nameOrID string) (directory.User, bool)
}, now func() time.Time) *guard {
	g := &guard{realm: realm, users: users, now: now, counts: map[string]nonceUse{}}
	rand.Read(g.key[:]) // never fails: crypto/rand ends the program instead
	return g
}

// challenges are the headers of a 401. The stronger algorithm comes first (RFC
// 8760 2.3), but not for those who give up on an algorithm that they do not
// know instead of passing it over.
func (g *guard) challenges(m ua.Message, isStale bool) ua.Headers {
	nonce := g.nonce()
	var hs ua.Headers
	for _, algorithm := range algorithmsFor(m.Headers.Get("User-Agent")) {
		c := digest.Challenge{Realm: g.realm, Nonce: nonce, Algorithm: algorithm, QOP: []string{"auth"}, Stale: isStale}
		hs = append(hs, ua.Header{Name: "WWW-Authenticate", Value: c.String()})
	}
	return hs
}

// onlyMD5 are the user agents that answer no challenge at all when one of them
// is not MD5.
var onlyMD5 = []string{"baresip v0.", "baresip v1."}

// algorithmsFor says what to offer whom, in order. Phones name themselves; who
// does not is a tool such as SIPp, which looks at the first challenge only.
func algorithmsFor(userAgent string) []string {
	switch {
	case slices.ContainsFunc(onlyMD5, func(prefix string) bool { return strings.HasPrefix(userAgent, prefix) }):
		return []string{"MD5"}
	case userAgent == "" || strings.HasPrefix(userAgent, "SIPp"):
		return []string{"MD5", "SHA-256"}
	}
	return []string{"SHA-256", "MD5"}
}

// check looks at the credentials of a request. name is who they claim to be of.
func (g *guard) check(m ua.Message, method string) (user directory.User, name string, p proof) {
	cred := g.credentials(m)
	if cred == nil {
		return directory.User{}, "", absent
	}
	name = strings.ToLower(cred.Username[:min(len(cred.Username), 64)]) // it is remembered and logged
	if !g.fresh(cred) {
		return directory.User{}, name, stale
	}
	user, ok := g.users.User(cred.Username)
	if !ok || user.Password == "" || !answers(cred, method, user.Password) {
		g.use(cred.Nonce, spent)
		return directory.User{}, name, wrong
	}
	if !g.use(cred.Nonce, cred.Nc) {
		return directory.User{}, name, stale // another request used it meanwhile
	}
	return user, name, proven
}

// credentials finds those for our realm.
func (g *guard) credentials(m ua.Message) *digest.Credentials {
	for _, value := range m.Headers.Values("Authorization") {
		if cred, err := digest.ParseCredentials(value); err == nil && cred.Realm == g.realm {
			return cred
		}
	}
	return nil
}

// answers recomputes the response. The uri is taken as the credentials have it:
// proxies and some phones change the request's after computing, and a response
// is good for one request only, whatever its uri.
func answers(cred *digest.Credentials, method, password string) bool {
	c := digest.Challenge{Realm: cred.Realm, Nonce: cred.Nonce, Algorithm: cred.Algorithm}
	switch {
	case !strings.EqualFold(cred.Algorithm, "MD5") && !strings.EqualFold(cred.Algorithm, "SHA-256") && cred.Algorithm != "":
		return false
	case cred.QOP == "auth" && cred.Nc > 0 && cred.Cnonce != "":
		c.QOP = []string{"auth"}
	case cred.QOP != "":
		return false
	}
	want, err := digest.Digest(&c, digest.Options{
		Method: method, URI: cred.URI, Username: cred.Username, Password: password, Count: cred.Nc, Cnonce: cred.Cnonce,
	})
	return err == nil && subtle.ConstantTimeCompare([]byte(strings.ToLower(cred.Response)), []byte(want.Response)) == 1
}

// nonce is 8 bytes of time, 8 of chance, and their seal.
func (g *guard) nonce() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(g.now().UnixNano()))
	rand.Read(b[8:])
	return base64.RawURLEncoding.EncodeToString(append(b[:], g.seal(b[:])...))
}

func (g *guard) seal(b []byte) []byte {
	mac := hmac.New(sha256.New, g.key[:])
	mac.Write(b)
	return mac.Sum(nil)[:16]
}

// fresh reports whether the nonce is ours, young, and not used with this count
// yet. Without qop there is no count, and it is good once.
func (g *guard) fresh(cred *digest.Credentials) bool {
	expires, ours := g.expiry(cred.Nonce)
	if !ours || !g.now().Before(expires) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	last, used := g.counts[cred.Nonce]
	return !used || cred.Nc > last.count
}

// use remembers that a nonce of ours was used with a count, and reports whether
// that was new.
func (g *guard) use(nonce string, count int) bool {
	expires, _ := g.expiry(nonce)
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	last, used := g.counts[nonce]
	if used && count <= last.count {
		return false
	}
	if !used {
		makeRoom(g.counts, noncesMost, func(u nonceUse) bool { return !now.Before(u.expires) })
	}
	g.counts[nonce] = nonceUse{count, expires}
	return true
}

// expiry is when a nonce of ours ends.
func (g *guard) expiry(nonce string) (at time.Time, ours bool) {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != 32 || !hmac.Equal(b[16:], g.seal(b[:16])) {
		return time.Time{}, false
	}
	return time.Unix(0, int64(binary.BigEndian.Uint64(b[:8]))).Add(nonceLife), true
}

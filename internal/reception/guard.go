package reception

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/icholy/digest"

	"strowger/internal/directory"
	"strowger/internal/sip/ua"
)

// How long a nonce is good for, and how much is remembered of nonces and of
// wrong passwords.
const (
	nonceLife    = 5 * time.Minute
	noncesMost   = 8192
	wrongFree    = 5 // wrong passwords before anything is slowed
	wrongMost    = 8192
	wrongForget  = 10 * time.Minute
	longestDelay = time.Minute
)

// guard asks for credentials and checks them (RFC 3261 22, RFC 8760).
//
// A nonce carries its own time and seal, so challenges cost no memory. What is
// remembered is bounded: the last count of nonces that were used with success,
// and who guesses.
type guard struct {
	realm string
	users interface {
		User(nameOrID string) (directory.User, bool)
	}
	now func() time.Time
	key [32]byte

	mu     sync.Mutex
	counts map[string]nonceUse
	wrong  map[guesser]guesses
}

type nonceUse struct {
	count   int
	expires time.Time
}

type guesser struct {
	from netip.Addr
	name string
}

type guesses struct {
	wrong  int
	until  time.Time // nothing is checked before
	forget time.Time
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
	g := &guard{realm: realm, users: users, now: now, counts: map[string]nonceUse{}, wrong: map[guesser]guesses{}}
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

// check looks at the credentials of a request.
func (g *guard) check(m ua.Message, method string) (directory.User, proof) {
	cred := g.credentials(m)
	if cred == nil {
		return directory.User{}, absent
	}
	who := guesser{m.Source.Addr().Unmap(), strings.ToLower(cred.Username)}
	if g.tooSoon(who) {
		return directory.User{}, wrong
	}
	user, ok := g.users.User(cred.Username)
	if !ok || user.Password == "" || !answers(cred, method, user.Password) {
		g.guessed(who)
		return directory.User{}, wrong
	}
	g.forgive(who)
	if !g.fresh(cred) {
		return directory.User{}, stale
	}
	return user, proven
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

// fresh reports whether the nonce is ours, young, and used for the first time
// with this count. Without qop there is no count, and it is good once.
func (g *guard) fresh(cred *digest.Credentials) bool {
	b, err := base64.RawURLEncoding.DecodeString(cred.Nonce)
	if err != nil || len(b) != 32 || !hmac.Equal(b[16:], g.seal(b[:16])) {
		return false
	}
	now := g.now()
	expires := time.Unix(0, int64(binary.BigEndian.Uint64(b[:8]))).Add(nonceLife)
	if !now.Before(expires) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	last, used := g.counts[cred.Nonce]
	if used && cred.Nc <= last.count {
		return false
	}
	if !used {
		makeRoom(g.counts, noncesMost, func(u nonceUse) bool { return !now.Before(u.expires) })
	}
	g.counts[cred.Nonce] = nonceUse{cred.Nc, expires}
	return true
}

// tooSoon reports whether somebody who guessed wrong too often has to wait. A
// wait is no check: waiting out is the only way to try another password.
func (g *guard) tooSoon(who guesser) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now().Before(g.wrong[who].until)
}

func (g *guard) guessed(who guesser) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	w, known := g.wrong[who]
	if !known {
		makeRoom(g.wrong, wrongMost, func(w guesses) bool { return now.After(w.forget) })
	}
	if now.After(w.forget) {
		w.wrong = 0
	}
	w.wrong++
	w.forget = now.Add(wrongForget)
	if over := w.wrong - wrongFree; over > 0 {
		w.until = now.Add(min(time.Second<<min(over-1, 10), longestDelay))
	}
	g.wrong[who] = w
}

func (g *guard) forgive(who guesser) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.wrong, who)
}

// makeRoom keeps a map within its bound: what is over goes first, then anything.
func makeRoom[K comparable, V any](m map[K]V, most int, over func(V) bool) {
	if len(m) < most {
		return
	}
	for k, v := range m {
		if over(v) {
			delete(m, k)
		}
	}
	for k := range m {
		if len(m) < most {
			return
		}
		delete(m, k)
	}
}

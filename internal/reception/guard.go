package reception

import (
	"crypto/subtle"
	"net/netip"
	"slices"
	"strings"

	"github.com/icholy/digest"

	"strowger/internal/directory"
	"strowger/internal/sip/ua"
)

// guard asks for credentials and checks them (RFC 3261 22, RFC 8760).
//
// A password is looked at whenever the nonce is ours and good, at once and
// whatever else comes: only what follows a wrong one is slowed. A wrong one spends
// the nonce, so every guess needs a challenge of its own, and an answer to
// anything else says nothing about passwords.
type guard struct {
	realm string
	users interface {
		User(nameOrID string) (directory.User, bool)
	}
	nonces *nonces
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
}, nonces *nonces) *guard {
	return &guard{realm: realm, users: users, nonces: nonces}
}

// checked is what the credentials of a request came to.
type checked struct {
	proof proof
	user  directory.User // when proven
	pass  directory.Pass // by which
	name  string         // whose credentials they claim to be
	asked netip.Addr     // who asked for the nonce, when it is ours
}

// challenges are the headers of a 401. The stronger algorithm comes first (RFC
// 8760 2.3), but not for those who give up on an algorithm that they do not
// know instead of passing it over.
func (g *guard) challenges(m ua.Message, isStale bool) ua.Headers {
	nonce := g.nonces.issue(m.Source.Addr())
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
func (g *guard) check(m ua.Message, method string) checked {
	cred, ok := g.credentials(m)
	if !ok {
		return checked{proof: absent}
	}
	name := account(cred.Username)
	c := checked{name: strings.ToLower(name[:min(len(name), 64)])} // it is remembered and logged
	nonce, ok := g.nonces.read(cred.Nonce)
	if !ok || !g.nonces.unused(cred.Nonce, cred.Nc) {
		c.proof = stale
		return c
	}
	c.asked = nonce.to
	user, known := g.users.User(name)
	pass, right := directory.Pass{}, false
	if known {
		pass, right = passOf(user, cred, method)
	}
	if !right {
		g.nonces.use(cred.Nonce, spent)
		c.proof = wrong
		return c
	}
	if !g.nonces.use(cred.Nonce, cred.Nc) {
		c.proof = stale // another request used it meanwhile
		return c
	}
	c.proof, c.user, c.pass = proven, user, pass
	return c
}

// passOf finds the one of a user's passes that the credentials were made with: the
// password, or a token in its place.
func passOf(u directory.User, cred credentials, method string) (directory.Pass, bool) {
	for pass := range u.Passes() {
		if answers(cred, method, pass.Secret) {
			return pass, true
		}
	}
	return directory.Pass{}, false
}

// credentials finds those for our realm.
func (g *guard) credentials(m ua.Message) (credentials, bool) {
	for _, value := range m.Headers.Values("Authorization") {
		if cred, ok := readCredentials(value); ok && cred.Realm == g.realm {
			return cred, true
		}
	}
	return credentials{}, false
}

// answers recomputes the response. The uri is taken as the credentials have it:
// proxies and some phones change the request's after computing, and a response
// is good for one request only, whatever its uri.
func answers(cred credentials, method, password string) bool {
	c := digest.Challenge{Realm: cred.Realm, Nonce: cred.Nonce, Algorithm: cred.Algorithm}
	switch {
	case !strings.EqualFold(cred.Algorithm, "MD5") && !strings.EqualFold(cred.Algorithm, "SHA-256") && cred.Algorithm != "":
		return false
	case cred.QOP == "auth" && cred.Nc > 0 && cred.Cnonce != "":
		c.QOP = []string{"auth"}
	case cred.QOP != "":
		return false
	}
	options := digest.Options{Method: method, URI: cred.URI, Username: cred.Username, Password: password, Count: cred.Nc, Cnonce: cred.Cnonce}
	if matches(&c, options, cred.Response) {
		return true
	}
	options.Username = cred.username
	return cred.username != cred.Username && matches(&c, options, cred.Response)
}

func matches(c *digest.Challenge, o digest.Options, response string) bool {
	want, err := digest.Digest(c, o)
	return err == nil && subtle.ConstantTimeCompare([]byte(strings.ToLower(response)), []byte(want.Response)) == 1
}

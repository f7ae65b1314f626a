package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"
)

// clockSkew is how far a request's date may be from ours. Clients sign before
// they retry, so a request may honestly be some seconds old; the service's own
// tolerance is not published.
const clockSkew = 15 * time.Minute

// maxSignedHeaders bounds the work that a request can ask for before it has
// proved anything. Official clients name three.
const maxSignedHeaders = 8

// Verifier checks signatures made with the resource's access keys, and access tokens.
// Its methods may be called from any goroutine.
type Verifier struct {
	keys   []Key
	issuer *Issuer
	now    func() time.Time
}

// NewVerifier trusts any of keys, and an issuer of access tokens, which may be nil. now
// is the clock that dates are held against.
func NewVerifier(keys []Key, issuer *Issuer, now func() time.Time) *Verifier {
	return &Verifier{keys: keys, issuer: issuer, now: now}
}

// BodyDigest is the hash that the caller signed for the request's body; nil when it has
// shown a token, which says nothing of the body.
type BodyDigest []byte

// Check refuses a body that is not the one that was signed; the error is a *Refusal.
func (d BodyDigest) Check(body []byte) error {
	if d == nil {
		return nil
	}
	sum := sha256.Sum256(body)
	if subtle.ConstantTimeCompare(sum[:], d) != 1 {
		return refuse("the body does not hash to x-ms-content-sha256")
	}
	return nil
}

// Verify checks the signature of a request as the server got it, or its access token;
// it does not touch the body, which the caller has to put to the digest returned. The
// error is a *Refusal.
func (v *Verifier) Verify(r *http.Request) (BodyDigest, error) {
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case scheme == "":
		return nil, refuse("the Authorization header is missing")
	case strings.EqualFold(scheme, "Bearer") && v.issuer != nil:
		return nil, v.issuer.admit(r.Context(), rest)
	case strings.EqualFold(scheme, "Bearer"):
		return nil, refuseToken("none are taken here: sign with an access key, or name in resource.tokens whose are taken")
	case strings.EqualFold(scheme, "HMAC-SHA256"):
		return v.verifySignature(r, rest)
	default:
		return nil, refuse("the Authorization scheme is neither HMAC-SHA256 nor Bearer")
	}
}

func (v *Verifier) verifySignature(r *http.Request, authorization string) (BodyDigest, error) {
	claim, err := readClaim(r, authorization)
	if err != nil {
		return nil, err
	}
	if age := v.now().Sub(claim.date); age.Abs() > clockSkew {
		return nil, refuse("the date of the request is %s away from the server's clock, at most %s is allowed: set the clock of the machine that is wrong", age.Abs().Round(time.Second), clockSkew)
	}
	if !v.signed(r, claim) {
		return nil, refuse("the signature does not match: the access key is none of this server's (it is base64: copy it whole, with any = at its end), "+
			"or something on the way changed what is signed: the method, the path with its query, the headers %s", strings.Join(claim.headers, ", "))
	}
	return claim.digest, nil
}

// signed tries every spelling of the path against every key, always all of
// them: how long a refusal takes says nothing about how close it was.
func (v *Verifier) signed(r *http.Request, c claim) bool {
	match := 0
	for _, target := range candidates(r) {
		text := r.Method + "\n" + target + "\n" + c.values
		for _, key := range v.keys {
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte(text))
			match |= subtle.ConstantTimeCompare(mac.Sum(nil), c.signature)
		}
	}
	return match == 1
}

// claim is what a request says of itself.
type claim struct {
	headers   []string
	values    string // of the headers, joined as they were signed
	signature []byte
	date      time.Time
	digest    BodyDigest
}

func readClaim(r *http.Request, authorization string) (claim, error) {
	c, err := parseAuthorization(authorization)
	if err != nil {
		return claim{}, err
	}
	if err := c.readHeaders(r); err != nil {
		return claim{}, err
	}
	return c, nil
}

// parseAuthorization reads SignedHeaders=a;b;c&Signature=<base64>. The
// signature goes to the end: base64 may hold "=".
func parseAuthorization(text string) (claim, error) {
	var c claim
	names, signature, ok := strings.Cut(strings.TrimSpace(text), "&Signature=")
	names, named := strings.CutPrefix(names, "SignedHeaders=")
	if !ok || !named {
		return claim{}, refuse("the Authorization header is not SignedHeaders=…&Signature=…")
	}
	c.headers = strings.Split(strings.ToLower(names), ";")
	if len(c.headers) > maxSignedHeaders {
		return claim{}, refuse("SignedHeaders names more than %d headers", maxSignedHeaders)
	}
	var err error
	c.signature, err = base64.StdEncoding.DecodeString(signature)
	if err != nil || len(c.signature) != sha256.Size {
		return claim{}, refuse("the Signature is not the base64 of %d bytes", sha256.Size)
	}
	return c, nil
}

// readHeaders collects what was signed. A signature that leaves out the host,
// the date or the hash of the body would be good for other requests too.
func (c *claim) readHeaders(r *http.Request) error {
	for _, needed := range []string{"host", "x-ms-content-sha256"} {
		if !slices.Contains(c.headers, needed) {
			return refuse("SignedHeaders leaves out %s", needed)
		}
	}
	values := make([]string, len(c.headers))
	for i, name := range c.headers {
		value, err := signedHeader(r, name)
		if err != nil {
			return err
		}
		values[i] = value
	}
	c.values = strings.Join(values, ";")
	if err := c.readDate(values); err != nil {
		return err
	}
	return c.readDigest(r.Header.Get("x-ms-content-sha256"))
}

func signedHeader(r *http.Request, name string) (string, error) {
	if name == "host" {
		return r.Host, nil // net/http moves it out of the header
	}
	switch values := r.Header.Values(name); len(values) {
	case 0:
		return "", refuse("the signed header %q is missing", name)
	case 1:
		return values[0], nil
	default:
		return "", refuse("the signed header %q is there more than once", name)
	}
}

// readDate holds the request to the date that it signed: x-ms-date, or Date
// where a client has signed that.
func (c *claim) readDate(values []string) error {
	for _, name := range []string{"x-ms-date", "date"} {
		i := slices.Index(c.headers, name)
		if i < 0 {
			continue
		}
		date, err := http.ParseTime(values[i])
		if err != nil {
			return refuse("the header %s is not an HTTP date", name)
		}
		c.date = date
		return nil
	}
	return refuse("SignedHeaders leaves out x-ms-date")
}

func (c *claim) readDigest(encoded string) error {
	digest, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(digest) != sha256.Size {
		return refuse("x-ms-content-sha256 is not the base64 of %d bytes", sha256.Size)
	}
	c.digest = digest
	return nil
}

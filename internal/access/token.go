package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Grant is what a token says. Times are whole seconds.
type Grant struct {
	ID       string   // of this grant among all of its user
	Resource string   // GUID
	User     string   // GUID
	Scopes   []string // as published: voip, chat, …
	Issued   time.Time
	Expires  time.Time
}

// Tokens makes the tokens of users: JSON Web Tokens (RFC 7519) that say what the
// cloud's say, signed with HS256 by a secret of this installation.
//
// A grant has one token, today and after a restart, so a token need not be kept
// to be known again. Its methods may be called from any goroutine.
type Tokens struct{ secret []byte }

// OpenTokens uses the secret kept in dir, and makes one when there is none.
func OpenTokens(dir string) (*Tokens, error) {
	secret, err := OpenSecret(dir, "token-secret")
	if err != nil {
		return nil, err
	}
	return &Tokens{secret}, nil
}

// tokenHead is the same in all tokens.
var tokenHead = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`))

// claims are those of the cloud's tokens, as far as clients read them. Their order
// is part of the token.
type claims struct {
	ID       string `json:"jti"`
	SkypeID  string `json:"skypeid"` // the user's raw id without "8:"
	Scp      int    `json:"scp"`     // 1792: a user of a communication resource
	CSI      string `json:"csi"`     // when the client signed in
	Expires  int64  `json:"exp"`
	Scopes   string `json:"acsScope"`
	Resource string `json:"resourceId"`
	Issued   int64  `json:"iat"`
}

// Token is the token of a grant.
func (t *Tokens) Token(g Grant) string {
	payload, err := json.Marshal(claims{
		ID: g.ID, SkypeID: "acs:" + g.Resource + "_" + g.User, Scp: 1792, CSI: strconv.FormatInt(g.Issued.Unix(), 10),
		Expires: g.Expires.Unix(), Scopes: strings.Join(g.Scopes, ","), Resource: g.Resource, Issued: g.Issued.Unix(),
	})
	if err != nil {
		panic(fmt.Sprintf("access: a token cannot be encoded: %v", err)) // it holds strings and numbers only
	}
	signed := tokenHead + "." + base64.RawURLEncoding.EncodeToString(payload)
	mac := hmac.New(sha256.New, t.secret)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

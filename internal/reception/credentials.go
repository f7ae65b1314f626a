package reception

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/icholy/digest"
)

// credentials are an Authorization field as somebody sent it. The digest package
// reads those that it writes itself; phones leave out quotes, put them where
// there need be none, and write blanks and capitals as they like.
type credentials struct {
	digest.Credentials
	// username is the user name as it stands between its quotes. Some compute the
	// digest over it, with the backslashes that they did not mean as such.
	username string
}

// readCredentials reads a value of the scheme Digest (RFC 3261 25.1, RFC 7616
// 3.4). It is not ok when there is another scheme, or none of that form.
func readCredentials(value string) (c credentials, ok bool) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	if !strings.EqualFold(scheme, "Digest") {
		return c, false
	}
	for rest != "" {
		var name, raw string
		if name, raw, rest, ok = cutParameter(rest); !ok {
			return c, false
		}
		switch value := unquoted(raw); name {
		case "username":
			c.Username, c.username = value, strings.TrimSuffix(strings.TrimPrefix(raw, `"`), `"`)
		case "realm":
			c.Realm = value
		case "nonce":
			c.Nonce = value
		case "uri":
			c.URI = value
		case "response":
			c.Response = value
		case "algorithm":
			c.Algorithm = value
		case "cnonce":
			c.Cnonce = value
		case "qop":
			c.QOP = strings.ToLower(value)
		case "nc":
			n, err := strconv.ParseUint(value, 16, 31)
			if err != nil {
				return c, false
			}
			c.Nc = int(n)
		}
	}
	return c, true
}

// cutParameter takes name=value and the comma after it.
func cutParameter(s string) (name, value, rest string, ok bool) {
	name, s, ok = strings.Cut(strings.TrimLeft(s, ", \t"), "=")
	name, s = strings.ToLower(strings.TrimSpace(name)), strings.TrimLeft(s, " \t")
	end := 0
	for quoted := false; end < len(s) && (quoted || s[end] != ','); end++ {
		switch {
		case s[end] == '"':
			quoted = !quoted
		case quoted && s[end] == '\\' && end+1 < len(s):
			end++
		}
	}
	return name, strings.TrimRight(s[:end], " \t"), strings.Trim(s[end:], ", \t"), ok
}

// unquoted is what a value means: without the quotes around it, and without the
// backslash before a character.
func unquoted(value string) string {
	inner, ok := strings.CutPrefix(value, `"`)
	if !ok {
		return value
	}
	inner = strings.TrimSuffix(inner, `"`)
	if !strings.Contains(inner, `\`) {
		return inner
	}
	var b strings.Builder
	for i := 0; i < len(inner); i++ {
		if inner[i] == '\\' && i+1 < len(inner) {
			i++
		}
		b.WriteByte(inner[i])
	}
	return b.String()
}

// account is the name of a user in a user name as phones write it: alone, or as
// the user's address. The domain says nothing that the realm does not.
func account(username string) string {
	if name, err := url.PathUnescape(username); err == nil {
		username = name
	}
	if rest, ok := strings.CutPrefix(strings.ToLower(username), "sip:"); ok {
		username = username[len(username)-len(rest):]
	}
	if at := strings.LastIndexByte(username, '@'); at > 0 {
		username = username[:at]
	}
	return username
}

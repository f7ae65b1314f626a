package access

import (
	"net/http"
	"net/url"
	"strings"
)

// candidates are the spellings of path and query that a client may have
// signed, the likeliest first: as on the wire; with the query written again
// by the URLSearchParams of JavaScript; and with the path decoded, an option
// of an early Python client.
func candidates(r *http.Request) []string {
	path, query := wireTarget(r)
	spellings := []string{join(path, query)}
	if again := searchParams(query); again != query {
		spellings = append(spellings, join(path, again))
	}
	if decoded, err := url.PathUnescape(path); err == nil && decoded != path {
		spellings = append(spellings, join(decoded, query))
	}
	return spellings
}

// wireTarget is the request line's target. A proxy may send it in absolute
// form, of which only path and query are signed.
func wireTarget(r *http.Request) (path, query string) {
	target := r.RequestURI
	if target == "" {
		target = r.URL.RequestURI()
	}
	if !strings.HasPrefix(target, "/") {
		if _, rest, ok := strings.Cut(target, "://"); ok {
			slash := strings.IndexAny(rest, "/?")
			if slash < 0 {
				return "/", ""
			}
			target = rest[slash:]
		}
	}
	path, query, _ = strings.Cut(target, "?")
	return path, query
}

func join(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// searchParams parses a query and writes it again as the WHATWG URL standard
// says (application/x-www-form-urlencoded, sections 5.1 and 5.2), keeping the
// order of its pairs.
func searchParams(query string) string {
	var out strings.Builder
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		if out.Len() > 0 {
			out.WriteByte('&')
		}
		name, value, _ := strings.Cut(pair, "=")
		writeForm(&out, formText(name))
		out.WriteByte('=')
		writeForm(&out, formText(value))
	}
	return out.String()
}

// formText decodes one half of a pair. Broken escapes stay as they are, broken
// UTF-8 becomes U+FFFD.
func formText(s string) string {
	decoded := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			decoded = append(decoded, ' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			decoded = append(decoded, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			decoded = append(decoded, s[i])
		}
	}
	return string([]rune(string(decoded)))
}

const upperHex = "0123456789ABCDEF"

func writeForm(out *strings.Builder, text string) {
	for i := range len(text) {
		switch b := text[i]; {
		case b == ' ':
			out.WriteByte('+')
		case isFormSafe(b):
			out.WriteByte(b)
		default:
			out.Write([]byte{'%', upperHex[b>>4], upperHex[b&15]})
		}
	}
}

// isFormSafe is the application/x-www-form-urlencoded percent-encode set,
// turned around.
func isFormSafe(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' ||
		b == '*' || b == '-' || b == '.' || b == '_'
}

func isHex(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F'
}

func unhex(b byte) byte {
	switch {
	case b >= 'a':
		return b - 'a' + 10
	case b >= 'A':
		return b - 'A' + 10
	}
	return b - '0'
}

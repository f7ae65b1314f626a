package message

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

func errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func trim(s string) string { return strings.Trim(s, " \t") }

// tokens are the characters of RFC 3261 25.1's token.
var tokens = func() (set [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~") {
		set[c] = true
	}
	return set
}()

func isToken(s string) bool {
	for i := range len(s) {
		if !tokens[s[i]] {
			return false
		}
	}
	return s != ""
}

// quotedEnd is where a quoted string that begins s ends, -1 when it does not. A
// backslash takes the meaning of what follows.
func quotedEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// ReadAddress reads one address with its parameters, as it stands alone or as one
// value of a list.
func ReadAddress(value string) (uri sip.Uri, params sip.HeaderParams, err error) {
	var name string
	err = readOne(strings.TrimSpace(value), &name, &uri, &params)
	return uri, params, err
}

// readOne reads a field of a single address. A name in it needs no quotes for
// us: there is nothing that it could be mistaken for.
func readOne(s string, name *string, uri *sip.Uri, params *sip.HeaderParams) error {
	if open := strings.IndexByte(s, '<'); open > 0 && s[0] != '"' {
		*name = quoted(trim(s[:open]))
		s = s[open:]
	}
	rest, more, err := readAddress(s, name, uri, params)
	switch {
	case err != nil:
		return err
	case more:
		return errorf("%s comes after the address", shown(rest))
	case uri.Wildcard:
		return errorf(`"*" is no address here`)
	}
	return nil
}

// quoted makes a name that came without quotes fit between them.
func quoted(name string) string {
	if !strings.ContainsAny(name, `"\`) {
		return name
	}
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)
}

// readAddress reads one value of a list of addresses with parameters (RFC 3261
// 20.10) and reports whether another follows. The name is left as it is when
// there is none.
func readAddress(s string, name *string, uri *sip.Uri, params *sip.HeaderParams) (rest string, more bool, err error) {
	s = strings.TrimLeft(s, " \t")
	if strings.HasPrefix(s, `"`) {
		end := quotedEnd(s)
		if end < 0 {
			return "", false, errorf("the quotes around the name are not closed: %s", shown(s))
		}
		*name, s = s[1:end-1], strings.TrimLeft(s[end:], " \t")
	} else if open := strings.IndexByte(s, '<'); open > 0 && !strings.ContainsAny(s[:open], `,;"`) {
		*name, s = quoted(trim(s[:open])), s[open:]
	}
	text := ""
	if strings.HasPrefix(s, "<") {
		end := strings.IndexByte(s, '>')
		if end < 0 {
			return "", false, errorf("the angle bracket is not closed: %s", shown(s))
		}
		text, s = trim(s[1:end]), s[end+1:]
	} else {
		end := strings.IndexAny(s, ";,")
		if end < 0 {
			end = len(s)
		}
		text, s = trim(s[:end]), s[end:]
		if strings.Contains(text, "?") { // RFC 3261 20.10: else nobody knows whose they are
			return "", false, errorf("a URI with header fields in it needs angle brackets: %s", shown(text))
		}
	}
	if err := readURI(text, uri); err != nil {
		return "", false, err
	}
	*params, s, err = readParams(s)
	return after(s, err)
}

// after is what follows a value of a list: nothing, or a comma and another.
func after(s string, err error) (rest string, more bool, _ error) {
	s = strings.TrimLeft(s, " \t")
	switch {
	case err != nil:
		return "", false, err
	case s == "":
		return "", false, nil
	case s[0] == ',':
		return s[1:], true, nil
	}
	return "", false, errorf("%s follows where ; or , should", shown(s))
}

// readParams reads ;name=value, as often as it is there. A semicolon with nothing
// after it says nothing.
func readParams(s string) (params sip.HeaderParams, rest string, err error) {
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" || s[0] != ';' {
			return params, s, nil
		}
		s = strings.TrimLeft(s[1:], " \t")
		end := 0
		for end < len(s) && tokens[s[end]] {
			end++
		}
		name := s[:end]
		s = strings.TrimLeft(s[end:], " \t")
		value := ""
		if s != "" && s[0] == '=' {
			if value, s, err = readParamValue(s[1:]); err != nil {
				return params, s, err
			}
		}
		if name == "" {
			if value != "" {
				return params, s, errorf("the value %s has no name", shown(value))
			}
			continue
		}
		if params == nil {
			params = make(sip.HeaderParams, 0, 4)
		}
		params = append(params, sip.HeaderKV{K: lower(name), V: value})
	}
}

// readParamValue reads a token, a host or a quoted string.
func readParamValue(s string) (value, rest string, err error) {
	s = strings.TrimLeft(s, " \t")
	if strings.HasPrefix(s, `"`) {
		end := quotedEnd(s)
		if end < 0 {
			return "", s, errorf("the quotes of a parameter are not closed: %s", shown(s))
		}
		value, s = s[:end], s[end:]
		if strings.ContainsAny(value, " \t") { // sipgo quotes it again
			value = value[1 : len(value)-1]
		}
		return value, s, nil
	}
	end := strings.IndexAny(s, ";, \t\"")
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:], nil
}

// lower is s in lower case; it allocates only when that differs.
func lower(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return strings.ToLower(s)
		}
	}
	return s
}

// readURI reads a URI of any scheme. A SIP URI has a host.
func readURI(s string, uri *sip.Uri) error {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == '"' || c == '<' || c == '>' || c == 0x7f {
			return errorf("the URI %s has characters that none may have", shown(s))
		}
	}
	scheme, rest, _ := strings.Cut(s, ":")
	if s != "*" && (!isScheme(scheme) || rest == "") {
		return errorf("%s is no URI", shown(s))
	}
	if strings.ContainsAny(scheme, "+-.0123456789") {
		// sipgo knows letters only. Where it keeps what it does not take apart
		// is its own; a host is written alike.
		*uri = sip.Uri{Scheme: lower(scheme), Host: rest}
		return nil
	}
	if err := sip.ParseUri(s, uri); err != nil {
		return errorf("%s is no URI", shown(s))
	}
	if uri.Wildcard || uri.Scheme != "sip" && uri.Scheme != "sips" {
		return nil
	}
	host, literal := strings.CutPrefix(uri.Host, "[")
	if literal {
		host, literal = strings.CutSuffix(host, "]")
	}
	if !isHost(host) || !literal && strings.Contains(host, ":") || uri.Port < 0 || uri.Port > 65535 {
		return errorf("the URI %s names no host and port", shown(s))
	}
	for i := range uri.UriParams {
		uri.UriParams[i].K = lower(uri.UriParams[i].K)
	}
	return nil
}

// isScheme reports whether s may be a scheme (RFC 3261 25.1).
func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("+-.0123456789", rune(c))) {
			return false
		}
	}
	return s != ""
}

// readVia reads one value of a Via (RFC 3261 20.42) and reports whether another
// follows.
func readVia(s string, h *sip.ViaHeader) (rest string, more bool, err error) {
	name, s, ok := strings.Cut(s, "/")
	version, s, ok2 := strings.Cut(s, "/")
	s = strings.TrimLeft(s, " \t")
	end := strings.IndexAny(s, " \t")
	if !ok || !ok2 || end < 0 {
		return "", false, errorf("no protocol, version, transport and host: %s", shown(s))
	}
	h.ProtocolName, h.ProtocolVersion, h.Transport = trim(name), trim(version), s[:end]
	if !isToken(h.ProtocolName) || !isToken(h.ProtocolVersion) || !isToken(h.Transport) {
		return "", false, errorf("%s/%s/%s is no protocol", shown(h.ProtocolName), shown(h.ProtocolVersion), shown(h.Transport))
	}
	if s, err = readSentBy(strings.TrimLeft(s[end:], " \t"), h); err != nil {
		return "", false, err
	}
	h.Params, s, err = readParams(s)
	return after(s, err)
}

// readSentBy reads host and port. An IPv6 address loses its brackets where sipgo
// writes them again.
func readSentBy(s string, h *sip.ViaHeader) (rest string, err error) {
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return s, errorf("the bracket is not closed: %s", shown(s))
		}
		if h.Host = s[1:end]; strings.Contains(h.Host, ".") {
			h.Host = s[:end+1] // an IPv4 address in it: sipgo takes it for a name
		}
		s = s[end+1:]
	} else {
		end := strings.IndexAny(s, ":;, \t")
		if end < 0 {
			end = len(s)
		}
		h.Host, s = s[:end], s[end:]
	}
	if !isHost(strings.Trim(h.Host, "[]")) {
		return s, errorf("%s is no host", shown(h.Host))
	}
	s = strings.TrimLeft(s, " \t")
	if !strings.HasPrefix(s, ":") {
		return s, nil
	}
	s = strings.TrimLeft(s[1:], " \t")
	end := strings.IndexAny(s, ";, \t")
	if end < 0 {
		end = len(s)
	}
	port, err := strconv.ParseUint(s[:end], 10, 16)
	if err != nil {
		return s, errorf("%s is no port", shown(s[:end]))
	}
	h.Port = int(port)
	return s[end:], nil
}

// isHost reports whether s may be a host: a name or an address.
func isHost(s string) bool {
	for i := range len(s) {
		if !tokens[s[i]] && s[i] != ':' {
			return false
		}
	}
	return s != ""
}

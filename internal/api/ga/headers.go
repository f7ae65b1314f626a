package ga

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"strowger/internal/api"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// Published limits of custom headers, beside those at the fields.
const (
	sipHeadersMax = 5 // beside User-To-User
	userToUser    = "User-To-User"
)

// voipBytesMax is a limit of ours.
const voipBytesMax = 32 << 10

// token is RFC 3261 25.1: what a header may be named.
var token = regexp.MustCompile("^[A-Za-z0-9.!%*_+`'~-]+$")

// customHeaders are the headers that the invited endpoint is sent. A telephone
// gets the SIP headers only, as the service has it. Faults are placed below the
// calling context.
func customHeaders(c *ga.CustomCallingContext) (sip, voip map[string]string, err error) {
	if c == nil {
		return nil, nil, nil
	}
	if err := checkSIPHeaders(c.SIPHeaders); err != nil {
		return nil, nil, api.Within("sipHeaders", err)
	}
	if err := checkVoIPHeaders(c.VoIPHeaders); err != nil {
		return nil, nil, api.Within("voipHeaders", err)
	}
	return c.SIPHeaders, c.VoIPHeaders, nil
}

func checkSIPHeaders(headers map[string]string) error {
	custom := 0
	for _, name := range sorted(headers) {
		if !strings.EqualFold(name, userToUser) {
			custom++
		}
		if err := checkSIPHeader(name, headers[name]); err != nil {
			return err
		}
	}
	if custom > sipHeadersMax {
		return wire.Fieldf("", "holds %d custom headers, at most %d are sent beside %s", custom, sipHeadersMax, userToUser)
	}
	return nil
}

func checkSIPHeader(name, value string) error {
	lower := strings.ToLower(name)
	switch {
	case !strings.EqualFold(name, userToUser) && (!strings.HasPrefix(lower, "x-") || !token.MatchString(name)):
		return wire.Fieldf(name, "is not %s and not a header that begins with X-", userToUser)
	case strings.ContainsFunc(value, unicode.IsControl):
		// A line break in a header would let it write the rest of the message.
		return wire.Fieldf(name, "the value holds a control character")
	}
	return nil
}

// checkVoIPHeaders also bounds all together: they are stored with the call as long
// as whom they are for is on the way.
func checkVoIPHeaders(headers map[string]string) error {
	if _, unnamed := headers[""]; unnamed {
		return wire.Fieldf("", "the name of a header is empty")
	}
	bytes := 0
	for name, value := range headers {
		bytes += len(name) + len(value)
	}
	if bytes > voipBytesMax {
		return wire.Fieldf("", "holds %d bytes of names and values, at most %d are taken", bytes, voipBytesMax)
	}
	return nil
}

// sorted makes the first fault the same each time.
func sorted(headers map[string]string) []string {
	names := make([]string, 0, len(headers))
	for name := range headers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

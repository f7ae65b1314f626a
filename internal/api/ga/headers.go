package ga

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// Published limits of custom headers.
const (
	sipHeadersMax  = 5 // beside User-To-User
	sipNameMax     = 64
	sipValueMax    = 256
	voipHeadersMax = 1000
	voipNameMax    = 64
	voipValueMax   = 1024
	userToUser     = "User-To-User"
)

// token is RFC 3261 25.1: what a header may be named.
var token = regexp.MustCompile("^[A-Za-z0-9.!%*_+`'~-]+$")

// customHeaders are the headers that the invited endpoint is sent. A telephone
// gets the SIP headers only, as the service has it. Faults are placed below the
// calling context.
func customHeaders(to call.Address, c *ga.CustomCallingContext) (map[string]string, error) {
	if c == nil {
		return nil, nil
	}
	if err := checkSIPHeaders(c.SIPHeaders); err != nil {
		return nil, within("sipHeaders", err)
	}
	if err := checkVoIPHeaders(c.VoIPHeaders); err != nil {
		return nil, within("voipHeaders", err)
	}
	if !to.IsPhone() && len(c.VoIPHeaders) > 0 {
		return nil, notBuilt("voipHeaders", "VoIP headers are not sent to users from here yet; SIP headers are")
	}
	return c.SIPHeaders, nil
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
	case len(name) > sipNameMax:
		return wire.Fieldf(short(name), "the name is longer than %d characters", sipNameMax)
	case !strings.EqualFold(name, userToUser) && (!strings.HasPrefix(lower, "x-") || !token.MatchString(name)):
		return wire.Fieldf(short(name), "is not %s and not a header that begins with X-", userToUser)
	case len(value) > sipValueMax:
		return wire.Fieldf(name, "the value is longer than %d characters", sipValueMax)
	case strings.ContainsFunc(value, unicode.IsControl):
		// A line break in a header would let it write the rest of the message.
		return wire.Fieldf(name, "the value holds a control character")
	}
	return nil
}

func checkVoIPHeaders(headers map[string]string) error {
	if len(headers) > voipHeadersMax {
		return wire.Fieldf("", "holds %d headers, at most %d are sent", len(headers), voipHeadersMax)
	}
	for _, name := range sorted(headers) {
		switch value := headers[name]; {
		case name == "" || len(name) > voipNameMax:
			return wire.Fieldf(short(name), "the name is empty or longer than %d characters", voipNameMax)
		case len(value) > voipValueMax:
			return wire.Fieldf(name, "the value is longer than %d characters", voipValueMax)
		}
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

func short(name string) string {
	if len(name) > sipNameMax {
		return name[:sipNameMax] + "…"
	}
	return name
}

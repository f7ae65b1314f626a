package reception

import (
	"testing"

	"strowger/internal/call"
	"strowger/internal/number"
	"strowger/internal/sip/ua"
)

func TestWhoCallsIsReadFromWhatTheNetworkSays(t *testing.T) {
	const caller, another = "4:+12065550123", "4:+12065550199"
	german := number.Plan{Country: "49", International: "00", National: "0"}
	pai := func(v string) ua.Header { return ua.Header{Name: "P-Asserted-Identity", Value: v} }
	rpid := func(v string) ua.Header { return ua.Header{Name: "Remote-Party-ID", Value: v} }
	privacy := func(v string) ua.Header { return ua.Header{Name: "Privacy", Value: v} }
	for _, c := range []struct {
		plan    number.Plan
		from    string
		headers ua.Headers
		want    call.Address
	}{
		{number.ITU, "sip:+12065550123@c.example", nil, caller},
		{number.ITU, "sip:anonymous@c.example", ua.Headers{pai("<tel:+12065550123>")}, caller},
		{number.ITU, "sip:+12065550100@c.example", ua.Headers{pai(`"X" <sip:+12065550123@c.example;user=phone>, <tel:+12065550123>`)}, caller},
		{number.ITU, "sip:a@c.example", ua.Headers{pai("<sip:pbx@c.example>"), pai("<tel:+1-206-555-0123>")}, caller},
		{number.ITU, "sip:a@c.example", ua.Headers{pai("sip:+12065550123@c.example")}, caller},

		{number.ITU, "sip:+12065550123@c.example", ua.Headers{privacy("id")}, call.Anonymous},
		{number.ITU, "sip:+12065550123@c.example", ua.Headers{privacy("header"), privacy("user; ID;critical")}, call.Anonymous},
		{number.ITU, "sip:+12065550123@c.example", ua.Headers{privacy("none")}, caller},
		{number.ITU, "sip:+12065550123@c.example", ua.Headers{privacy("session,header")}, caller},

		{number.ITU, "sip:anonymous@c.example", ua.Headers{rpid("<sip:+12065550123@c.example>;party=calling;screen=yes;privacy=off")}, caller},
		{number.ITU, "sip:anonymous@c.example", ua.Headers{rpid("<sip:+12065550123@c.example>")}, caller},
		{number.ITU, "sip:+12065550123@c.example", ua.Headers{rpid("<sip:+12065550199@c.example>;party=called;privacy=full")}, caller},
		{number.ITU, "sip:anonymous@c.example", ua.Headers{pai("<tel:+12065550199>"), rpid("<sip:+12065550123@c.example>;privacy=off")}, another},
		{number.ITU, "sip:+12065550123@c.example", ua.Headers{rpid("<sip:+12065550123@c.example>;party=calling;privacy=full")}, call.Anonymous},
		{number.ITU, "sip:+12065550123@c.example", ua.Headers{pai("<tel:+12065550123>"), rpid(`"A" <sip:+12065550123@c.example>;PRIVACY="uri-network"`)}, call.Anonymous},
		{number.ITU, "sip:+12065550123@c.example", ua.Headers{rpid("<sip:+12065550123@c.example>;privacy=name")}, caller},

		{number.ITU, "sip:2065550123@c.example", nil, "4:2065550123"},
		{number.ITU, "sip:0301234567@c.example", nil, "4:0301234567"},
		{number.ITU, "sip:004930123456@c.example", nil, "4:+4930123456"},
		{german, "sip:030123456@c.example", nil, "4:+4930123456"},
		{number.ITU, "sip:2065550123;phone-context=+1@c.example;user=phone", nil, caller},
		{german, "tel:206-555-0123;phone-context=+1", nil, caller},
		{number.ITU, "sip:alice@c.example", nil, call.Anonymous},
		{number.ITU, "mailto:x", ua.Headers{pai("nonsense"), rpid("<")}, call.Anonymous},
	} {
		if got := callingNumber(c.plan, c.from, c.headers); got != c.want {
			t.Errorf("%s %v is %s, want %s", c.from, c.headers, got, c.want)
		}
	}
}

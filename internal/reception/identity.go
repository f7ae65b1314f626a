package reception

import (
	"slices"
	"strings"

	"strowger/internal/call"
	"strowger/internal/number"
	"strowger/internal/sip/address"
	"strowger/internal/sip/ua"
)

// callingNumber is the address of a caller from the telephone network. The trunk
// is trusted: what the network asserts (RFC 3325) counts before what the caller
// says in From. Whoever withholds their number anywhere has withheld it.
func callingNumber(plan number.Plan, from string, headers ua.Headers) call.Address {
	remote := remoteParties(headers)
	if withheld(headers) || slices.ContainsFunc(remote, remoteParty.withheld) {
		return call.Anonymous
	}
	asserted := assertedURIs(headers)
	if len(asserted) == 0 {
		for _, p := range remote {
			asserted = append(asserted, p.uri)
		}
	}
	for _, uri := range append(asserted, from) {
		if a, ok := address.Parse(uri); ok {
			if n, ok := plan.Read(a.User, a.Context); ok {
				return call.PhoneAddress(n)
			}
		}
	}
	return call.Anonymous
}

// withheld reports whether a Privacy field hides who the user is: to the other end
// (RFC 3323 4.2, user) or outside of the network (RFC 3325 9.3, id).
func withheld(headers ua.Headers) bool {
	for _, value := range headers.Values("Privacy") {
		for token := range strings.FieldsFuncSeq(value, func(c rune) bool { return strings.ContainsRune(";, \t", c) }) {
			if strings.EqualFold(token, "id") || strings.EqualFold(token, "user") {
				return true
			}
		}
	}
	return false
}

func assertedURIs(headers ua.Headers) (uris []string) {
	for _, value := range headers.Values("P-Asserted-Identity") {
		for _, id := range address.List(value) {
			if v, err := address.ParseValue(id); err == nil {
				uris = append(uris, v.URI)
			}
		}
	}
	return uris
}

// remoteParty is a value of Remote-Party-ID (draft-ietf-sip-privacy-04), which
// Cisco's and other older elements send in place of P-Asserted-Identity.
type remoteParty struct{ uri, privacy string }

// withheld reports whether the number is: privacy=name hides the name alone.
func (p remoteParty) withheld() bool {
	kind, _, _ := strings.Cut(strings.ToLower(p.privacy), "-") // full-network
	return kind == "full" || kind == "uri"
}

// remoteParties are those of the caller.
func remoteParties(headers ua.Headers) (all []remoteParty) {
	for _, value := range headers.Values("Remote-Party-ID") {
		for _, id := range address.List(value) {
			v, err := address.ParseValue(id)
			if party := v.Params.GetOr("party", "calling"); err == nil && strings.EqualFold(party, "calling") {
				all = append(all, remoteParty{v.URI, strings.Trim(v.Params.GetOr("privacy", ""), `"`)})
			}
		}
	}
	return all
}

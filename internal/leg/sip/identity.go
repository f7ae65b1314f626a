package sip

import (
	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/sip/address"
	"strowger/internal/sip/ua"
)

// userURI is the address of one of our users.
func (ls *Legs) userURI(user string) string {
	return address.URI{User: user, HostPort: ls.cfg.Domain}.String()
}

// anonymous is whoever does not say who they are (RFC 3323 4.1.1.3).
var anonymous = ua.Party{DisplayName: "Anonymous", URI: "sip:anonymous@anonymous.invalid"}

// caller is how one of our users sees who calls.
func (ls *Legs) caller(from call.Address, name string) ua.Party {
	if from == call.Anonymous || from == "" {
		return anonymous
	}
	if number := from.Phone(); number != "" {
		return ua.Party{DisplayName: name, URI: ls.userURI(number)}
	}
	if u, ok := ls.cfg.Directory.UserAt(from); ok {
		if name == "" {
			name = u.DisplayName
		}
		return ua.Party{DisplayName: name, URI: ls.userURI(u.Name)}
	}
	return ua.Party{DisplayName: name, URI: ls.userURI(string(from))}
}

// callerOnTrunk is how the telephone network sees who calls. Somebody without a
// number is shown as the trunk's first, or else as its account.
func (ls *Legs) callerOnTrunk(from call.Address, t directory.Trunk) ua.Party {
	switch number := from.Phone(); {
	case from == call.Anonymous:
	case number != "":
		return ua.Party{URI: ls.userURI(number)}
	case len(t.Numbers) > 0:
		return ua.Party{URI: ls.userURI(t.Numbers[0])}
	case t.Username != "":
		return ua.Party{URI: address.URI{User: t.Username, HostPort: t.Address}.String()}
	}
	return anonymous
}

// asserted says to a trunk whose call it is, and whether the far end may know
// (RFC 3325, RFC 3323). A withheld call is asserted as the trunk's first number: the
// network has to know whom it serves.
func (ls *Legs) asserted(from call.Address, t directory.Trunk) (hs ua.Headers) {
	number := from.Phone()
	if from == call.Anonymous {
		number = ""
	}
	if number == "" && len(t.Numbers) > 0 {
		number = t.Numbers[0]
	}
	if number != "" {
		hs = append(hs, ua.Header{Name: "P-Asserted-Identity", Value: "<" + ls.userURI(number) + ">"})
	}
	if from == call.Anonymous {
		hs = append(hs, ua.Header{Name: "Privacy", Value: "id"})
	}
	return hs
}

package reception

import (
	"errors"
	"strings"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/number"
	"strowger/internal/sip/address"
	"strowger/internal/sip/ua"
)

// route finds whom the caller asks for. From a user it is who they have proven
// to be, whatever From says.
func (r *Reception) route(who visitor, m ua.Message) (call.LegArrived, *ua.Refusal) {
	var arrived call.LegArrived
	var by directory.Caller
	if who.user != nil {
		by = directory.ByUser(*who.user)
		arrived.From = r.cfg.Directory.Address(who.user.ID)
		arrived.FromName = who.user.ShownName()
	} else {
		by = directory.ByTrunk(*who.trunk)
		arrived.From = callingNumber(m)
	}
	to, no := r.dialled(who, m)
	if no != nil {
		return arrived, no
	}
	arrived.To = to
	destination, err := r.cfg.Directory.Resolve(by, to)
	if err != nil {
		return arrived, noWay(who, err)
	}
	switch destination.(type) {
	case directory.Application:
		arrived.Publish = true
	case directory.Endpoints:
		arrived.Publish, arrived.Dial = true, true
	case directory.ViaTrunk:
		arrived.Dial = true
	}
	return arrived, nil
}

// dialled reads whom a request is for. What a trunk asks for is a number, whatever
// host it puts behind it: the name that the carrier knows us by, an address that
// NAT has left there, or its own domain.
func (r *Reception) dialled(who visitor, m ua.Message) (call.Address, *ua.Refusal) {
	a, ok := address.Parse(m.RequestURI)
	if ok && who.trunk != nil && a.User == who.trunk.Username && a.User != "" {
		// A carrier calls a registered account by the account's name and has the
		// number in To.
		a, ok = address.Parse(m.To.URI)
	} else if ok && who.user != nil && a.Host != "" && !r.ours(a.Host) {
		return "", &ua.Refusal{Code: 404, Phrase: "not our domain"}
	}
	if !ok {
		return "", &ua.Refusal{Code: 416} // RFC 3261 8.2.2.1: a URI scheme that we do not have
	}
	to, err := r.cfg.Directory.Dialled(named(a))
	if err != nil {
		return "", &ua.Refusal{Code: 404}
	}
	return to, nil
}

// noWay is what a caller is told who cannot be put through. The telephone
// network does not learn what else there is.
func noWay(who visitor, err error) *ua.Refusal {
	var refusal *directory.Refusal
	if who.user != nil && errors.As(err, &refusal) && refusal.Kind == directory.Forbidden {
		return &ua.Refusal{Code: 403, Phrase: "not allowed to dial this"}
	}
	return &ua.Refusal{Code: 404}
}

// callingNumber is the address of a caller from the telephone network. The
// trunk is trusted, so P-Asserted-Identity counts before From (RFC 3325).
func callingNumber(m ua.Message) call.Address {
	if strings.Contains(strings.ToLower(m.Headers.Get("Privacy")), "id") {
		return call.Anonymous
	}
	uris := []string{m.From.URI}
	for _, value := range m.Headers.Values("P-Asserted-Identity") {
		for _, id := range address.List(value) {
			if a, err := address.ParseContact(id); err == nil {
				uris = append([]string{a.URI}, uris...)
			}
		}
	}
	for _, uri := range uris {
		if a, ok := address.Parse(uri); ok {
			if n, ok := number.Calling(a.User); ok {
				return call.PhoneAddress(n)
			}
		}
	}
	return call.Anonymous
}

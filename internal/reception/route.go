package reception

import (
	"errors"
	"fmt"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/sip/address"
	"strowger/internal/sip/ua"
)

// route finds whom the caller asks for. From a user it is who they have proven
// to be, whatever From says.
func (r *Reception) route(who visitor, m ua.Message) (call.LegArrived, *ua.Refusal) {
	arrived := r.from(who, m)
	to, no := r.dialled(who, m)
	if no != nil {
		return arrived, no
	}
	arrived.To = to
	destination, err := r.cfg.Directory.Resolve(who.caller(), to)
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

// from is who calls.
func (r *Reception) from(who visitor, m ua.Message) (arrived call.LegArrived) {
	if who.user != nil {
		arrived.From = r.cfg.Directory.Address(who.user.ID)
		arrived.FromName = who.user.ShownName()
		return arrived
	}
	arrived.From = callingNumber(who.trunk.Plan, m.From.URI, m.Headers)
	return arrived
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
		return "", &ua.Refusal{Code: 404, Phrase: "not our domain", Reason: fmt.Sprintf(
			"a user dialled into the domain %q, and sip.domain is %q; correct the domain in the phone", a.Host, r.domain)}
	}
	if !ok { // RFC 3261 8.2.2.1: a URI scheme that we do not have
		return "", &ua.Refusal{Code: 416, Reason: "whom it calls cannot be read; calls have to go to a sip, sips or tel URI"}
	}
	to, err := r.cfg.Directory.Dialled(who.caller().Plan(), directory.SIPName(a.User, a.Password), a.Context)
	if err != nil {
		return "", noWay(who, err)
	}
	return to, nil
}

// noWay is what a caller is told who cannot be put through. The telephone
// network does not learn what else there is.
func noWay(who visitor, err error) *ua.Refusal {
	var refusal *directory.Refusal
	switch {
	case who.trunk != nil:
		return &ua.Refusal{Code: 404, Reason: fmt.Sprintf("%v; if the number is yours, add it to the numbers of trunk %s, "+
			"or tell how it writes numbers with country, national_prefix and international_prefix", err, who.trunk.Name)}
	case errors.As(err, &refusal) && refusal.Kind == directory.Forbidden:
		return &ua.Refusal{Code: 403, Phrase: "not allowed to dial this", Reason: fmt.Sprintf("%v; may_dial of the user says who may", err)}
	}
	return &ua.Refusal{Code: 404, Reason: fmt.Sprintf("%v; see whether the number was dialled as it should be", err)}
}

package sip

import (
	"math"
	"net/netip"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/sip/address"
	"strowger/internal/sip/sdp"
	"strowger/internal/sip/ua"
)

// What a Dial sends follows from the Dial, the directory and the installation's
// secret alone, but for the description of the sound. So a later process can take
// back what this one has sent: decision 009.

// toUser are the calls to a user, one for each binding. VoIP headers are for users
// alone.
func (ls *Legs) toUser(e call.Dial, to directory.Endpoints, offer func() []byte) []ua.Outgoing {
	headers := append(asked(e), serverCallID(e.Leg))
	headers = append(headers, voip(e.VoIPHeaders)...)
	var all []ua.Outgoing
	for _, b := range to.Bindings {
		all = append(all, ua.Outgoing{
			RequestURI: b.Contact,
			From:       ls.caller(e.From, e.FromName),
			To:         ua.Party{URI: ls.userURI(to.User.Name)},
			Headers:    headers,
			SDP:        offer(),
			CallID:     ls.cfg.UA.CallID(string(e.Leg), b.Contact),
			Hop:        ua.Hop{Transport: b.Flow.Transport, Address: b.Flow.Remote.String()},
		})
	}
	return all
}

// toNumber is the call to a number.
func (ls *Legs) toNumber(e call.Dial, to directory.ViaTrunk, offer func() []byte) ua.Outgoing {
	headers := append(asked(e), ls.asserted(e.From, to.Trunk)...)
	number := address.URI{User: to.Number, HostPort: to.Trunk.Address, Transport: to.Trunk.Transport}.String()
	return ua.Outgoing{
		RequestURI:  number,
		From:        ls.callerOnTrunk(e.From, to.Trunk),
		To:          ua.Party{URI: number},
		ContactUser: to.Trunk.Username,
		Headers:     headers,
		SDP:         offer(),
		CallID:      ls.cfg.UA.CallID(string(e.Leg), number),
		Hop:         ua.Hop{Transport: to.Trunk.Transport, Address: to.Trunk.Address},
		Credentials: ua.Credentials{Username: to.Trunk.Username, Password: to.Trunk.Password},
	}
}

// asked are the headers that a call wants in what is sent.
func asked(e call.Dial) ua.Headers {
	headers := custom(e.Headers)
	if e.Replaces != "" {
		headers = append(headers, ua.Header{Name: "Replaces", Value: e.Replaces}, ua.Header{Name: "Require", Value: "replaces"})
	}
	return headers
}

// takeBack ends what an earlier process has sent for a Dial that is not answered.
func (ls *Legs) takeBack(e call.Dial, why ua.Reason) {
	to, err := ls.cfg.Directory.Resolve(directory.ByApplication(), e.To)
	if err != nil {
		return // nor was anybody dialled
	}
	// At least as long as the one that was sent, whose size decided how it went.
	longest := sdp.Negotiation{Codecs: ls.cfg.Codecs, Session: math.MaxUint64, Local: netip.MustParseAddrPort("[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")}
	switch to := to.(type) {
	case directory.Endpoints:
		for _, out := range ls.toUser(e, to, longest.Offer) {
			ls.cfg.UA.TakeBack(out, why)
		}
	case directory.ViaTrunk:
		ls.cfg.UA.TakeBack(ls.toNumber(e, to, longest.Offer), why)
	}
}

package sip

import (
	"crypto/rand"
	"errors"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/sip/sdp"
	"strowger/internal/sip/ua"
)

// reception takes what arrives for no session: it finds out who it is from and
// what they want. Its methods run on SIP shards and do not wait for anybody.
type reception struct{ x *Exchange }

// visitor is who sends us a request: one of our users, or a trunk.
type visitor struct {
	user  *directory.User
	trunk *directory.Trunk
}

// answer is a response that is not 200.
type answer struct {
	code    int
	phrase  string
	headers ua.Headers
}

// identify finds out who a request is from, or how to answer it instead.
//
// A trunk is known by its source. On a machine of one's own a trunk and a phone
// may have the same source, so whoever says in From to be one of our users has
// to prove it.
func (r reception) identify(m ua.Message, method string) (visitor, *answer) {
	user, v := r.x.guard.check(m, method)
	switch v {
	case proven:
		r.x.gate.befriend(m.Source.Addr())
		return visitor{user: &user}, nil
	case stale, wrong:
		if v == wrong {
			r.x.counters.wrongPassword.Add(1)
			r.x.log.Info("credentials do not hold", "source", m.Source.String(), "method", method)
		}
		return visitor{}, r.challenge(m, v == stale)
	}
	if r.fromUser(m) {
		return visitor{}, r.challenge(m, false)
	}
	if t, ok := r.x.cfg.Directory.TrunkFrom(m.Source.Addr()); ok {
		return visitor{trunk: &t}, nil
	}
	return visitor{}, r.challenge(m, false)
}

func (r reception) fromUser(m ua.Message) bool {
	p, ok := placeOf(m.From.URI)
	if !ok || !r.x.ours(p.host) {
		return false
	}
	u, ok := r.x.cfg.Directory.User(p.user)
	return ok && u.Password != ""
}

func (r reception) challenge(m ua.Message, isStale bool) *answer {
	r.x.counters.challenged.Add(1)
	return &answer{code: 401, headers: r.x.guard.challenges(m, isStale)}
}

// Invite is somebody calling.
func (r reception) Invite(in *ua.Incoming) {
	l, offered, no := r.receive(in)
	if no != nil {
		if no.code != 401 {
			r.x.counters.refused.Add(1)
			r.x.log.Info("call refused", "source", in.Source.String(), "to", in.RequestURI, "status", no.code, "why", no.phrase)
		}
		in.Take(nil).Reject(no.code, no.phrase, no.headers)
		return
	}
	n := &line{leg: l}
	l.line, l.lines = n, []*line{n}
	l.tasks.put(func() { l.signal(offered) })
	n.session = in.Take(n)
	r.x.counters.offered.Add(1)
	l.log.Info("call offered", "from", string(offered.From), "to", string(offered.To), "source", in.Source.String(),
		"publish", offered.Publish, "dial", offered.Dial)
	if !r.x.begin(l) {
		n.session.Reject(503, "", nil)
	}
}

// receive makes the leg of a call that we take.
func (r reception) receive(in *ua.Incoming) (*leg, call.LegArrived, *answer) {
	who, no := r.identify(in.Message, "INVITE")
	if no != nil {
		return nil, call.LegArrived{}, no
	}
	if phrase := r.x.unwilling(); phrase != "" {
		return nil, call.LegArrived{}, &answer{code: 503, phrase: phrase, headers: ua.Headers{{Name: "Retry-After", Value: "10"}}}
	}
	if len(in.Body) > 0 {
		if _, _, err := (&sdp.Negotiation{Codecs: r.x.cfg.Codecs}).Answer(in.Body); err != nil {
			return nil, call.LegArrived{}, &answer{code: refusalOf(err)}
		}
	}
	offered, no := r.route(who, in.Message)
	if no != nil {
		return nil, call.LegArrived{}, no
	}
	var seed [16]byte
	rand.Read(seed[:])
	offered.Call = call.NewID(seed)
	offered.Leg = call.NewLegID(offered.Call, 1)
	l := r.x.newLeg(offered.Leg)
	l.offered, l.offer, l.remote = true, in.Body, in.Source.Addr()
	if who.user != nil {
		l.headers = ua.Headers{serverCallID(l.id)}
	}
	return l, offered, nil
}

// route finds whom the caller asks for. From a user it is who they have proven
// to be, whatever From says.
func (r reception) route(who visitor, m ua.Message) (call.LegArrived, *answer) {
	offered := call.LegArrived{SIPHeaders: customOf(m.Headers)}
	var by directory.Caller
	if who.user != nil {
		by = directory.ByUser(*who.user)
		offered.From = r.x.cfg.Directory.Address(who.user.ID)
		offered.FromName = nameOf(*who.user)
	} else {
		by = directory.ByTrunk(*who.trunk)
		offered.From = callingNumber(m)
	}
	to, no := r.dialled(who, m)
	if no != nil {
		return offered, no
	}
	offered.To = to
	destination, err := r.x.cfg.Directory.Resolve(by, to)
	if err != nil {
		return offered, noWay(who, err)
	}
	switch destination.(type) {
	case directory.Application:
		offered.Publish = true
	case directory.Endpoints:
		offered.Publish, offered.Dial = true, true
	case directory.ViaTrunk:
		offered.Dial = true
	}
	return offered, nil
}

// dialled reads whom a request is for.
func (r reception) dialled(who visitor, m ua.Message) (call.Address, *answer) {
	p, ok := placeOf(m.RequestURI)
	if ok && who.trunk != nil && p.user == who.trunk.Username && p.user != "" {
		// A carrier calls a registered account by the account's name and has the
		// number in To.
		p, ok = placeOf(m.To.URI)
	} else if ok && p.host != "" && !r.x.ours(p.host) {
		return "", &answer{code: 404, phrase: "not our domain"}
	}
	if !ok {
		return "", &answer{code: 416} // RFC 3261 8.2.2.1: a URI scheme that we do not have
	}
	to, err := r.x.cfg.Directory.Dialled(p.user)
	if err != nil {
		return "", &answer{code: 404}
	}
	return to, nil
}

// noWay is what a caller is told who cannot be put through. The telephone
// network does not learn what else there is.
func noWay(who visitor, err error) *answer {
	var refusal *directory.Refusal
	if who.user != nil && errors.As(err, &refusal) && refusal.Kind == directory.Forbidden {
		return &answer{code: 403, phrase: "not allowed to dial this"}
	}
	return &answer{code: 404}
}

func nameOf(u directory.User) string {
	if u.DisplayName != "" {
		return u.DisplayName
	}
	return u.Name
}

// Request is any request outside of a call.
func (r reception) Request(req *ua.Request) {
	switch req.Method {
	case "REGISTER":
		r.register(req)
	case "OPTIONS":
		r.options(req)
	default:
		req.Respond(405, "", ua.Headers{{Name: "Allow", Value: allowed}}, nil)
	}
}

const allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER"

// options says that we are here (RFC 3261 11), to those whom we know.
func (r reception) options(req *ua.Request) {
	_, trunk := r.x.cfg.Directory.TrunkFrom(req.Source.Addr())
	if !trunk && !r.x.gate.friend(req.Source.Addr()) {
		if _, no := r.identify(req.Message, "OPTIONS"); no != nil {
			req.Respond(no.code, no.phrase, no.headers, nil)
			return
		}
	}
	req.Respond(200, "", ua.Headers{{Name: "Allow", Value: allowed}, {Name: "Accept", Value: "application/sdp"}}, nil)
}

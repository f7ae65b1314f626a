package reception

import (
	"net/netip"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/sip/address"
	"strowger/internal/sip/ua"
)

// visitor is who sends us a request: one of our users, or a trunk.
type visitor struct {
	user  *directory.User
	trunk *directory.Trunk
}

// refusal is how a request is answered that is not served. A challenge may have
// to wait for its time.
type refusal struct {
	ua.Refusal
	challenged *guesser // nil unless it is a challenge
	guess      bool     // it answers a wrong password
}

// identify finds out who a request is from, or how to answer it instead.
//
// A trunk is known by its source. On a machine of one's own a trunk and a phone
// may have the same source, so whoever says in From to be one of our users has
// to prove it.
func (r *Reception) identify(m ua.Message, method string) (visitor, *refusal) {
	user, name, p := r.guard.check(m, method)
	who := r.guesser(m.Source.Addr(), name)
	switch p {
	case proven:
		r.guesses.forgive(who)
		r.cfg.Admission.befriend(m.Source.Addr())
		return visitor{user: &user}, nil
	case stale:
		return visitor{}, r.challenge(m, who, p)
	case wrong:
		r.counters.wrongPassword.Add(1)
		r.log.Info("credentials do not hold", "source", m.Source.String(), "name", name, "method", method)
		r.guesses.wrong(who)
		return visitor{}, r.challenge(m, who, p)
	}
	if r.fromUser(m) {
		return visitor{}, r.challenge(m, who, p)
	}
	if t, ok := r.cfg.Directory.TrunkFrom(m.Source.Addr()); ok {
		return visitor{trunk: &t}, nil
	}
	return visitor{}, r.challenge(m, who, p)
}

// guesser is who is slowed when this was a guess. Where somebody has proven who
// they are, behind a NAT say, each name is slowed alone, so that neighbours do
// not feel it; elsewhere a source has one tally, whatever names it tries.
func (r *Reception) guesser(source netip.Addr, name string) guesser {
	source = source.Unmap()
	if r.cfg.Admission.friend(source) {
		return guesser{source, name}
	}
	return guesser{source: strangerOf(source)}
}

func (r *Reception) challenge(m ua.Message, who guesser, p proof) *refusal {
	r.counters.challenged.Add(1)
	return &refusal{
		Refusal:    ua.Refusal{Code: 401, Headers: r.guard.challenges(m, p == stale)},
		challenged: &who, guess: p == wrong,
	}
}

// refuse answers a request that is not served, a challenge when it is time. When
// too many wait, the answer comes at once and has no nonce to guess with; a
// source where so many guesses are under way is no friend.
func (r *Reception) refuse(no *refusal, source netip.AddrPort, respond func(ua.Refusal)) {
	if no.challenged == nil {
		respond(no.Refusal)
		return
	}
	if r.guesses.answer(*no.challenged, no.guess, func() { respond(no.Refusal) }) {
		return
	}
	r.cfg.Admission.estrange(source.Addr())
	respond(ua.Refusal{Code: 503, Phrase: "too many wrong passwords", Headers: ua.Headers{{Name: "Retry-After", Value: "10"}}})
}

func (r *Reception) fromUser(m ua.Message) bool {
	a, ok := address.Parse(m.From.URI)
	if !ok || !r.ours(a.Host) {
		return false
	}
	u, ok := r.cfg.Directory.User(a.User)
	return ok && u.Password != ""
}

// ours reports whether a host in a URI means this server.
func (r *Reception) ours(host string) bool {
	if host == r.domain {
		return true
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host == "localhost"
	}
	return r.cfg.UA.Owns(addr)
}

// named is whom the user part of an address names. The colons of a raw id that
// nobody escaped look like the beginning of a password.
func named(a address.Address) string {
	raw := call.Address(a.User + ":" + a.Password)
	if a.Password != "" && (raw.IsUser() || raw.IsPhone()) {
		return string(raw)
	}
	return a.User
}

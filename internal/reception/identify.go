package reception

import (
	"net/netip"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/meter"
	"strowger/internal/number"
	"strowger/internal/sip/address"
	"strowger/internal/sip/ua"
)

// visitor is who sends us a request: one of our users, or a trunk.
type visitor struct {
	user  *directory.User
	trunk *directory.Trunk
}

// plan is how the visitor writes numbers.
func (v visitor) plan() number.Plan {
	if v.trunk != nil {
		return v.trunk.Plan
	}
	return number.ITU
}

// refusal is how a request is answered that is not served. A challenge may have
// to wait for its time.
type refusal struct {
	ua.Refusal
	challenged *guesser // nil unless it is a challenge
	guess      bool     // it answers a wrong password
	stateful   bool     // whoever sent the request is where it says: it knew what was sent there
}

// identify finds out who a request is from, or how to answer it instead.
//
// A trunk is known by its source. On a machine of one's own a trunk and a phone
// may have the same source, so whoever says in From to be one of our users has
// to prove it.
func (r *Reception) identify(m ua.Message, method string) (visitor, *refusal) {
	source := m.Source.Addr().Unmap()
	switch c := r.guard.check(m, method); c.proof {
	case proven:
		r.guesses.forgive(r.guesser(c.asked, c.name))
		if c.asked == source {
			r.cfg.Admission.befriend(source)
		}
		return visitor{user: &c.user}, nil
	case wrong:
		return visitor{}, r.mistaken(m, method, c)
	case stale:
		return visitor{}, r.challenge(m, r.guesser(source, c.name), stale)
	}
	if !r.fromUser(m) {
		if t, ok := r.cfg.Directory.TrunkFrom(source); ok {
			return visitor{trunk: &t}, nil
		}
		if method == "OPTIONS" && r.cfg.Admission.friend(source) { // a phone keeps its way to us open
			return visitor{}, nil
		}
	}
	return visitor{}, r.challenge(m, r.guesser(source, ""), absent)
}

// mistaken answers a wrong password. It counts where the nonce was asked for and
// not where it came from, which anybody may write on a packet.
func (r *Reception) mistaken(m ua.Message, method string, c checked) *refusal {
	r.counters.wrongPassword.Add(1)
	r.log.Info("credentials do not hold", "source", m.Source.String(), "asked_from", c.asked.String(), "name", c.name, "method", method)
	who := r.guesser(c.asked, c.name)
	r.guesses.wrong(who)
	no := r.challenge(m, who, wrong)
	no.stateful = c.asked == m.Source.Addr().Unmap()
	return no
}

// guesser is who is slowed when this was a guess. Where somebody has proven who
// they are, behind a NAT say, each name is slowed alone, so that neighbours do
// not feel it; elsewhere a source has one tally, whatever names it tries.
func (r *Reception) guesser(source netip.Addr, name string) guesser {
	if r.cfg.Admission.friend(source) {
		return guesser{meter.Host(source), name}
	}
	return guesser{source: meter.Host(source)}
}

func (r *Reception) challenge(m ua.Message, who guesser, p proof) *refusal {
	r.counters.challenged.Add(1)
	return &refusal{
		Refusal:    ua.Refusal{Code: 401, Headers: r.guard.challenges(m, p == stale)},
		challenged: &who, guess: p == wrong,
	}
}

// refuse answers a request that is not served, a challenge when it is time. When
// too many wait, a guess is answered at once, without a nonce to guess with, and a
// source where so many are under way is no friend; a question over UDP is left
// for when it comes again.
func (r *Reception) refuse(no *refusal, m ua.Message, respond func(ua.Refusal)) {
	switch {
	case no.challenged == nil:
		respond(no.Refusal)
	case r.guesses.answer(*no.challenged, no.guess, func() { respond(no.Refusal) }):
	case no.guess || m.Transport != "udp":
		if no.stateful {
			r.cfg.Admission.estrange(m.Source.Addr())
		}
		respond(ua.Refusal{Code: 503, Phrase: "too many wrong passwords", Headers: ua.Headers{{Name: "Retry-After", Value: "10"}}})
	}
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

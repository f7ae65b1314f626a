package reception

import (
	"fmt"
	"net/netip"

	"strowger/internal/directory"
	"strowger/internal/meter"
	"strowger/internal/sip/address"
	"strowger/internal/sip/ua"
)

// visitor is who sends us a request: one of our users, or a trunk.
type visitor struct {
	user  *directory.User
	pass  directory.Pass // by which the user is known
	trunk *directory.Trunk
}

// caller is the visitor as the directory knows it.
func (v visitor) caller() directory.Caller {
	if v.user != nil {
		return directory.ByUser(*v.user)
	}
	return directory.ByTrunk(*v.trunk)
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
		return visitor{user: &c.user, pass: c.pass}, nil
	case wrong:
		return visitor{}, r.mistaken(m, c)
	case stale:
		return visitor{}, r.challenge(m, r.guesser(source, c.name), stale)
	}
	t, trunk := r.cfg.Directory.TrunkFrom(source)
	user := r.fromUser(m)
	switch {
	case trunk && !user:
		return visitor{trunk: &t}, nil
	case method == "OPTIONS" && !user && r.cfg.Admission.friend(source): // a phone keeps its way to us open
		return visitor{}, nil
	}
	no := r.challenge(m, r.guesser(source, ""), absent)
	switch {
	case trunk:
		no.Reason = fmt.Sprintf("it comes from trunk %s and says in From to be a user of yours, who has to give the password; have the trunk write the caller's number there", t.Name)
	case !user && method != "REGISTER": // phones that begin so go on with their password
		no.Reason = "nobody is known to call from this source, so a password is asked for; if it is a carrier's, add it to the sources of the trunk"
	}
	return visitor{}, no
}

// mistaken answers a wrong password. It counts where the nonce was asked for and
// not where it came from, which anybody may write on a packet.
func (r *Reception) mistaken(m ua.Message, c checked) *refusal {
	r.counters.wrongPassword.Add(1)
	who := r.guesser(c.asked, c.name)
	r.guesses.wrong(who)
	no := r.challenge(m, who, wrong)
	no.stateful = c.asked == m.Source.Addr().Unmap()
	no.Reason = fmt.Sprintf("credentials do not hold: the password of %q is wrong, or there is no such user; correct both in the phone (a token is good until it ends or is revoked)", c.name)
	if !no.stateful {
		no.Reason += fmt.Sprintf(" (its challenge went to %s)", c.asked)
	}
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
		respond(ua.Refusal{
			Code: 503, Phrase: "too many wrong passwords", Headers: ua.Headers{{Name: "Retry-After", Value: "10"}},
			Reason: "too many wrong passwords come from there; the right one is let in at once",
		})
	default:
		r.cfg.UA.Unanswered(m, "too many answers to wrong passwords wait for this source; it asks again by itself")
	}
}

func (r *Reception) fromUser(m ua.Message) bool {
	a, ok := address.Parse(m.From.URI)
	if !ok || !r.ours(a.Host) {
		return false
	}
	u, ok := r.cfg.Directory.User(a.User)
	return ok && u.HasPasses()
}

// ours reports whether a host in a URI means this server.
func (r *Reception) ours(host string) bool {
	return host == r.domain || r.cfg.UA.OwnsHost(host)
}

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

// identify finds out who a request is from, or how to answer it instead.
//
// A trunk is known by its source. On a machine of one's own a trunk and a phone
// may have the same source, so whoever says in From to be one of our users has
// to prove it.
func (r *Reception) identify(m ua.Message, method string) (visitor, *ua.Refusal) {
	user, p := r.guard.check(m, method)
	switch p {
	case proven:
		r.cfg.Admission.befriend(m.Source.Addr())
		return visitor{user: &user}, nil
	case stale, wrong:
		if p == wrong {
			r.counters.wrongPassword.Add(1)
			r.log.Info("credentials do not hold", "source", m.Source.String(), "method", method)
		}
		return visitor{}, r.challenge(m, p == stale)
	}
	if r.fromUser(m) {
		return visitor{}, r.challenge(m, false)
	}
	if t, ok := r.cfg.Directory.TrunkFrom(m.Source.Addr()); ok {
		return visitor{trunk: &t}, nil
	}
	return visitor{}, r.challenge(m, false)
}

func (r *Reception) fromUser(m ua.Message) bool {
	a, ok := address.Parse(m.From.URI)
	if !ok || !r.ours(a.Host) {
		return false
	}
	u, ok := r.cfg.Directory.User(a.User)
	return ok && u.Password != ""
}

func (r *Reception) challenge(m ua.Message, isStale bool) *ua.Refusal {
	r.counters.challenged.Add(1)
	return &ua.Refusal{Code: 401, Headers: r.guard.challenges(m, isStale)}
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

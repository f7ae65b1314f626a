package directory

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// MaxBindings is how many contacts one user can have registered.
const MaxBindings = 10

// The lifetimes of bindings. RFC 3261 10.2.1.1 suggests an hour when nothing
// is asked for; 10.3 lets a registrar shorten, and refuse what is too brief.
const (
	MinExpiry     = time.Minute
	DefaultExpiry = time.Hour
	MaxExpiry     = time.Hour
)

// Errors of Register, each with its answer to the phone.
var (
	ErrTooBrief   = errors.New("the registration would end too soon")                 // 423 with Min-Expires
	ErrOutOfOrder = errors.New("a newer registration with this Call-ID was accepted") // 500, RFC 3261 10.3
	ErrTooMany    = fmt.Errorf("more than %d contacts", MaxBindings)                  // 403
	ErrBadContact = errors.New("not a contact that can be reached")                   // 400
)

// Flow is where a registration came from, and where its calls go back to: a
// phone behind NAT is reached only this way.
type Flow struct {
	Transport string // udp, tcp, tls, ws or wss
	Local     netip.AddrPort
	Remote    netip.AddrPort
}

// Binding is one contact at which a user can be reached.
type Binding struct {
	Contact   string // URI, as the phone wrote it
	Flow      Flow
	Q         int // preference in thousandths, 1000 when the phone has none
	Expires   time.Time
	CallID    string
	CSeq      uint32
	UserAgent string
	refreshed time.Time
}

// Contact is one address of a REGISTER. An Expires of zero takes the address
// away; use DefaultExpiry when the phone asked for nothing.
type Contact struct {
	URI     string
	Q       int
	Expires time.Duration
}

// Registration is one REGISTER of a user who has proven who they are. RemoveAll
// stands for "Contact: *"; no contacts at all is a question and changes nothing.
type Registration struct {
	CallID    string
	CSeq      uint32
	Contacts  []Contact
	RemoveAll bool
	Flow      Flow
	UserAgent string
	Until     time.Time // no binding outlives it; zero: no such time
}

// Registrations is the location service: where each user is registered.
type Registrations struct {
	now func() time.Time

	mu      sync.Mutex
	users   map[string]map[string]Binding // user id in lower case, then canonical contact
	changed map[string]bool               // users of whom the keeper has not heard yet; nil without one
	wake    chan struct{}                 // holds one token while there are some
}

func newRegistrations(now func() time.Time) *Registrations {
	return &Registrations{now: now, users: map[string]map[string]Binding{}}
}

// Register applies one registration of a user, all of it or none, and returns
// the bindings that the user then has.
func (r *Registrations) Register(userID string, reg Registration) ([]Binding, error) {
	if len(reg.Contacts) > MaxBindings {
		return nil, ErrTooMany
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	next := r.live(userID, now)
	var err error
	if reg.RemoveAll {
		err = removeAll(next, reg)
	} else {
		err = apply(next, reg, now)
	}
	if err != nil {
		return nil, err
	}
	evict(next)
	r.users[strings.ToLower(userID)] = next
	r.change(strings.ToLower(userID))
	return preferred(next), nil
}

// Bindings lists where a user is registered now, the preferred first.
func (r *Registrations) Bindings(userID string) []Binding {
	r.mu.Lock()
	defer r.mu.Unlock()
	return preferred(r.live(userID, r.now()))
}

// Registered counts the users who can be reached now.
func (r *Registrations) Registered() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, n := r.now(), 0
	for id := range r.users {
		if len(r.live(id, now)) > 0 {
			n++
		}
	}
	return n
}

// FlowLost forgets the bindings of a connection that broke: their phone cannot
// be reached until it registers again (RFC 5626 5.3).
func (r *Registrations) FlowLost(f Flow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for user, bindings := range r.users {
		for key, b := range bindings {
			if b.Flow == f {
				delete(bindings, key)
				r.change(user)
			}
		}
	}
}

// Forget drops all bindings of a user, who may not be reached any more.
func (r *Registrations) Forget(userID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := strings.ToLower(userID)
	if _, registered := r.users[id]; registered {
		delete(r.users, id)
		r.change(id)
	}
}

// live copies the bindings of a user that have not expired.
func (r *Registrations) live(userID string, now time.Time) map[string]Binding {
	live := map[string]Binding{}
	for key, b := range r.users[strings.ToLower(userID)] {
		if now.Before(b.Expires) {
			live[key] = b
		}
	}
	return live
}

// removeAll is step 6 of RFC 3261 10.3.
func removeAll(bindings map[string]Binding, reg Registration) error {
	for key, b := range bindings {
		if !reg.newerThan(b) {
			return ErrOutOfOrder
		}
		delete(bindings, key)
	}
	return nil
}

// apply is step 7 of RFC 3261 10.3, on a copy: an error anywhere leaves the
// registrations as they were.
func apply(bindings map[string]Binding, reg Registration, now time.Time) error {
	for _, c := range reg.Contacts {
		key, err := canonical(c.URI)
		if err != nil {
			return err
		}
		if c.Expires > 0 && c.Expires < MinExpiry {
			return ErrTooBrief
		}
		if old, bound := bindings[key]; bound && !reg.newerThan(old) {
			return ErrOutOfOrder
		}
		if c.Expires <= 0 {
			delete(bindings, key)
			continue
		}
		bindings[key] = Binding{
			Contact: c.URI, Flow: reg.Flow, Q: c.Q, Expires: reg.end(now, c.Expires),
			CallID: reg.CallID, CSeq: reg.CSeq, UserAgent: reg.UserAgent, refreshed: now,
		}
	}
	return nil
}

// end is when a binding is over that was asked for so long.
func (reg Registration) end(now time.Time, asked time.Duration) time.Time {
	end := now.Add(min(asked, MaxExpiry))
	if !reg.Until.IsZero() && reg.Until.Before(end) {
		return reg.Until
	}
	return end
}

// newerThan: a different Call-ID means that the phone was restarted, so its
// word counts; with the same one only a higher CSeq does.
func (reg Registration) newerThan(b Binding) bool {
	return reg.CallID != b.CallID || reg.CSeq > b.CSeq
}

// evict makes room for new bindings. A phone that restarts often leaves stale
// ones behind; refusing it would lock its user out for an hour.
func evict(bindings map[string]Binding) {
	for len(bindings) > MaxBindings {
		oldest := ""
		for key, b := range bindings {
			if oldest == "" || b.refreshed.Before(bindings[oldest].refreshed) ||
				b.refreshed.Equal(bindings[oldest].refreshed) && key < oldest {
				oldest = key
			}
		}
		delete(bindings, oldest)
	}
}

// preferred orders by q, then by how recently the phone was heard of.
func preferred(bindings map[string]Binding) []Binding {
	var list []Binding
	for _, b := range bindings {
		list = append(list, b)
	}
	slices.SortFunc(list, func(a, b Binding) int {
		return cmp.Or(cmp.Compare(b.Q, a.Q), b.refreshed.Compare(a.refreshed), cmp.Compare(a.Contact, b.Contact))
	})
	return list
}

// canonical makes equal URIs equal strings, near enough to RFC 3261 19.1.4:
// scheme, host and parameters ignore case and the order of parameters is free,
// the user part counts as it is.
func canonical(uri string) (string, error) {
	scheme, rest, _ := strings.Cut(uri, ":")
	scheme = strings.ToLower(scheme)
	if scheme != "sip" && scheme != "sips" || len(uri) > 1024 {
		return "", fmt.Errorf("%w: %.100q", ErrBadContact, uri)
	}
	user, host, found := strings.Cut(rest, "@")
	if !found {
		user, host = "", rest
	}
	parts := strings.Split(strings.ToLower(host), ";")
	if parts[0] == "" {
		return "", fmt.Errorf("%w: %.100q has no host", ErrBadContact, uri)
	}
	slices.Sort(parts[1:])
	return scheme + ":" + user + "@" + strings.Join(parts, ";"), nil
}

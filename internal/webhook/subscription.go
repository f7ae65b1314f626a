package webhook

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"

	"strowger/internal/call"
)

// Subscription is an endpoint for Event Grid events. Empty lists ask for
// everything; To and From hold phone numbers or raw ids, or how they begin with a
// star after it, and an event that has no such party does not match them. All
// comparisons ignore case.
type Subscription struct {
	Name       string // of its own; a digest of the URL when empty
	URL        string
	EventTypes []string
	To         []string
	From       []string
}

type subscription struct {
	Subscription
	name      string // stays when the configuration is reordered
	code      string // secret of the handshake
	validated chan struct{}
	confirm   func() // closes validated, once
}

func newSubscription(s Subscription) *subscription {
	validated := make(chan struct{})
	digest := sha256.Sum256([]byte(s.URL))
	return &subscription{
		Subscription: s, name: cmp.Or(s.Name, hex.EncodeToString(digest[:6])), code: rand.Text(), validated: validated,
		confirm: sync.OnceFunc(func() { close(validated) }),
	}
}

// wants reports whether an event, which has a published type, matches the
// subscription's filters.
func (s *subscription) wants(e call.ForSubscribers, published string) bool {
	if len(s.EventTypes) > 0 && !slices.ContainsFunc(s.EventTypes, func(t string) bool { return strings.EqualFold(t, published) }) {
		return false
	}
	var from, to call.Address
	if in, ok := e.(call.IncomingCall); ok {
		from, to = in.From, in.To
	}
	return matches(s.To, to) && matches(s.From, from)
}

func matches(wanted []string, a call.Address) bool {
	if len(wanted) == 0 {
		return true
	}
	return slices.ContainsFunc(wanted, func(w string) bool {
		return a != "" && (fits(w, string(a)) || fits(w, a.Phone()))
	})
}

// fits reports whether s is what a filter wants.
func fits(wanted, s string) bool {
	wanted, s = strings.ToLower(wanted), strings.ToLower(s)
	if begin, any := strings.CutSuffix(wanted, "*"); any {
		return strings.HasPrefix(s, begin)
	}
	return s == wanted
}

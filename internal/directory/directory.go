package directory

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"strowger/internal/call"
	"strowger/internal/number"
)

// Trunk is a way to the telephone network.
type Trunk struct {
	Name      string
	Address   string // host:port
	Transport string // udp, tcp or tls
	Username  string
	Password  string
	Register  bool
	Prefixes  []string       // beginnings of the numbers reached through it
	Numbers   []string       // ours, in E.164
	Sources   []netip.Prefix // where its calls come from
	Plan      number.Plan    // how it writes numbers; zero: number.ITU
	Refer     bool           // REFER may be sent to it, and is served when it comes from it
	Limits    Limits
}

// Config is what a Directory is made of. It must be valid: names, ids, prefixes
// and numbers without duplicates.
type Config struct {
	ResourceID string
	Users      []User
	Made       Made // users beside those; may be nil
	Trunks     []Trunk
}

// Directory answers who can be called and how. New makes one.
type Directory struct {
	*Registrations

	resource string
	byName   map[string]User // in lower case
	byID     map[string]User // in lower case
	made     Made
	passes   bool // some user of the settings has one
	trunks   []Trunk
	prefixes map[string]int // index of the trunk
	numbers  map[string]int
	meters   map[string]*meter
}

// New makes a directory with no registrations yet.
func New(cfg Config, now func() time.Time) *Directory {
	d := &Directory{
		Registrations: newRegistrations(now),
		resource:      strings.ToLower(cfg.ResourceID),
		byName:        map[string]User{},
		byID:          map[string]User{},
		made:          cfg.Made,
		trunks:        slices.Clone(cfg.Trunks),
		prefixes:      map[string]int{},
		numbers:       map[string]int{},
		meters:        map[string]*meter{},
	}
	for _, u := range cfg.Users {
		d.byName[strings.ToLower(u.Name)] = u
		d.byID[strings.ToLower(u.ID)] = u
		d.passes = d.passes || u.HasPasses()
	}
	for i := range d.trunks {
		d.trunks[i].Plan = cmp.Or(d.trunks[i].Plan, number.ITU)
	}
	for i, t := range cfg.Trunks {
		for _, p := range t.Prefixes {
			d.prefixes[p] = i
		}
		for _, n := range t.Numbers {
			d.numbers[n] = i
		}
		d.meters[t.Name] = &meter{limits: t.Limits, now: now}
	}
	return d
}

// Trunks lists all trunks in the order of the Config.
func (d *Directory) Trunks() []Trunk { return slices.Clone(d.trunks) }

// Ours reports whether a number is one that a trunk brings to us.
func (d *Directory) Ours(number string) bool {
	_, ours := d.numbers[number]
	return ours
}

// Address is the raw id of a user id of this resource.
func (d *Directory) Address(userID string) call.Address {
	return call.Address("8:acs:" + d.resource + "_" + strings.ToLower(userID))
}

// userID takes the raw id of a user of this resource apart. Raw ids with three
// parts name Teams extension users, who are not ours.
func (d *Directory) userID(a call.Address) (id string, ours bool) {
	rest, ok := strings.CutPrefix(string(a), "8:acs:")
	resource, id, ok2 := strings.Cut(strings.ToLower(rest), "_")
	return id, ok && ok2 && resource == d.resource && id != "" && !strings.Contains(id, "_")
}

// trunkFor finds the trunk that reaches a number: the longest prefix wins.
func (d *Directory) trunkFor(number string) (Trunk, bool) {
	for n := len(number); n > 0; n-- {
		if i, ok := d.prefixes[number[:n]]; ok {
			return d.trunks[i], true
		}
	}
	return Trunk{}, false
}

// TrunkFrom finds the trunk whose calls come from addr: the narrowest network
// wins, then the first trunk.
func (d *Directory) TrunkFrom(addr netip.Addr) (Trunk, bool) {
	addr = addr.Unmap()
	found, bits := -1, -1
	for i, t := range d.trunks {
		for _, source := range t.Sources {
			if source.Contains(addr) && source.Bits() > bits {
				found, bits = i, source.Bits()
			}
		}
	}
	if found < 0 {
		return Trunk{}, false
	}
	return d.trunks[found], true
}

// SIPName is whom the user part of a SIP address names. The colons of a raw id
// that nobody escaped look like the beginning of a password.
func SIPName(user, password string) string {
	raw := call.Address(user + ":" + password)
	if password != "" && (raw.IsUser() || raw.IsPhone()) {
		return string(raw)
	}
	return user
}

// Dialled reads the user part of a SIP address that somebody called: a user's
// name or id, a raw id, or a number, which is read by the caller's plan and its
// phone-context.
func (d *Directory) Dialled(plan number.Plan, user, context string) (call.Address, error) {
	if u, ok := d.User(user); ok {
		return d.Address(u.ID), nil
	}
	if a := call.Address(user); a.IsUser() || a.IsPhone() {
		return a, nil
	}
	if isGUID(user) {
		return d.Address(user), nil
	}
	n, ok := plan.Read(user, context)
	if !ok {
		return "", &Refusal{Kind: Unknown, Reason: fmt.Sprintf("%q is neither a user nor a number", user)}
	}
	if _, ours := d.numbers["+"+n]; ours {
		// Carriers often send our numbers without the plus.
		n = "+" + n
	}
	return call.PhoneAddress(n), nil
}

func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (s[i] == '-') || !hyphen && !strings.ContainsRune("0123456789abcdefABCDEF", rune(s[i])) {
			return false
		}
	}
	return true
}

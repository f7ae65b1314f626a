package directory

import (
	"fmt"
	"strings"

	"strowger/internal/call"
	"strowger/internal/number"
)

// Destination is where a call goes: Endpoints, ViaTrunk or Application.
type Destination interface{ destination() }

// Endpoints are what a user has registered, to be rung together; the preferred
// first. There is at least one.
type Endpoints struct {
	User     User
	Bindings []Binding
}

// ViaTrunk is a number on the telephone network.
type ViaTrunk struct {
	Trunk  Trunk
	Number string
}

// Application says that nobody rings: an application is told by IncomingCall.
// It is one of our numbers, a user id without a person behind it, or a user
// who is registered nowhere.
type Application struct {
	Address call.Address
}

func (Endpoints) destination()   {}
func (ViaTrunk) destination()    {}
func (Application) destination() {}

// RefusalKind says why somebody cannot be called.
type RefusalKind int

// The kinds of refusals.
const (
	Unknown   RefusalKind = iota // nobody has this address, or no trunk leads there
	Forbidden                    // this caller may not
	Busy                         // the trunk has all the calls that it may have
)

func (k RefusalKind) String() string {
	return [...]string{"unknown", "forbidden", "busy"}[k]
}

// Refusal is why somebody cannot be called; Reason is for people.
type Refusal struct {
	Kind   RefusalKind
	Reason string
}

func (r *Refusal) Error() string { return r.Reason }

// Caller is on whose behalf a call is placed: ByApplication, ByUser or ByTrunk.
type Caller struct {
	user  *User
	trunk *Trunk
}

// ByApplication may reach everyone: the application holds an access key.
func ByApplication() Caller { return Caller{} }

// ByUser may reach users, our numbers, and what begins with one of MayDial.
func ByUser(u User) Caller { return Caller{user: &u} }

// ByTrunk may reach users and our numbers.
func ByTrunk(t Trunk) Caller { return Caller{trunk: &t} }

// Trunk is the name of the trunk that the caller came through, empty for others.
func (c Caller) Trunk() string {
	if c.trunk == nil {
		return ""
	}
	return c.trunk.Name
}

// Refers reports whether callers of this kind are sent REFER, and theirs is
// served: phones are, and trunks that were set up so.
func (c Caller) Refers() bool {
	return c.user != nil || c.trunk != nil && c.trunk.Refer
}

// Same reports whether two are the same user, or the same trunk.
func (c Caller) Same(other Caller) bool {
	switch {
	case c.user != nil:
		return other.user != nil && c.user.ID == other.user.ID
	case c.trunk != nil:
		return other.trunk != nil && c.trunk.Name == other.trunk.Name
	}
	return false
}

// Plan is how the caller writes numbers.
func (c Caller) Plan() number.Plan {
	if c.trunk != nil {
		return c.trunk.Plan
	}
	return number.ITU
}

// User is the user that it is, if it is one.
func (c Caller) User() (User, bool) {
	if c.user == nil {
		return User{}, false
	}
	return *c.user, true
}

// ResolveReferral is Resolve for somebody to whom the caller sends who it talks
// to, or is sent. A trunk that refers reaches, beside what it may call, the numbers
// behind itself.
func (d *Directory) ResolveReferral(by Caller, to call.Address) (Destination, error) {
	if by.trunk == nil {
		return d.Resolve(by, to)
	}
	found, err := d.Resolve(ByApplication(), to)
	if via, ok := found.(ViaTrunk); ok && via.Trunk.Name != by.trunk.Name {
		return nil, refuse(Forbidden, "trunk %s may refer to users, to our numbers and to its own, not to %s", by.trunk.Name, to.Phone())
	}
	return found, err
}

// Resolve finds where a call by this caller to this address goes. An error is
// a *Refusal.
func (d *Directory) Resolve(by Caller, to call.Address) (Destination, error) {
	switch {
	case to.IsPhone():
		return d.resolveNumber(by, to)
	case to.IsUser():
		return d.resolveUser(to)
	default:
		return nil, refuse(Unknown, "%s is neither a phone number nor a user of this resource", to)
	}
}

func (d *Directory) resolveNumber(by Caller, to call.Address) (Destination, error) {
	n := to.Phone()
	if !number.IsNumber(n) {
		return nil, refuse(Unknown, "%q is not a phone number", n)
	}
	if _, ours := d.numbers[n]; ours {
		return Application{Address: to}, nil
	}
	if err := by.mayDial(n); err != nil {
		return nil, err
	}
	trunk, ok := d.trunkFor(n)
	switch {
	case !ok && !number.IsGlobal(n):
		return nil, refuse(Unknown, "%s has no country code: write the number as +14255550100", n)
	case !ok:
		return nil, refuse(Unknown, "no trunk has a prefix of %s: see trunks.prefixes", n)
	}
	return ViaTrunk{Trunk: trunk, Number: n}, nil
}

func (d *Directory) resolveUser(to call.Address) (Destination, error) {
	id, ours := d.userID(to)
	if !ours {
		return nil, refuse(Unknown, "%s is not a user of this resource", to)
	}
	user, ok := d.withID(id)
	if !ok {
		return Application{Address: to}, nil
	}
	if bindings := d.Bindings(user.ID); len(bindings) > 0 {
		return Endpoints{User: user, Bindings: bindings}, nil
	}
	return Application{Address: to}, nil
}

func (c Caller) mayDial(number string) error {
	switch {
	case c.trunk != nil:
		return refuse(Forbidden, "trunk %s may call our own numbers only, not %s", c.trunk.Name, number)
	case c.user == nil:
		return nil
	}
	for _, prefix := range c.user.MayDial {
		if strings.HasPrefix(number, prefix) {
			return nil
		}
	}
	return refuse(Forbidden, "%s may not dial %s", c.user.Name, number)
}

func refuse(kind RefusalKind, format string, args ...any) *Refusal {
	return &Refusal{Kind: kind, Reason: fmt.Sprintf(format, args...)}
}

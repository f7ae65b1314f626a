package directory

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"strowger/internal/call"
)

// User is a person or a bot who can have an endpoint: one of the settings, or one
// who was Made. Without a pass the user cannot register by SIP.
type User struct {
	Name        string
	ID          string // GUID
	Password    string
	DisplayName string
	MayDial     []string // beginnings of numbers

	Made  bool
	Since time.Time // registrations of a user who was made are void when they are older
	// Tokens are the passes of a user who was made, each made when it is asked for.
	Tokens iter.Seq[Pass]
}

// Pass is what proves that somebody is a user, and what that admits to.
type Pass struct {
	Secret      string
	MayRegister bool
	MayCall     bool      // else the user is only called
	Expires     time.Time // zero: never
}

// Made are users who come and go while the server runs. Its methods are called
// from any goroutine, and wait for nobody.
type Made interface {
	User(id string) (User, bool) // id is in lower case
	Any() bool                   // whether there are any
}

// ShownName is how others see the user; one who was made has no name to show.
func (u User) ShownName() string {
	if u.Made {
		return u.DisplayName
	}
	return cmp.Or(u.DisplayName, u.Name)
}

// HasPasses reports whether the user can prove who they are at all.
func (u User) HasPasses() bool { return u.Password != "" || u.Made }

// Passes are all passes of the user.
func (u User) Passes() iter.Seq[Pass] {
	switch {
	case u.Made:
		return u.Tokens
	case u.Password != "":
		return slices.Values([]Pass{{Secret: u.Password, MayRegister: true, MayCall: true}})
	}
	return func(func(Pass) bool) {}
}

// User finds a user by name, id or raw id, as either stands in a SIP address. Case
// does not matter: people type names on phones.
func (d *Directory) User(nameOrID string) (User, bool) {
	key := strings.ToLower(nameOrID)
	if u, ok := d.byName[key]; ok {
		return u, true
	}
	if id, ours := d.userID(call.Address(key)); ours {
		key = id
	}
	return d.withID(key)
}

// withID finds a user by the id in lower case.
func (d *Directory) withID(id string) (User, bool) {
	if u, ok := d.byID[id]; ok || d.made == nil {
		return u, ok
	}
	return d.made.User(id)
}

// UserAt finds the user whom a raw id names.
func (d *Directory) UserAt(a call.Address) (User, bool) {
	id, ours := d.userID(a)
	if !ours {
		return User{}, false
	}
	return d.withID(id)
}

// Users lists the users of the settings by name.
func (d *Directory) Users() []User {
	var users []User
	for _, u := range d.byName {
		users = append(users, u)
	}
	slices.SortFunc(users, func(a, b User) int { return cmp.Compare(a.Name, b.Name) })
	return users
}

// AnyPasses reports whether there are users who can prove who they are, and so may
// come from anywhere.
func (d *Directory) AnyPasses() bool { return d.passes || d.made != nil && d.made.Any() }

// Stands reports whether a pass of a user is still good.
func (d *Directory) Stands(u User, p Pass) bool {
	now, known := d.withID(strings.ToLower(u.ID))
	if !known {
		return false
	}
	for pass := range now.Passes() {
		if pass.Secret == p.Secret {
			return true
		}
	}
	return false
}

package identity

import (
	"encoding/json"
	"slices"
	"time"
)

// Bounds of what is kept.
const (
	UsersMost  = 50_000
	GrantsMost = 16 // of a user

	// BytesMost is room for all of that, with what a store adds to each document.
	BytesMost = 256 << 20
)

// User is somebody who was made through the API.
type User struct {
	ID      string    // GUID, in lower case
	Revoked time.Time // what was granted until then is void; zero: nothing was revoked
	Grants  []Grant   // the oldest first

	revision uint64
	removed  bool // here, which the store has yet to tell
}

// Grant is what one token admits to. Times are whole seconds.
type Grant struct {
	ID      string // of 16 hexadecimal digits
	Scopes  []string
	Issued  time.Time
	Expires time.Time
}

// The scopes that admit to calls.
const (
	VoIP     = "voip"      // place calls, and be called
	VoIPJoin = "voip.join" // be brought into calls, and place none
)

// MayRegister reports whether phones with this grant can be reached.
func (g Grant) MayRegister() bool { return g.MayCall() || slices.Contains(g.Scopes, VoIPJoin) }

// MayCall reports whether phones with this grant may place calls.
func (g Grant) MayCall() bool { return slices.Contains(g.Scopes, VoIP) }

// granted is the user with one grant more. Those that are over go first, then the
// oldest.
func (u User) granted(g Grant, now time.Time) User {
	kept := slices.DeleteFunc(slices.Clone(u.Grants), func(g Grant) bool { return !now.Before(g.Expires) })
	if over := len(kept) + 1 - GrantsMost; over > 0 {
		kept = kept[over:]
	}
	u.Grants = append(kept, g)
	return u
}

// grant finds a grant that is not over.
func (u User) grant(id string, now time.Time) (Grant, bool) {
	for _, g := range u.Grants {
		if g.ID == id && now.Before(g.Expires) {
			return g, true
		}
	}
	return Grant{}, false
}

// revoked is the user without any grant.
func (u User) revoked(now time.Time) User {
	u.Revoked, u.Grants = now, nil
	return u
}

// document is how a user is stored. Its names are part of what an installation has
// on its disk.
type document struct {
	Revoked time.Time       `json:"revoked,omitzero"`
	Grants  []documentGrant `json:"grants,omitempty"`
}

type documentGrant struct {
	ID      string   `json:"id"`
	Scopes  []string `json:"scopes"`
	Issued  int64    `json:"issued"` // Unix seconds
	Expires int64    `json:"expires"`
}

func encode(u User) ([]byte, error) {
	d := document{Revoked: u.Revoked}
	for _, g := range u.Grants {
		d.Grants = append(d.Grants, documentGrant{g.ID, g.Scopes, g.Issued.Unix(), g.Expires.Unix()})
	}
	return json.Marshal(d)
}

func decode(id string, stored []byte, revision uint64) (User, error) {
	var d document
	if err := json.Unmarshal(stored, &d); err != nil {
		return User{}, err
	}
	u := User{ID: id, Revoked: d.Revoked, revision: revision}
	for _, g := range d.Grants {
		u.Grants = append(u.Grants, Grant{g.ID, g.Scopes, time.Unix(g.Issued, 0), time.Unix(g.Expires, 0)})
	}
	return u, nil
}

package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
)

var (
	// ErrUnknown says that there is no user with an id.
	ErrUnknown = errors.New("there is no such user")
	// ErrFull says that there are as many users as there may be.
	ErrFull = fmt.Errorf("the resource has all the users that it may have, %d; delete those that are not needed any more", UsersMost)
	// ErrBusy says that others change the same user all the time.
	ErrBusy = errors.New("the user is being changed by others; try again")
	// ErrTaken is a Store's answer to a wrong revision.
	ErrTaken = errors.New("the document has changed since")
	// ErrNoRoom is a Store's answer when it can store nothing now.
	ErrNoRoom = errors.New("users cannot be stored now; the log says why")
)

// Store keeps a document for each user.
type Store interface {
	// Put stores a document when revision is that of the one there (0: none), else
	// it says ErrTaken.
	Put(ctx context.Context, id string, document []byte, revision uint64) (uint64, error)
	// Remove takes a document away, if there is one.
	Remove(ctx context.Context, id string) error
	// Get is a document with its revision, or ErrUnknown.
	Get(ctx context.Context, id string) (Entry, error)
	// Each hands what is there now to f.
	Each(ctx context.Context, f func(Entry)) error
	// Follow hands what is there, and then each change, to f until ctx ends.
	Follow(ctx context.Context, f func(Entry)) error
}

// Entry is a document as a Store has it; Removed says that it has none any more.
type Entry struct {
	ID       string
	Document []byte
	Revision uint64
	Removed  bool
}

// Config is what a Book is made of.
type Config struct {
	Store Store
	Now   func() time.Time
	// Withdrawn is told whose tokens have been revoked, here or on another node,
	// after the Book knows; it may be told again.
	Withdrawn func(id string)
	Log       *slog.Logger
}

// Book has all users in memory, as far as this node knows. Its methods may be
// called from any goroutine.
type Book struct {
	c Config

	mu      sync.RWMutex
	users   map[string]User
	removed int // of them are only waited for
}

// Open reads the users that there are. Withdrawn is not called for them.
func Open(ctx context.Context, c Config) (*Book, error) {
	b := &Book{c: c, users: map[string]User{}}
	err := c.Store.Each(ctx, func(e Entry) { b.learn(e) })
	if err != nil {
		return nil, fmt.Errorf("read the users: %w", err)
	}
	return b, nil
}

// followAgain is how long a store that failed is left alone.
const followAgain = time.Second

// Run learns what other nodes do until ctx is done.
func (b *Book) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		err := b.c.Store.Follow(ctx, func(e Entry) {
			if b.learn(e) {
				b.c.Withdrawn(e.ID)
			}
		})
		if ctx.Err() == nil {
			b.c.Log.Warn("changes of users by other nodes are not heard for a moment", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(followAgain):
		}
	}
	return nil
}

// learn takes up what a store has, unless newer is known, and reports whether it
// takes tokens away.
func (b *Book) learn(e Entry) (withdrawn bool) {
	var u User
	if !e.Removed {
		var err error
		if u, err = decode(e.ID, e.Document, e.Revision); err != nil {
			b.c.Log.Error("a user cannot be read and is passed over", "user", e.ID, "error", err)
			return false
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	old, known := b.users[e.ID]
	switch {
	case known && old.revision >= e.Revision:
		return false
	case e.Removed:
		b.hide(e.ID, false)
		delete(b.users, e.ID)
		return true
	case old.removed: // what was stored before that
		return false
	}
	b.users[e.ID] = u
	return known && u.Revoked.After(old.Revoked)
}

// User is a user as this node knows them; the slices are not to be changed.
func (b *Book) User(id string) (User, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	u, known := b.users[id]
	return u, known && !u.removed
}

// Len is how many users there are.
func (b *Book) Len() int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.users) - b.removed
}

// Seed is where the ids of a request come from. One that is random makes a new
// user or grant each time; the same one makes it once.
type Seed [sha256.Size]byte

func (s Seed) user() string {
	id := uuid.UUID(s[:16])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // RFC 9562 5.4: version 4
	return id.String()
}

func (s Seed) grant() string { return hex.EncodeToString(s[16:24]) }

// Wish is a grant that is asked for. Without scopes none is.
type Wish struct {
	Scopes []string
	Life   time.Duration // whole seconds
}

// Make makes a user, with a grant when one is wished for; without, the grant is
// zero.
func (b *Book) Make(ctx context.Context, s Seed, w Wish) (User, Grant, error) {
	now := b.c.Now()
	u, known := b.User(s.user())
	if known {
		g, _ := u.grant(s.grant(), now)
		if g.ID != "" || len(w.Scopes) == 0 {
			return u, g, nil // the request was given before
		}
	}
	if !known && b.Len() >= UsersMost {
		return User{}, Grant{}, ErrFull
	}
	u.ID = s.user()
	var g Grant
	if len(w.Scopes) > 0 {
		g = w.grant(s, now)
		u = u.granted(g, now)
	}
	u, err := b.put(ctx, u)
	if errors.Is(err, ErrTaken) { // by the same request, which came to another node too
		err = ErrBusy
	}
	return u, g, err
}

func (w Wish) grant(s Seed, now time.Time) Grant {
	now = now.Truncate(time.Second)
	return Grant{ID: s.grant(), Scopes: w.Scopes, Issued: now, Expires: now.Add(w.Life)}
}

// Issue grants a user something.
func (b *Book) Issue(ctx context.Context, id string, s Seed, w Wish) (g Grant, err error) {
	now := b.c.Now()
	err = b.change(ctx, id, func(u User) (User, bool) {
		var again bool
		if g, again = u.grant(s.grant(), now); again {
			return u, false
		}
		g = w.grant(s, now)
		return u.granted(g, now), true
	})
	return g, err
}

// Revoke takes everything away that was granted to a user.
func (b *Book) Revoke(ctx context.Context, id string) error {
	err := b.change(ctx, id, func(u User) (User, bool) { return u.revoked(b.c.Now()), true })
	if err == nil {
		b.c.Withdrawn(id)
	}
	return err
}

// Remove takes a user away, who need not be there.
func (b *Book) Remove(ctx context.Context, id string) error {
	if _, known := b.User(id); !known { // perhaps another node does
		if _, err := b.c.Store.Get(ctx, id); errors.Is(err, ErrUnknown) {
			return nil
		}
	}
	b.mark(id, true)
	if err := b.c.Store.Remove(ctx, id); err != nil {
		b.mark(id, false)
		return fmt.Errorf("remove a user: %w", err)
	}
	b.c.Withdrawn(id)
	return nil
}

// mark hides a user until the store tells of the removal: older news of the user,
// which may be on the way still, must not bring them back.
func (b *Book) mark(id string, removed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hide(id, removed)
}

func (b *Book) hide(id string, removed bool) {
	u, known := b.users[id]
	if !known || u.removed == removed {
		return
	}
	if u.removed = removed; removed {
		b.removed++
	} else {
		b.removed--
	}
	b.users[id] = u
}

// changeTries is how often a change is made again because another one came
// between.
const changeTries = 8

// change stores what f makes of a user; f may be asked again, and reports whether
// there is anything to store.
func (b *Book) change(ctx context.Context, id string, f func(User) (User, bool)) error {
	u, known := b.User(id)
	for range changeTries {
		if !known {
			return ErrUnknown
		}
		next, changed := f(u)
		if !changed {
			return nil
		}
		_, err := b.put(ctx, next)
		if !errors.Is(err, ErrTaken) {
			return err
		}
		if err := b.refresh(ctx, id); err != nil {
			return err
		}
		u, known = b.User(id)
	}
	return ErrBusy
}

// refresh asks the store about a user.
func (b *Book) refresh(ctx context.Context, id string) error {
	e, err := b.c.Store.Get(ctx, id)
	if err == nil {
		b.learn(e)
	}
	return err
}

// put stores a user, and only then knows it.
func (b *Book) put(ctx context.Context, u User) (User, error) {
	text, err := encode(u)
	if err != nil {
		return u, fmt.Errorf("encode a user: %w", err)
	}
	if u.revision, err = b.c.Store.Put(ctx, u.ID, text, u.revision); err != nil {
		return u, fmt.Errorf("store a user: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, known := b.users[u.ID]; !known || old.revision < u.revision {
		b.users[u.ID] = u
	}
	return u, nil
}

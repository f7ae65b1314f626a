package identity_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/identity"
)

// store is a Store in memory. Its news wait for whoever follows it first.
type store struct {
	mu       sync.Mutex
	revision uint64
	there    map[string]identity.Entry
	news     chan identity.Entry
	failure  error
}

func newStore() *store {
	return &store{there: map[string]identity.Entry{}, news: make(chan identity.Entry, 64)}
}

func (s *store) Put(_ context.Context, id string, document []byte, revision uint64) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.failure != nil:
		return 0, s.failure
	case s.there[id].Revision != revision:
		return 0, identity.ErrTaken
	}
	s.revision++
	s.there[id] = identity.Entry{ID: id, Document: document, Revision: s.revision}
	s.news <- s.there[id]
	return s.revision, nil
}

func (s *store) Remove(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure != nil {
		return s.failure
	}
	s.revision++
	delete(s.there, id)
	s.news <- identity.Entry{ID: id, Revision: s.revision, Removed: true}
	return nil
}

func (s *store) Get(_ context.Context, id string) (identity.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, there := s.there[id]
	if !there {
		return e, identity.ErrUnknown
	}
	return e, nil
}

func (s *store) Each(_ context.Context, f func(identity.Entry)) error {
	s.mu.Lock()
	there := slices.Collect(maps.Values(s.there))
	s.mu.Unlock()
	for _, e := range there {
		f(e)
	}
	return nil
}

func (s *store) Follow(ctx context.Context, f func(identity.Entry)) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e := <-s.news:
			f(e)
		}
	}
}

// node is a Book with a clock of its own.
type node struct {
	*identity.Book
	now       time.Time
	withdrawn []string
}

var noon = time.Date(2026, 9, 15, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, s identity.Store) *node {
	t.Helper()
	n := &node{now: noon}
	book, err := identity.Open(t.Context(), identity.Config{
		Store: s, Now: func() time.Time { return n.now }, Log: slog.New(slog.DiscardHandler),
		Withdrawn: func(id string) { n.withdrawn = append(n.withdrawn, id) },
	})
	if err != nil {
		t.Fatal(err)
	}
	n.Book = book
	return n
}

func (n *node) make(t *testing.T, seed byte, scopes ...string) (identity.User, identity.Grant) {
	t.Helper()
	u, g, err := n.Make(t.Context(), identity.Seed{seed, 16: seed}, wish(scopes...))
	if err != nil {
		t.Fatal(err)
	}
	return u, g
}

func (n *node) issue(t *testing.T, id string, seed byte) identity.Grant {
	t.Helper()
	g, err := n.Issue(t.Context(), id, identity.Seed{16: seed}, wish("voip"))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (n *node) grants(t *testing.T, id string) (ids []string) {
	t.Helper()
	u, known := n.User(id)
	if !known {
		t.Fatalf("user %s is not known", id)
	}
	for _, g := range u.Grants {
		ids = append(ids, g.ID)
	}
	return ids
}

func identityOf(n int) string { return fmt.Sprintf("user %d", n) }

func wish(scopes ...string) identity.Wish { return identity.Wish{Scopes: scopes, Life: time.Hour} }

func TestAUserIsThereAfterARestartWithWhatWasGranted(t *testing.T) {
	s := newStore()
	n := open(t, s)
	u, g := n.make(t, 1, "voip", "chat")
	if !g.Issued.Equal(noon) || !g.Expires.Equal(noon.Add(time.Hour)) || !slices.Equal(g.Scopes, []string{"voip", "chat"}) {
		t.Errorf("granted was %+v", g)
	}
	got, known := open(t, s).User(u.ID)
	if !known || len(got.Grants) != 1 || got.Grants[0].ID != g.ID || !got.Grants[0].Expires.Equal(g.Expires) {
		t.Errorf("after the restart there is %+v", got)
	}
}

func TestWhatIsRevokedIsGoneAtOnceAndForGood(t *testing.T) {
	s := newStore()
	n := open(t, s)
	u, _ := n.make(t, 1, "voip")
	n.issue(t, u.ID, 2)
	if err := n.Revoke(t.Context(), u.ID); err != nil {
		t.Fatal(err)
	}
	if left := n.grants(t, u.ID); len(left) > 0 || !slices.Equal(n.withdrawn, []string{u.ID}) {
		t.Errorf("left are %v, told were %v", left, n.withdrawn)
	}
	again := open(t, s)
	if left := again.grants(t, u.ID); len(left) > 0 {
		t.Errorf("after a restart there are %v", left)
	}
	if got, _ := again.User(u.ID); !got.Revoked.Equal(noon) {
		t.Errorf("it was revoked at %s", got.Revoked)
	}
	if g := again.issue(t, u.ID, 3); !slices.Equal(again.grants(t, u.ID), []string{g.ID}) {
		t.Error("nothing can be granted any more")
	}
}

func TestAUserWhoIsRemovedIsUnknownAndRemovingAgainIsFine(t *testing.T) {
	n := open(t, newStore())
	u, _ := n.make(t, 1, "voip")
	for range 2 {
		if err := n.Remove(t.Context(), u.ID); err != nil {
			t.Fatal(err)
		}
		if _, known := n.User(u.ID); known {
			t.Error("the user is there still")
		}
	}
	if _, err := n.Issue(t.Context(), u.ID, identity.Seed{}, wish("voip")); !errors.Is(err, identity.ErrUnknown) {
		t.Errorf("something was granted to nobody: %v", err)
	}
	if err := n.Revoke(t.Context(), u.ID); !errors.Is(err, identity.ErrUnknown) {
		t.Errorf("something was taken from nobody: %v", err)
	}
}

func TestAnotherNodeHearsOfEveryChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		here, there := open(t, s), open(t, s)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = there.Run(ctx) })
		u, g := here.make(t, 1, "voip")
		synctest.Wait()
		if got := there.grants(t, u.ID); !slices.Equal(got, []string{g.ID}) {
			t.Errorf("the other node knows of %v", got)
		}
		if err := here.Revoke(t.Context(), u.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := there.grants(t, u.ID); len(got) > 0 {
			t.Errorf("after the revocation the other node knows of %v", got)
		}
		if err := here.Remove(t.Context(), u.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, known := there.User(u.ID); known {
			t.Error("the other node has the user still")
		}
		stop()
		running.Wait()
		if !slices.Equal(there.withdrawn, []string{u.ID, u.ID}) {
			t.Errorf("told were %v", there.withdrawn)
		}
	})
}

func TestOldNewsDoNotBringARemovedUserBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := open(t, newStore()) // what it stores itself waits to be followed
		u, _ := n.make(t, 1, "voip")
		n.issue(t, u.ID, 2)
		if err := n.Remove(t.Context(), u.ID); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = n.Run(ctx) })
		synctest.Wait()
		if _, known := n.User(u.ID); known {
			t.Error("the user is back")
		}
		stop()
		running.Wait()
	})
}

func TestAChangeIsMadeAgainWhenAnotherNodeWasFaster(t *testing.T) {
	s := newStore()
	here := open(t, s)
	u, first := here.make(t, 1, "voip")
	there := open(t, s)
	second := here.issue(t, u.ID, 2)
	third := there.issue(t, u.ID, 3)
	if got := there.grants(t, u.ID); !slices.Equal(got, []string{first.ID, second.ID, third.ID}) {
		t.Errorf("there are %v", got)
	}
}

func TestTheSameSeedMakesTheSameOnce(t *testing.T) {
	n := open(t, newStore())
	u, g := n.make(t, 1, "voip")
	n.now = noon.Add(time.Minute)
	if u2, g2 := n.make(t, 1, "voip"); u2.ID != u.ID || g2.ID != g.ID || !g2.Issued.Equal(g.Issued) || n.Len() != 1 {
		t.Errorf("made again: %s with %+v, %d users", u2.ID, g2, n.Len())
	}
	issued := n.issue(t, u.ID, 2)
	n.now = noon.Add(2 * time.Minute)
	if again := n.issue(t, u.ID, 2); again.ID != issued.ID || !again.Issued.Equal(issued.Issued) || len(n.grants(t, u.ID)) != 2 {
		t.Errorf("granted again: %+v", again)
	}
}

func TestTheOldestGrantGivesWayAndThoseThatAreOverGoFirst(t *testing.T) {
	n := open(t, newStore())
	u, _ := n.make(t, 1)
	var made []string
	for i := range identity.GrantsMost + 2 {
		made = append(made, n.issue(t, u.ID, byte(i+1)).ID)
	}
	if got := n.grants(t, u.ID); !slices.Equal(got, made[2:]) {
		t.Errorf("there are %v", got)
	}
	n.now = noon.Add(time.Hour)
	last := n.issue(t, u.ID, 99)
	if got := n.grants(t, u.ID); !slices.Equal(got, []string{last.ID}) {
		t.Errorf("after an hour there are %v", got)
	}
}

func TestWhatCannotBeStoredHasNoEffect(t *testing.T) {
	s := newStore()
	n := open(t, s)
	u, g := n.make(t, 1, "voip")
	s.failure = identity.ErrNoRoom
	if _, _, err := n.Make(t.Context(), identity.Seed{9}, wish()); !errors.Is(err, identity.ErrNoRoom) || n.Len() != 1 {
		t.Errorf("%v, and there are %d users", err, n.Len())
	}
	if err := n.Revoke(t.Context(), u.ID); !errors.Is(err, identity.ErrNoRoom) {
		t.Errorf("revoked: %v", err)
	}
	if err := n.Remove(t.Context(), u.ID); !errors.Is(err, identity.ErrNoRoom) {
		t.Errorf("removed: %v", err)
	}
	if got := n.grants(t, u.ID); !slices.Equal(got, []string{g.ID}) || len(n.withdrawn) > 0 {
		t.Errorf("there are %v, told were %v", got, n.withdrawn)
	}
}

func TestAResourceWithAllItsUsersRefusesMore(t *testing.T) {
	s := newStore()
	for i := range identity.UsersMost {
		id := identityOf(i)
		s.there[id] = identity.Entry{ID: id, Document: []byte("{}"), Revision: 1}
	}
	n := open(t, s)
	if _, _, err := n.Make(t.Context(), identity.Seed{1}, wish()); !errors.Is(err, identity.ErrFull) {
		t.Errorf("one more: %v", err)
	}
	if err := n.Remove(t.Context(), identityOf(0)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := n.Make(t.Context(), identity.Seed{1}, wish()); err != nil {
		t.Errorf("there is room again: %v", err)
	}
}

func TestAUserWhoCannotBeReadIsPassedOver(t *testing.T) {
	s := newStore()
	s.there["broken"] = identity.Entry{ID: "broken", Document: []byte("{"), Revision: 1}
	s.there["whole"] = identity.Entry{ID: "whole", Document: []byte("{}"), Revision: 2}
	n := open(t, s)
	if _, known := n.User("whole"); !known || n.Len() != 1 {
		t.Errorf("%d users are known", n.Len())
	}
}

func TestScopesAdmitToCalls(t *testing.T) {
	for scope, want := range map[string][2]bool{
		"voip": {true, true}, "voip.join": {true, false}, "chat": {}, "chat.join": {}, "chat.join.limited": {},
	} {
		g := identity.Grant{Scopes: []string{scope}}
		if got := [2]bool{g.MayRegister(), g.MayCall()}; got != want {
			t.Errorf("%s admits to %v, want %v", scope, got, want)
		}
	}
}

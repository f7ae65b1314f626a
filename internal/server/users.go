package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"strowger/internal/access"
	"strowger/internal/directory"
	"strowger/internal/identity"
	"strowger/internal/journal"
)

// users are those who are made through the API, as the directory sees them.
type users struct {
	*identity.Book
	resource string
	tokens   *access.Tokens
}

// buildUsers knows who was made before. They are in a cabinet of the journal.
func (p *parts) buildUsers(ctx context.Context) error {
	tokens, err := access.OpenTokens(p.cfg.DataDir)
	if err != nil {
		return err
	}
	cabinet, err := p.journal.Cabinet(ctx, "users", identity.BytesMost)
	if err != nil {
		return fmt.Errorf("open the users: %w", err)
	}
	book, err := identity.Open(ctx, identity.Config{
		Store: userStore{cabinet}, Now: time.Now, Log: p.log,
		Withdrawn: func(id string) { p.directory.Forget(id) }, // the directory is built after them
	})
	if err != nil {
		return err
	}
	p.users = &users{Book: book, resource: strings.ToLower(p.cfg.Resource.ID), tokens: tokens}
	return nil
}

// Any implements directory.Made.
func (u *users) Any() bool { return u.Len() > 0 }

// User implements directory.Made.
func (u *users) User(id string) (directory.User, bool) {
	made, known := u.Book.User(id)
	if !known {
		return directory.User{}, false
	}
	return directory.User{Name: id, ID: id, Made: true, Since: made.Revoked, Tokens: func(yield func(directory.Pass) bool) {
		now := time.Now()
		for _, g := range made.Grants {
			if now.Before(g.Expires) && !yield(u.pass(id, g)) {
				return
			}
		}
	}}, true
}

func (u *users) pass(id string, g identity.Grant) directory.Pass {
	return directory.Pass{
		Secret: u.tokens.Token(access.Grant{
			ID: g.ID, Resource: u.resource, User: id, Scopes: g.Scopes, Issued: g.Issued, Expires: g.Expires,
		}),
		MayRegister: g.MayRegister(), MayCall: g.MayCall(), Expires: g.Expires,
	}
}

// userStore is a cabinet as identity sees it.
type userStore struct{ cabinet journal.Cabinet }

func (s userStore) Put(ctx context.Context, id string, document []byte, revision uint64) (uint64, error) {
	revision, err := s.cabinet.Put(ctx, id, document, revision)
	return revision, inUsersWords(err)
}

func (s userStore) Remove(ctx context.Context, id string) error {
	return inUsersWords(s.cabinet.Remove(ctx, id))
}

func (s userStore) Get(ctx context.Context, id string) (identity.Entry, error) {
	e, err := s.cabinet.Get(ctx, id)
	return userEntry(e), inUsersWords(err)
}

func (s userStore) Each(ctx context.Context, f func(identity.Entry)) error {
	return s.cabinet.Each(ctx, func(e journal.Entry) { f(userEntry(e)) })
}

func (s userStore) Follow(ctx context.Context, f func(identity.Entry)) error {
	return s.cabinet.Follow(ctx, func(e journal.Entry) { f(userEntry(e)) })
}

func userEntry(e journal.Entry) identity.Entry {
	return identity.Entry{ID: e.Name, Document: e.Document, Revision: e.Revision, Removed: e.Removed}
}

// inUsersWords says in identity's words what the journal has said.
func inUsersWords(err error) error {
	for _, words := range []struct{ journal, identity error }{
		{journal.ErrNotFound, identity.ErrUnknown},
		{journal.ErrUnexpected, identity.ErrTaken},
		{journal.ErrFull, identity.ErrNoRoom},
		{journal.ErrNoSpace, identity.ErrNoRoom},
		{journal.ErrUnwritable, identity.ErrNoRoom},
	} {
		if errors.Is(err, words.journal) {
			return errors.Join(words.identity, err)
		}
	}
	return err
}

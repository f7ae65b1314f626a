package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"strowger/internal/access"
	"strowger/internal/api"
	"strowger/internal/identity"
	"strowger/internal/wire"
	published "strowger/internal/wire/identity"
)

// Bounds of expiresInMinutes; the longest is what is given when it is absent.
const (
	shortestLife = 60
	longestLife  = 1440
)

// scopes are all that are published.
var scopes = []string{"chat", identity.VoIP, "chat.join", "chat.join.limited", identity.VoIPJoin}

func (f family) create(ctx context.Context, r *api.Request, in published.CreateRequest) (api.Response, error) {
	w, err := wish("createTokenWithScopes", in.CreateTokenWithScopes, in.ExpiresInMinutes)
	if err != nil {
		return api.Response{}, err
	}
	u, granted, err := f.Users.Make(ctx, newSeed(r), w)
	if err != nil {
		return api.Response{}, refusal(err)
	}
	body := published.Created{Identity: published.Identity{ID: f.prefix() + u.ID}}
	if len(w.Scopes) > 0 {
		token := f.token(u.ID, granted)
		body.AccessToken = &token
	}
	return api.Response{Body: body}, nil
}

func (f family) issue(ctx context.Context, r *api.Request, in published.IssueRequest) (api.Response, error) {
	id, err := f.user(r.Param("identity"))
	if err != nil {
		return api.Response{}, err
	}
	if len(in.Scopes) == 0 {
		return api.Response{}, wire.Fieldf("scopes", "is missing or empty; a token needs one of %s", strings.Join(scopes, ", "))
	}
	w, err := wish("scopes", in.Scopes, in.ExpiresInMinutes)
	if err != nil {
		return api.Response{}, err
	}
	granted, err := f.Users.Issue(ctx, id, newSeed(r), w)
	if err != nil {
		return api.Response{}, refusal(err)
	}
	return api.Response{Body: f.token(id, granted)}, nil
}

func (f family) revoke(ctx context.Context, r *api.Request, _ api.NoBody) (api.Response, error) {
	id, err := f.user(r.Param("identity"))
	if err != nil {
		return api.Response{}, err
	}
	return api.Response{}, refusal(f.Users.Revoke(ctx, id))
}

func (f family) remove(ctx context.Context, r *api.Request, _ api.NoBody) (api.Response, error) {
	id, err := f.user(r.Param("identity"))
	if err != nil {
		return api.Response{}, err
	}
	return api.Response{}, refusal(f.Users.Remove(ctx, id))
}

// prefix is what the ids of this resource's users begin with.
func (f family) prefix() string { return "8:acs:" + strings.ToLower(f.ResourceID) + "_" }

// user reads whom a request is about.
func (f family) user(raw string) (string, error) {
	raw = strings.ToLower(raw)
	rest, acs := strings.CutPrefix(raw, "8:acs:")
	_, id, whole := strings.Cut(rest, "_")
	parsed, err := uuid.Parse(id)
	if !acs || !whole || err != nil || parsed.String() != id {
		return "", wire.Fieldf("id", "%.100q is not the id of a user, 8:acs:{resource}_{user}", raw)
	}
	if raw != f.prefix()+id {
		return "", &api.Refusal{Code: unknownIdentity, Field: "id", Reason: "it is a user of another resource"}
	}
	return id, nil
}

// wish reads what is to be granted.
func wish(field string, asked []string, minutes *int) (identity.Wish, error) {
	var w identity.Wish
	for _, scope := range asked {
		scope = strings.ToLower(scope)
		if !slices.Contains(scopes, scope) {
			return w, wire.Fieldf(field, "%.64q is not a scope; there are %s", scope, strings.Join(scopes, ", "))
		}
		if !slices.Contains(w.Scopes, scope) {
			w.Scopes = append(w.Scopes, scope)
		}
	}
	life := longestLife
	if minutes != nil {
		life = *minutes
	}
	if life < shortestLife || life > longestLife {
		return w, wire.Fieldf("expiresInMinutes", "is %d, it has to be from %d to %d", life, shortestLife, longestLife)
	}
	w.Life = time.Duration(life) * time.Minute
	return w, nil
}

func (f family) token(user string, g identity.Grant) published.AccessToken {
	return published.AccessToken{ExpiresOn: wire.Time{Time: g.Expires}, Token: f.Tokens.Token(access.Grant{
		ID: g.ID, Resource: strings.ToLower(f.ResourceID), User: user, Scopes: g.Scopes, Issued: g.Issued, Expires: g.Expires,
	})}
}

// newSeed is random, unless the request can be given again: then what it makes is
// the same each time. The hash keeps a client from choosing another's ids.
func newSeed(r *api.Request) (s identity.Seed) {
	if r.Repeatable.RequestID != "" {
		return sha256.Sum256([]byte("strowger identity of " + r.Param("identity") + "/" + r.Repeatable.RequestID))
	}
	_, _ = rand.Read(s[:]) // crypto/rand never fails
	return s
}

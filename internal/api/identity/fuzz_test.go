package identity

import (
	"context"
	"strings"
	"testing"
	"time"

	"strowger/internal/api"
	"strowger/internal/identity"
	"strowger/internal/wire"
	published "strowger/internal/wire/identity"
)

// bounded is where users would be kept; it holds what comes to the bounds.
type bounded struct{ t *testing.T }

func (b bounded) check(w identity.Wish) {
	if len(w.Scopes) > len(scopes) || w.Life < time.Hour || w.Life > 24*time.Hour {
		b.t.Fatalf("%+v is granted", w)
	}
}

func (b bounded) Make(_ context.Context, _ identity.Seed, w identity.Wish) (identity.User, identity.Grant, error) {
	b.check(w)
	return identity.User{}, identity.Grant{}, identity.ErrFull
}

func (b bounded) Issue(_ context.Context, _ string, _ identity.Seed, w identity.Wish) (identity.Grant, error) {
	b.check(w)
	return identity.Grant{}, identity.ErrUnknown
}

func (b bounded) Revoke(context.Context, string) error { return nil }
func (b bounded) Remove(context.Context, string) error { return nil }

// FuzzRequests puts any body and any id to the surface.
func FuzzRequests(f *testing.F) {
	f.Add([]byte(`{"createTokenWithScopes":["voip"],"expiresInMinutes":60}`), "8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1cff")
	f.Add([]byte(`{"scopes":["voip.join","VoIP"],"expiresInMinutes":-1}`), "8:acs:_")
	f.Add([]byte(`{"scopes":null}`), "8:ACS:{}")
	f.Fuzz(func(t *testing.T, body []byte, raw string) {
		asked := family{Config{ResourceID: "9F4B0D6E-0c1a-4a57-9d5b-5f6f0a4c2b11", Users: bounded{t}}}
		var create published.CreateRequest
		if wire.Decode(body, &create) == nil {
			_, _ = asked.create(t.Context(), &api.Request{}, create)
		}
		var issue published.IssueRequest
		if wire.Decode(body, &issue) == nil {
			if w, err := wish("scopes", issue.Scopes, issue.ExpiresInMinutes); err == nil {
				bounded{t}.check(w)
			}
		}
		if id, err := asked.user(raw); err == nil && (len(id) != 36 || strings.ToLower(id) != id) {
			t.Fatalf("%q is user %q", raw, id)
		}
	})
}

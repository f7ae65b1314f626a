package identity

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"strowger/internal/access"
	"strowger/internal/api"
	"strowger/internal/identity"
	wire "strowger/internal/wire/identity"
)

// Users is where users are kept; *identity.Book is one.
type Users interface {
	Make(context.Context, identity.Seed, identity.Wish) (identity.User, identity.Grant, error)
	Issue(ctx context.Context, id string, s identity.Seed, w identity.Wish) (identity.Grant, error)
	Revoke(ctx context.Context, id string) error
	Remove(ctx context.Context, id string) error
}

// Config is what the family stands on.
type Config struct {
	ResourceID string
	Users      Users
	Tokens     *access.Tokens
	Now        func() time.Time // of the limits
}

type family struct{ Config }

// What the resource may ask in limitTime: our choice, in the order of what the
// service is said to allow.
const (
	limitTime   = 30 * time.Second
	createLimit = 1000
	issueLimit  = 1000
	revokeLimit = 500
	deleteLimit = 500
)

const (
	users = "/identities"
	user  = users + "/{identity}"
)

// Family is the identity API.
func Family(c Config) api.Family {
	f := family{c}
	return api.Family{Versions: wire.Versions(), Codes: codes, Params: map[string]string{"identity": "id"}, Operations: []api.Operation{
		{Name: "createIdentity", Method: http.MethodPost, Path: users, Status: http.StatusCreated,
			Serve: f.limited(createLimit, api.Ask(f.create))},
		{Name: "deleteIdentity", Method: http.MethodDelete, Path: user, Status: http.StatusNoContent,
			Serve: f.limited(deleteLimit, api.Ask(f.remove))},
		{Name: "issueAccessToken", Method: http.MethodPost, Path: user + "/:issueAccessToken", Status: http.StatusOK,
			Serve: f.limited(issueLimit, api.Ask(f.issue))},
		{Name: "revokeAccessTokens", Method: http.MethodPost, Path: user + "/:revokeAccessTokens", Status: http.StatusNoContent,
			Serve: f.limited(revokeLimit, api.Ask(f.revoke))},
		{Name: "exchangeTeamsUserAccessToken", Method: http.MethodPost, Path: "/teamsUser/:exchangeAccessToken",
			Serve: api.Ask(exchange)},
	}}
}

// limited refuses more than so many requests in limitTime.
func (f family) limited(most int, serve api.Serve) api.Serve {
	left := rate.NewLimiter(rate.Every(limitTime/time.Duration(most)), most)
	return func(ctx context.Context, r *api.Request) (api.Response, error) {
		if !left.AllowN(f.Now(), 1) {
			return api.Response{}, &api.Refusal{Code: tooManyRequests, Reason: "the resource has asked for this too often in the last 30 seconds"}
		}
		return serve(ctx, r)
	}
}

// exchange is for users of another service, whom this server does not know.
func exchange(context.Context, *api.Request, api.NoBody) (api.Response, error) {
	return api.Response{}, &api.Refusal{Code: notServed, Reason: "tokens of Teams users cannot be exchanged at this server: it has users of its own only"}
}

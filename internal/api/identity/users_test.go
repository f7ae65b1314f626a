package identity_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"strowger/internal/access"
	"strowger/internal/api/apitest"
	api "strowger/internal/api/identity"
	"strowger/internal/identity"
)

const (
	resource = "9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11"
	nobody   = "8:acs:" + resource + "_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1cff"
	repeat   = "Repeatability-Request-ID: 1d9c55a4-97e8-4a0e-a2ca-84f37b7fb5d2"
	sent     = "Repeatability-First-Sent: Tue, 15 Sep 2026 11:36:15 GMT"
)

// scene is the identity API with a Book behind it whose store may fail.
type scene struct {
	*apitest.Server
	t     *testing.T
	store *store
}

func stage(t *testing.T) *scene {
	t.Helper()
	s := &scene{t: t, store: &store{there: map[string]identity.Entry{}}}
	now := func() time.Time { return apitest.Now }
	book, err := identity.Open(t.Context(), identity.Config{
		Store: s.store, Now: now, Withdrawn: func(string) {}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := access.OpenTokens(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s.Server = apitest.NewServer(t, api.Family(api.Config{ResourceID: resource, Users: book, Tokens: tokens, Now: now}))
	return s
}

// store keeps documents of users, and refuses all when failure is set.
type store struct {
	revision uint64
	there    map[string]identity.Entry
	failure  error
}

func (s *store) Put(_ context.Context, id string, document []byte, _ uint64) (uint64, error) {
	if s.failure != nil {
		return 0, s.failure
	}
	s.revision++
	s.there[id] = identity.Entry{ID: id, Document: document, Revision: s.revision}
	return s.revision, nil
}

func (s *store) Remove(_ context.Context, id string) error {
	delete(s.there, id)
	return s.failure
}

func (s *store) Get(_ context.Context, id string) (identity.Entry, error) {
	e, there := s.there[id]
	if !there {
		return e, identity.ErrUnknown
	}
	return e, nil
}

func (s *store) Each(context.Context, func(identity.Entry)) error { return nil }

func (s *store) Follow(ctx context.Context, _ func(identity.Entry)) error {
	<-ctx.Done()
	return ctx.Err()
}

func (s *scene) ask(method, path, body string, headers ...string) apitest.Answer {
	s.t.Helper()
	return s.Send(method, path+"?api-version=2023-10-01", body, headers...)
}

type created struct {
	Identity    struct{ ID string }
	AccessToken *token
}

type token struct{ Token, ExpiresOn string }

func (s *scene) created(body string, headers ...string) created {
	s.t.Helper()
	got := s.ask("POST", "/identities", body, headers...)
	if got.Status != 201 {
		s.t.Fatalf("create: %d %s", got.Status, got.Body)
	}
	return read[created](s.t, got)
}

func read[T any](t *testing.T, a apitest.Answer) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.Body), &v); err != nil {
		t.Fatalf("%s: %v", a.Body, err)
	}
	return v
}

// at is the path of a user, as the official clients escape it.
func at(id, verb string) string { return "/identities/" + strings.ReplaceAll(id, ":", "%3A") + verb }

func (s *scene) wantRefused(got apitest.Answer, status int, code, field, says string) {
	s.t.Helper()
	gotCode, message, target := got.Error()
	if got.Status != status || gotCode != code || target != field || !strings.Contains(message, says) {
		s.t.Errorf("got %d %s, want %d with code %s for %q saying %q", got.Status, got.Body, status, code, field, says)
	}
}

func TestAUserIsMadeWithAndWithoutAToken(t *testing.T) {
	s := stage(t)
	for _, body := range []string{"", "{}", `{"createTokenWithScopes":[]}`} {
		if u := s.created(body); !strings.HasPrefix(u.Identity.ID, "8:acs:"+resource+"_") || u.AccessToken != nil {
			t.Errorf("%q makes %+v", body, u)
		}
	}
	u := s.created(`{"createTokenWithScopes":["voip","chat"],"expiresInMinutes":60}`)
	if u.AccessToken == nil || u.AccessToken.ExpiresOn != "2026-09-15T12:36:15.0000000+00:00" {
		t.Fatalf("the token is %+v", u.AccessToken)
	}
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(u.AccessToken.Token, claims); err != nil {
		t.Fatal(err)
	}
	if claims["skypeid"] != strings.TrimPrefix(u.Identity.ID, "8:") || claims["acsScope"] != "voip,chat" || claims["exp"] != float64(apitest.Now.Add(time.Hour).Unix()) {
		t.Errorf("it says %v", claims)
	}
}

func TestTokensAreIssuedForADayUnlessLessIsWanted(t *testing.T) {
	s := stage(t)
	u := s.created("")
	for body, want := range map[string]string{
		`{"scopes":["voip"]}`:                              "2026-09-16T11:36:15.0000000+00:00",
		`{"scopes":["voip.join"],"expiresInMinutes":60}`:   "2026-09-15T12:36:15.0000000+00:00",
		`{"scopes":["chat.join"],"expiresInMinutes":1440}`: "2026-09-16T11:36:15.0000000+00:00",
	} {
		got := s.ask("POST", at(u.Identity.ID, "/:issueAccessToken"), body)
		if issued := read[token](t, got); got.Status != 200 || issued.ExpiresOn != want || strings.Count(issued.Token, ".") != 2 {
			t.Errorf("%s: %d %s", body, got.Status, got.Body)
		}
	}
}

func TestEveryIdentityVersionIsSpoken(t *testing.T) {
	s := stage(t)
	for _, version := range []string{"2021-03-07", "2022-06-01", "2022-10-01", "2023-10-01"} {
		if got := s.Send("POST", "/identities?api-version="+version, "{}"); got.Status != 201 {
			t.Errorf("%s: %d %s", version, got.Status, got.Body)
		}
	}
	s.wantRefused(s.Send("POST", "/identities?api-version=2020-01-01", "{}"), 400, "InvalidInput", "api-version", "use one of 2021-03-07, 2022-06-01")
}

func TestUsersAreRevokedAndRemoved(t *testing.T) {
	s := stage(t)
	u := s.created(`{"createTokenWithScopes":["voip"]}`).Identity.ID
	for range 2 {
		if got := s.ask("POST", at(u, "/:revokeAccessTokens"), ""); got.Status != 204 || got.Body != "" {
			t.Errorf("revoke: %d %s", got.Status, got.Body)
		}
	}
	for range 2 {
		if got := s.ask("DELETE", at(u, ""), ""); got.Status != 204 || got.Body != "" {
			t.Errorf("delete: %d %s", got.Status, got.Body)
		}
	}
	s.wantRefused(s.ask("POST", at(u, "/:revokeAccessTokens"), ""), 404, "IdentityNotFound", "id", "no such user")
	s.wantRefused(s.ask("POST", at(u, "/:issueAccessToken"), `{"scopes":["voip"]}`), 404, "IdentityNotFound", "id", "no such user")
}

func TestARepeatedRequestIsAnsweredAsTheFirst(t *testing.T) {
	s := stage(t)
	first := s.ask("POST", "/identities", `{"createTokenWithScopes":["voip"]}`, repeat, sent)
	if again := s.ask("POST", "/identities", `{"createTokenWithScopes":["voip"]}`, repeat, sent); again.Body != first.Body || again.Status != 201 {
		t.Errorf("made twice: %s and %s", first.Body, again.Body)
	}
	u := read[created](t, first).Identity.ID
	issue := func() apitest.Answer {
		return s.ask("POST", at(u, "/:issueAccessToken"), `{"scopes":["voip"]}`, repeat, sent)
	}
	if one, two := issue(), issue(); one.Body != two.Body || strings.Contains(first.Body, read[token](t, one).Token) {
		t.Errorf("issued %s and %s", one.Body, two.Body)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	s := stage(t)
	u := s.created("").Identity.ID
	for _, w := range []struct{ path, body, field, says string }{
		{"/identities", `{"createTokenWithScopes":["fax"]}`, "createTokenWithScopes", `"fax" is not a scope`},
		{"/identities", `{"createTokenWithScopes":["voip"],"expiresInMinutes":59}`, "expiresInMinutes", "from 60 to 1440"},
		{"/identities", `{"createTokenWithScopes":["voip"],"expiresInMinutes":1441}`, "expiresInMinutes", "from 60 to 1440"},
		{"/identities", `{"createTokenWithScopes":"voip"}`, "createTokenWithScopes", "stands where"},
		{"/identities", `{"createTokenWithScopes":[` + strings.Repeat(`"voip",`, 16) + `"voip"]}`, "createTokenWithScopes", "16 at most"},
		{"/identities", `{"createTokenWithScopes":["` + strings.Repeat("v", 65) + `"]}`, "createTokenWithScopes[0]", "longer than 64"},
		{"/identities", `[`, "", "not JSON"},
		{at(u, "/:issueAccessToken"), ``, "scopes", "missing"},
		{at(u, "/:issueAccessToken"), `{"scopes":[]}`, "scopes", "missing or empty"},
		{at(u, "/:issueAccessToken"), `{"scopes":["voip","x"]}`, "scopes", `"x" is not a scope`},
		{at(u, "/:issueAccessToken"), `{"scopes":["voip"],"expiresInMinutes":0}`, "expiresInMinutes", "from 60 to 1440"},
		{at("4:+14255550100", "/:issueAccessToken"), `{"scopes":["voip"]}`, "id", "not the id of a user"},
		{at("8:acs:"+resource+"_alice", "/:revokeAccessTokens"), ``, "id", "not the id of a user"},
	} {
		s.wantRefused(s.ask("POST", w.path, w.body), 400, "InvalidInput", w.field, w.says)
	}
	s.wantRefused(s.ask("POST", at(nobody, "/:issueAccessToken"), `{"scopes":["voip"]}`), 404, "IdentityNotFound", "id", "no such user")
	elsewhere := "8:acs:11111111-0c1a-4a57-9d5b-5f6f0a4c2b11_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1cff"
	s.wantRefused(s.ask("DELETE", at(elsewhere, ""), ""), 404, "IdentityNotFound", "id", "another resource")
	if len(s.store.there) != 1 {
		t.Errorf("%d users are stored", len(s.store.there))
	}
}

func TestATeamsTokenIsNotExchanged(t *testing.T) {
	s := stage(t)
	s.wantRefused(s.ask("POST", "/teamsUser/:exchangeAccessToken", `{"token":"t","appId":"a","userId":"u"}`), 405, "NotSupported", "", "Teams")
}

func TestAnUnsignedRequestIsDenied(t *testing.T) {
	s := stage(t)
	got := s.ask("POST", "/identities", "{}", "Authorization: Bearer x")
	s.wantRefused(got, 401, "Denied", "", "")
}

func TestAStoreWithoutRoomIsAnswered503(t *testing.T) {
	s := stage(t)
	u := s.created("").Identity.ID
	s.store.failure = identity.ErrNoRoom
	s.wantRefused(s.ask("POST", "/identities", "{}"), 503, "ServiceUnavailable", "", "cannot be stored")
	s.wantRefused(s.ask("DELETE", at(u, ""), ""), 503, "ServiceUnavailable", "", "cannot be stored")
}

func TestWhoAsksTooOftenIsTold(t *testing.T) {
	s := stage(t)
	for range 500 {
		if got := s.ask("DELETE", at(nobody, ""), ""); got.Status != 204 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
	}
	got := s.ask("DELETE", at(nobody, ""), "")
	s.wantRefused(got, 429, "TooManyRequests", "", "too often")
	if got.Header.Get("Retry-After") == "" {
		t.Error("it is not told when to ask again")
	}
	if u := s.created(""); u.Identity.ID == "" { // which has a limit of its own
		t.Error("nobody can be made")
	}
}

package identity

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"strowger/internal/wire"
)

func TestRequestsAreReadAndBounded(t *testing.T) {
	var create CreateRequest
	if err := wire.Decode([]byte(`{"createTokenWithScopes":["chat","voip"],"expiresInMinutes":60}`), &create); err != nil {
		t.Fatal(err)
	}
	if len(create.CreateTokenWithScopes) != 2 || create.ExpiresInMinutes == nil || *create.ExpiresInMinutes != 60 {
		t.Errorf("it reads %+v", create)
	}
	for _, request := range []any{CreateRequest{}, IssueRequest{}} {
		if _, err := wire.Bounds(reflect.TypeOf(request)); err != nil {
			t.Error(err)
		}
	}
}

func TestAnswersAreWrittenAsPublished(t *testing.T) {
	end := wire.Time{Time: time.Date(2026, 9, 15, 12, 36, 15, 0, time.UTC)}
	for want, answer := range map[string]any{
		`{"identity":{"id":"8:acs:r_u"}}`: Created{Identity: Identity{ID: "8:acs:r_u"}},
		`{"identity":{"id":"8:acs:r_u"},"accessToken":{"token":"a.b.c","expiresOn":"2026-09-15T12:36:15.0000000+00:00"}}`: Created{
			Identity: Identity{ID: "8:acs:r_u"}, AccessToken: &AccessToken{Token: "a.b.c", ExpiresOn: end},
		},
	} {
		if got, err := json.Marshal(answer); err != nil || string(got) != want {
			t.Errorf("it writes %s, %v; want %s", got, err, want)
		}
	}
}

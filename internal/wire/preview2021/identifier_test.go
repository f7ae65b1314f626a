package preview2021

import (
	"encoding/json"
	"testing"
)

func TestIdentifiersAreOfTheFormsOf2021(t *testing.T) {
	for raw, want := range map[string]string{
		"8:acs:r_u":        `{"rawId":"8:acs:r_u","communicationUser":{"id":"8:acs:r_u"}}`,
		"4:+14255550123":   `{"rawId":"4:+14255550123","phoneNumber":{"value":"+14255550123"}}`,
		"4:+14255550123_2": `{"rawId":"4:+14255550123_2","phoneNumber":{"value":"+14255550123"}}`,
		"4:anonymous":      `{"rawId":"4:anonymous","phoneNumber":{"value":"anonymous"}}`,
		"8:orgid:u":        `{"rawId":"8:orgid:u","microsoftTeamsUser":{"userId":"u","isAnonymous":false,"cloud":"public"}}`,
		"8:teamsvisitor:u": `{"rawId":"8:teamsvisitor:u","microsoftTeamsUser":{"userId":"u","isAnonymous":true}}`,
		"8:acs:r_t_u":      `{"rawId":"8:acs:r_t_u","communicationUser":{"id":"8:acs:r_t_u"}}`,
		"28:orgid:bot":     `{"rawId":"28:orgid:bot"}`,
		"anything":         `{"rawId":"anything"}`,
	} {
		got, err := json.Marshal(Identifier(raw))
		if err != nil || string(got) != want {
			t.Errorf("%s is %s (%v), want %s", raw, got, err, want)
		}
	}
}

func TestNobodyIsAnEmptyListOfIdentifiers(t *testing.T) {
	got, err := json.Marshal(AudioGroupResult{AudioRoutingMode: Multicast, Targets: Identifiers[string](nil)})
	if want := `{"audioRoutingMode":"multicast","targets":[]}`; err != nil || string(got) != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
}

// FuzzIdentifier sends back what answers and events carry: applications do.
func FuzzIdentifier(f *testing.F) {
	for _, raw := range []string{"8:acs:r_u", "8:acs:r_t_u", "4:+1_2", "4:anonymous", "8:orgid:u", "28:orgid:bot", "anything"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		id := Identifier(raw)
		if id.Kind != "" || id.RawID != raw || id.MicrosoftTeamsApp != nil || id.TeamsExtensionUser != nil {
			t.Fatalf("%q is %+v", raw, id)
		}
		if back, err := id.Resolve(); err == nil && back.RawID != raw {
			t.Fatalf("%q comes back as %q", raw, back.RawID)
		}
	})
}

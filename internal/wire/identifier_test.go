package wire

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

const user = "8:acs:9f4b0d6e_7e0f5a52"

func TestEveryPublishedRawIDHasItsModel(t *testing.T) {
	for raw, want := range map[string]string{
		user:                    `{"kind":"communicationUser","rawId":"8:acs:9f4b0d6e_7e0f5a52","communicationUser":{"id":"8:acs:9f4b0d6e_7e0f5a52"}}`,
		"8:spool:a_b_c":         `{"kind":"communicationUser","rawId":"8:spool:a_b_c","communicationUser":{"id":"8:spool:a_b_c"}}`,
		"8:dod-acs:a_b":         `{"kind":"communicationUser","rawId":"8:dod-acs:a_b","communicationUser":{"id":"8:dod-acs:a_b"}}`,
		"8:gcch-acs:a_b":        `{"kind":"communicationUser","rawId":"8:gcch-acs:a_b","communicationUser":{"id":"8:gcch-acs:a_b"}}`,
		"8:acs:r_t_u":           `{"kind":"teamsExtensionUser","rawId":"8:acs:r_t_u","teamsExtensionUser":{"userId":"u","tenantId":"t","resourceId":"r","cloud":"public"}}`,
		"8:gcch-acs:r_t_u":      `{"kind":"teamsExtensionUser","rawId":"8:gcch-acs:r_t_u","teamsExtensionUser":{"userId":"u","tenantId":"t","resourceId":"r","cloud":"gcch"}}`,
		"4:+14255550123":        `{"kind":"phoneNumber","rawId":"4:+14255550123","phoneNumber":{"value":"+14255550123"}}`,
		"4:+14255550123_12":     `{"kind":"phoneNumber","rawId":"4:+14255550123_12","phoneNumber":{"value":"+14255550123","assertedId":"12"}}`,
		"4:anonymous":           `{"kind":"phoneNumber","rawId":"4:anonymous","phoneNumber":{"value":"anonymous","isAnonymous":true}}`,
		"8:orgid:x":             `{"kind":"microsoftTeamsUser","rawId":"8:orgid:x","microsoftTeamsUser":{"userId":"x","isAnonymous":false,"cloud":"public"}}`,
		"8:dod:x":               `{"kind":"microsoftTeamsUser","rawId":"8:dod:x","microsoftTeamsUser":{"userId":"x","isAnonymous":false,"cloud":"dod"}}`,
		"8:teamsvisitor:x":      `{"kind":"microsoftTeamsUser","rawId":"8:teamsvisitor:x","microsoftTeamsUser":{"userId":"x","isAnonymous":true}}`,
		"28:orgid:x":            `{"kind":"microsoftTeamsApp","rawId":"28:orgid:x","microsoftTeamsApp":{"appId":"x","cloud":"public"}}`,
		"28:gcch:x":             `{"kind":"microsoftTeamsApp","rawId":"28:gcch:x","microsoftTeamsApp":{"appId":"x","cloud":"gcch"}}`,
		"48:45ab2481":           `{"kind":"unknown","rawId":"48:45ab2481"}`,
		"8:acs:":                `{"kind":"unknown","rawId":"8:acs:"}`,
		"4:":                    `{"kind":"unknown","rawId":"4:"}`,
		"8:acs:no-parts":        `{"kind":"communicationUser","rawId":"8:acs:no-parts","communicationUser":{"id":"8:acs:no-parts"}}`,
		"8:acs:four_p_a_rts":    `{"kind":"communicationUser","rawId":"8:acs:four_p_a_rts","communicationUser":{"id":"8:acs:four_p_a_rts"}}`,
		"8:acs:empty__part":     `{"kind":"communicationUser","rawId":"8:acs:empty__part","communicationUser":{"id":"8:acs:empty__part"}}`,
		"8:teamsvisitor":        `{"kind":"unknown","rawId":"8:teamsvisitor"}`,
		"something else at all": `{"kind":"unknown","rawId":"something else at all"}`,
	} {
		got, err := json.Marshal(FromRawID(raw))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s stands for\n%s, want\n%s", raw, got, want)
		}
	}
}

func TestEveryWayToSendAnIdentifierResolvesToTheSame(t *testing.T) {
	for name, document := range map[string]string{
		"all of it":        `{"kind":"phoneNumber","rawId":"4:+1","phoneNumber":{"value":"+1","isAnonymous":false}}`,
		"without kind":     `{"rawId":"4:+1","phoneNumber":{"value":"+1","isAnonymous":false}}`,
		"raw id alone":     `{"rawId":"4:+1"}`,
		"model alone":      `{"phoneNumber":{"value":"+1"}}`,
		"kind and raw id":  `{"kind":"phoneNumber","rawId":"4:+1"}`,
		"kind and model":   `{"kind":"phoneNumber","phoneNumber":{"value":"+1"}}`,
		"kind in any case": `{"kind":"PhoneNumber","phoneNumber":{"value":"+1"}}`,
		"unknown, said so": `{"kind":"unknown","rawId":"4:+1"}`,
	} {
		got, err := resolve(t, document)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := FromRawID("4:+1"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s resolves to %+v, want %+v", name, got, want)
		}
	}
}

func TestAnAssertedIDMayStandInTheRawIDOnly(t *testing.T) {
	got, err := resolve(t, `{"rawId":"4:+1_9","phoneNumber":{"value":"+1"}}`)
	if err != nil || got.PhoneNumber.AssertedID != "9" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestModelsOfTeamsResolveToTheirRawIDs(t *testing.T) {
	for document, want := range map[string]string{
		`{"microsoftTeamsUser":{"userId":"u"}}`:                                                   "8:orgid:u",
		`{"microsoftTeamsUser":{"userId":"u","cloud":"GCCH"}}`:                                    "8:gcch:u",
		`{"microsoftTeamsUser":{"userId":"u","isAnonymous":true}}`:                                "8:teamsvisitor:u",
		`{"microsoftTeamsApp":{"appId":"a","cloud":"dod"}}`:                                       "28:dod:a",
		`{"teamsExtensionUser":{"userId":"u","tenantId":"t","resourceId":"r"}}`:                   "8:acs:r_t_u",
		`{"teamsExtensionUser":{"userId":"u","tenantId":"t","resourceId":"r","cloud":"dod"}}`:     "8:dod-acs:r_t_u",
		`{"kind":"communicationUser","rawId":"8:acs:a_b","communicationUser":{"id":"8:acs:a_b"}}`: "8:acs:a_b",
		`{"communicationUser":{"id":"an id of another sort"}}`:                                    "an id of another sort",
		`{"phoneNumber":{"value":"+1","assertedId":"7"}}`:                                         "4:+1_7",
		`{"phoneNumber":{"value":"anonymous"}}`:                                                   "4:anonymous",
		`{"phoneNumber":{"value":"","isAnonymous":true}}`:                                         "4:anonymous",
	} {
		got, err := resolve(t, document)
		if err != nil || got.RawID != want {
			t.Errorf("%s resolves to %q, %v; want %q", document, got.RawID, err, want)
		}
	}
}

func TestAWrongIdentifierIsToldWhichMemberIsWrong(t *testing.T) {
	for document, field := range map[string]string{
		`{}`:                     "rawId",
		`{"kind":"phoneNumber"}`: "rawId",
		`{"kind":"room"}`:        "kind",
		`{"kind":"communicationUser","rawId":"4:+1"}`:                                       "kind",
		`{"kind":"communicationUser","phoneNumber":{"value":"+1"}}`:                         "kind",
		`{"communicationUser":{"id":"8:acs:a_b"},"phoneNumber":{"value":"+1"}}`:             "",
		`{"communicationUser":{}}`:                                                          "communicationUser.id",
		`{"communicationUser":{"id":"4:+1"}}`:                                               "communicationUser.id",
		`{"phoneNumber":{}}`:                                                                "phoneNumber.value",
		`{"microsoftTeamsUser":{}}`:                                                         "microsoftTeamsUser.userId",
		`{"microsoftTeamsUser":{"userId":"u","cloud":"mars"}}`:                              "microsoftTeamsUser.cloud",
		`{"microsoftTeamsApp":{}}`:                                                          "microsoftTeamsApp.appId",
		`{"teamsExtensionUser":{"userId":"u","resourceId":"r"}}`:                            "teamsExtensionUser.tenantId",
		`{"teamsExtensionUser":{"userId":"u","tenantId":"t"}}`:                              "teamsExtensionUser.resourceId",
		`{"teamsExtensionUser":{"tenantId":"t","resourceId":"r"}}`:                          "teamsExtensionUser.userId",
		`{"teamsExtensionUser":{"userId":"u","tenantId":"t","resourceId":"r","cloud":"x"}}`: "teamsExtensionUser.cloud",
		`{"rawId":"4:+2","phoneNumber":{"value":"+1"}}`:                                     "rawId",
		`{"rawId":"a\nb"}`:                                                                  "rawId",
		`{"phoneNumber":{"value":"` + strings.Repeat("1", 200) + `","assertedId":"` + strings.Repeat("a", 200) + `"}}`: "phoneNumber",
	} {
		_, err := resolve(t, document)
		var fault *FieldError
		if !errors.As(err, &fault) {
			t.Errorf("%.60s is accepted (%v)", document, err)
			continue
		}
		if fault.Field != field || fault.Reason == "" {
			t.Errorf("%.60s: the fault is in %q (%s), want %q", document, fault.Field, fault.Reason, field)
		}
	}
}

func TestAFaultIsPlacedBelowItsParents(t *testing.T) {
	fault := Fieldf("value", "is missing").Within("phoneNumber").Within("[1]").Within("targets")
	if fault.Field != "targets[1].phoneNumber.value" {
		t.Error(fault.Field)
	}
	if whole := Fieldf("", "is wrong").Within("target"); whole.Error() != "target: is wrong" {
		t.Error(whole)
	}
}

func resolve(t *testing.T, document string) (Identifier, error) {
	t.Helper()
	var id Identifier
	if err := Decode([]byte(document), &id); err != nil {
		t.Fatal(err)
	}
	return id.Resolve()
}

func FuzzIdentifier(f *testing.F) {
	f.Add([]byte(`{"kind":"phoneNumber","rawId":"4:+1_2","phoneNumber":{"value":"+1","isAnonymous":false}}`))
	f.Add([]byte(`{"teamsExtensionUser":{"userId":"u","tenantId":"t","resourceId":"r"}}`))
	f.Add([]byte(`{"communicationUser":{"id":"8:acs:a_b"}}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		var sent Identifier
		if Decode(document, &sent) != nil {
			return
		}
		first, err := sent.Resolve()
		if err != nil {
			return
		}
		if first.RawID == "" || first.Kind == "" {
			t.Fatalf("resolved without raw id or kind: %+v", first)
		}
		again, err := first.Resolve()
		if err != nil || !reflect.DeepEqual(again, first) {
			t.Fatalf("what was resolved resolves again to %+v (%v), not %+v", again, err, first)
		}
	})
}

func FuzzRawID(f *testing.F) {
	for _, raw := range []string{user, "8:acs:r_t_u", "4:+1_2", "4:anonymous", "28:orgid:x", "8:teamsvisitor:x"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		id := FromRawID(raw)
		if id.RawID != raw {
			t.Fatalf("%q became %q", raw, id.RawID)
		}
		if again, err := id.Resolve(); err == nil && again.RawID != raw {
			t.Fatalf("%q resolves to %q", raw, again.RawID)
		}
	})
}

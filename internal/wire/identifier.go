package wire

import (
	"strings"
	"unicode"
)

// Kind says which sort of communication identifier an Identifier is.
type Kind string

// The published kinds.
const (
	KindUnknown            Kind = "unknown"
	KindCommunicationUser  Kind = "communicationUser"
	KindPhoneNumber        Kind = "phoneNumber"
	KindMicrosoftTeamsUser Kind = "microsoftTeamsUser"
	KindMicrosoftTeamsApp  Kind = "microsoftTeamsApp"
	KindTeamsExtensionUser Kind = "teamsExtensionUser"
)

// Cloud is the sovereign cloud that a Teams identity lives in.
type Cloud string

// The published clouds.
const (
	CloudPublic Cloud = "public"
	CloudDoD    Cloud = "dod"
	CloudGCCH   Cloud = "gcch"
)

// Identifier names a participant. A request may give only the raw id, only one
// of the nested models, or all of it; Resolve makes the answer complete.
type Identifier struct {
	Kind               Kind                `json:"kind,omitempty" max:"64"`
	RawID              string              `json:"rawId,omitempty" max:"256"`
	CommunicationUser  *CommunicationUser  `json:"communicationUser,omitempty"`
	PhoneNumber        *PhoneNumber        `json:"phoneNumber,omitempty"`
	MicrosoftTeamsUser *MicrosoftTeamsUser `json:"microsoftTeamsUser,omitempty"`
	MicrosoftTeamsApp  *MicrosoftTeamsApp  `json:"microsoftTeamsApp,omitempty"`
	TeamsExtensionUser *TeamsExtensionUser `json:"teamsExtensionUser,omitempty"`
}

// CommunicationUser is a user of the resource; its id is its raw id.
type CommunicationUser struct {
	ID string `json:"id" max:"256"`
}

// PhoneNumber is a number in E.164 form, or "anonymous". IsAnonymous is a
// pointer because official clients send false where others send nothing.
type PhoneNumber struct {
	Value       string `json:"value" max:"256"`
	IsAnonymous *bool  `json:"isAnonymous,omitempty"`
	AssertedID  string `json:"assertedId,omitempty" max:"256"`
}

// MicrosoftTeamsUser is a Teams user, or an anonymous visitor of a meeting.
type MicrosoftTeamsUser struct {
	UserID      string `json:"userId" max:"256"`
	IsAnonymous *bool  `json:"isAnonymous,omitempty"`
	Cloud       Cloud  `json:"cloud,omitempty" max:"64"`
}

// MicrosoftTeamsApp is a bot or a voice application of Teams.
type MicrosoftTeamsApp struct {
	AppID string `json:"appId" max:"256"`
	Cloud Cloud  `json:"cloud,omitempty" max:"64"`
}

// TeamsExtensionUser is a Teams user reached through a communication resource.
type TeamsExtensionUser struct {
	UserID     string `json:"userId" max:"256"`
	TenantID   string `json:"tenantId" max:"256"`
	ResourceID string `json:"resourceId" max:"256"`
	Cloud      Cloud  `json:"cloud,omitempty" max:"64"`
}

// rawIDMax bounds what we repeat in events, subjects and paths. Real raw ids
// are about 80 characters.
const rawIDMax = 256

// Resolve completes an identifier that a client sent: kind, raw id and nested
// model, as answers and events carry it. Every error is a *FieldError whose
// path begins below the identifier.
func (id Identifier) Resolve() (Identifier, error) {
	nested := id.models()
	if len(nested) > 1 {
		return Identifier{}, Fieldf("", "names both %s and %s; one identifier has one of them", nested[0].kind, nested[1].kind)
	}
	if err := id.checkKind(nested); err != nil {
		return Identifier{}, err
	}
	if len(nested) == 0 {
		return id.resolveRaw()
	}
	return id.resolveNested(nested[0])
}

// model is a nested model seen through the one thing that they share.
type model struct {
	kind  Kind
	rawID func() (string, *FieldError)
}

func (id Identifier) models() []model {
	var found []model
	if m := id.CommunicationUser; m != nil {
		found = append(found, model{KindCommunicationUser, m.rawID})
	}
	if m := id.PhoneNumber; m != nil {
		found = append(found, model{KindPhoneNumber, m.rawID})
	}
	if m := id.MicrosoftTeamsUser; m != nil {
		found = append(found, model{KindMicrosoftTeamsUser, m.rawID})
	}
	if m := id.MicrosoftTeamsApp; m != nil {
		found = append(found, model{KindMicrosoftTeamsApp, m.rawID})
	}
	if m := id.TeamsExtensionUser; m != nil {
		found = append(found, model{KindTeamsExtensionUser, m.rawID})
	}
	return found
}

var kinds = []Kind{
	KindUnknown, KindCommunicationUser, KindPhoneNumber,
	KindMicrosoftTeamsUser, KindMicrosoftTeamsApp, KindTeamsExtensionUser,
}

func (id Identifier) checkKind(nested []model) error {
	if id.Kind == "" {
		return nil
	}
	canonical, ok := canonicalKind(id.Kind)
	if !ok {
		return Fieldf("kind", "%q is not a kind of identifier", id.Kind)
	}
	if len(nested) == 1 && canonical != nested[0].kind {
		return Fieldf("kind", "says %s, but the identifier holds %s", canonical, nested[0].kind)
	}
	return nil
}

// canonicalKind accepts any case, as all enumerations of requests do.
func canonicalKind(k Kind) (Kind, bool) {
	for _, known := range kinds {
		if strings.EqualFold(string(k), string(known)) {
			return known, true
		}
	}
	return "", false
}

func (id Identifier) resolveRaw() (Identifier, error) {
	if id.RawID == "" {
		return Identifier{}, Fieldf("rawId", "is missing, and so is every nested model")
	}
	if err := checkRawID("rawId", id.RawID); err != nil {
		return Identifier{}, err
	}
	complete := FromRawID(id.RawID)
	if kind, _ := canonicalKind(id.Kind); kind != "" && kind != KindUnknown && kind != complete.Kind {
		return Identifier{}, Fieldf("kind", "says %s, but rawId %q is %s", kind, id.RawID, complete.Kind)
	}
	return complete, nil
}

func (id Identifier) resolveNested(m model) (Identifier, error) {
	raw, fault := m.rawID()
	if fault != nil {
		return Identifier{}, fault.Within(string(m.kind))
	}
	if err := checkRawID(string(m.kind), raw); err != nil {
		return Identifier{}, err
	}
	if strings.EqualFold(id.RawID, raw) || id.RawID == "" {
		return id.complete(m.kind, raw), nil
	}
	if !addsAssertedID(id.RawID, raw) {
		return Identifier{}, Fieldf("rawId", "%q is not the %s beside it (%q)", id.RawID, m.kind, raw)
	}
	return id.complete(m.kind, id.RawID), checkRawID("rawId", id.RawID)
}

// complete prefers the form that we would give the raw id ourselves. A user id
// of a form that we do not know stays the user that its sender says it is.
func (id Identifier) complete(kind Kind, raw string) Identifier {
	if canonical := FromRawID(raw); canonical.Kind == kind {
		return canonical
	}
	id.Kind, id.RawID = kind, raw
	return id
}

// addsAssertedID lets a raw id carry the asserted id of a number whose nested
// model was made from the number alone.
func addsAssertedID(given, derived string) bool {
	number, _, asserted := strings.Cut(given, "_")
	return asserted && strings.HasPrefix(given, "4:") && number == derived
}

func checkRawID(field, raw string) error {
	if len(raw) > rawIDMax {
		return Fieldf(field, "is longer than %d characters", rawIDMax)
	}
	if strings.ContainsFunc(raw, unicode.IsControl) {
		return Fieldf(field, "holds a control character")
	}
	return nil
}

package wire

import "strings"

// anonymous is the value and the raw id of a withheld number.
const anonymous = "anonymous"

// userPrefixes lead the raw ids of communication users; cloud is that of a
// Teams extension user with the same prefix.
var userPrefixes = []struct {
	prefix string
	cloud  Cloud
}{
	{"8:acs:", CloudPublic},
	{"8:spool:", CloudPublic},
	{"8:dod-acs:", CloudDoD},
	{"8:gcch-acs:", CloudGCCH},
}

// teamsClouds are the middle parts of 8:{…}:{user} and 28:{…}:{app}.
var teamsClouds = []struct {
	name  string
	cloud Cloud
}{
	{"orgid:", CloudPublic},
	{"dod:", CloudDoD},
	{"gcch:", CloudGCCH},
}

// FromRawID is the complete identifier that a raw id stands for. Every string
// is a raw id: one of no known form is of kind unknown.
func FromRawID(raw string) Identifier {
	if id, ok := fromPhoneRawID(raw); ok {
		return id
	}
	if id, ok := fromUserRawID(raw); ok {
		return id
	}
	if id, ok := fromTeamsRawID(raw); ok {
		return id
	}
	return Identifier{Kind: KindUnknown, RawID: raw}
}

func fromPhoneRawID(raw string) (Identifier, bool) {
	number, ok := strings.CutPrefix(raw, "4:")
	if !ok || number == "" {
		return Identifier{}, false
	}
	phone := &PhoneNumber{Value: number}
	if number == anonymous {
		phone.IsAnonymous = new(true)
	}
	// An asserted id tells apart one number that is in a call twice.
	if at := strings.LastIndexByte(number, '_'); at > 0 && at < len(number)-1 {
		phone.Value, phone.AssertedID = number[:at], number[at+1:]
	}
	return Identifier{Kind: KindPhoneNumber, RawID: raw, PhoneNumber: phone}, true
}

func fromUserRawID(raw string) (Identifier, bool) {
	for _, form := range userPrefixes {
		suffix, ok := strings.CutPrefix(raw, form.prefix)
		if !ok || suffix == "" {
			continue
		}
		if extension, ok := extensionUser(suffix, form.cloud); ok && form.prefix != "8:spool:" {
			return Identifier{Kind: KindTeamsExtensionUser, RawID: raw, TeamsExtensionUser: extension}, true
		}
		return Identifier{Kind: KindCommunicationUser, RawID: raw, CommunicationUser: &CommunicationUser{ID: raw}}, true
	}
	return Identifier{}, false
}

// extensionUser reads {resource}_{tenant}_{user}: three parts are a Teams
// extension user, two are a plain user of the resource.
func extensionUser(suffix string, cloud Cloud) (*TeamsExtensionUser, bool) {
	parts := strings.Split(suffix, "_")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return nil, false
	}
	return &TeamsExtensionUser{ResourceID: parts[0], TenantID: parts[1], UserID: parts[2], Cloud: cloud}, true
}

func fromTeamsRawID(raw string) (Identifier, bool) {
	if visitor, ok := strings.CutPrefix(raw, "8:teamsvisitor:"); ok && visitor != "" {
		user := &MicrosoftTeamsUser{UserID: visitor, IsAnonymous: new(true)}
		return Identifier{Kind: KindMicrosoftTeamsUser, RawID: raw, MicrosoftTeamsUser: user}, true
	}
	for _, form := range teamsClouds {
		if user, ok := strings.CutPrefix(raw, "8:"+form.name); ok && user != "" {
			model := &MicrosoftTeamsUser{UserID: user, IsAnonymous: new(false), Cloud: form.cloud}
			return Identifier{Kind: KindMicrosoftTeamsUser, RawID: raw, MicrosoftTeamsUser: model}, true
		}
		if app, ok := strings.CutPrefix(raw, "28:"+form.name); ok && app != "" {
			model := &MicrosoftTeamsApp{AppID: app, Cloud: form.cloud}
			return Identifier{Kind: KindMicrosoftTeamsApp, RawID: raw, MicrosoftTeamsApp: model}, true
		}
	}
	return Identifier{}, false
}

func (u *CommunicationUser) rawID() (string, *FieldError) {
	if u.ID == "" {
		return "", Fieldf("id", "is missing")
	}
	switch kind := FromRawID(u.ID).Kind; kind {
	case KindPhoneNumber, KindMicrosoftTeamsUser, KindMicrosoftTeamsApp:
		return "", Fieldf("id", "%q is a %s", u.ID, kind)
	}
	return u.ID, nil
}

func (p *PhoneNumber) rawID() (string, *FieldError) {
	switch {
	case p.IsAnonymous != nil && *p.IsAnonymous, p.Value == anonymous:
		return "4:" + anonymous, nil
	case p.Value == "":
		return "", Fieldf("value", "is missing")
	case p.AssertedID != "":
		return "4:" + p.Value + "_" + p.AssertedID, nil
	}
	return "4:" + p.Value, nil
}

func (u *MicrosoftTeamsUser) rawID() (string, *FieldError) {
	if u.UserID == "" {
		return "", Fieldf("userId", "is missing")
	}
	if u.IsAnonymous != nil && *u.IsAnonymous {
		return "8:teamsvisitor:" + u.UserID, nil
	}
	name, fault := teamsCloud(u.Cloud)
	return "8:" + name + u.UserID, fault
}

func (a *MicrosoftTeamsApp) rawID() (string, *FieldError) {
	if a.AppID == "" {
		return "", Fieldf("appId", "is missing")
	}
	name, fault := teamsCloud(a.Cloud)
	return "28:" + name + a.AppID, fault
}

func (u *TeamsExtensionUser) rawID() (string, *FieldError) {
	switch {
	case u.UserID == "":
		return "", Fieldf("userId", "is missing")
	case u.TenantID == "":
		return "", Fieldf("tenantId", "is missing")
	case u.ResourceID == "":
		return "", Fieldf("resourceId", "is missing")
	}
	suffix := u.ResourceID + "_" + u.TenantID + "_" + u.UserID
	for _, form := range userPrefixes {
		if sameCloud(u.Cloud, form.cloud) {
			return form.prefix + suffix, nil
		}
	}
	return "", Fieldf("cloud", "%q is not one of public, dod and gcch", u.Cloud)
}

func teamsCloud(cloud Cloud) (string, *FieldError) {
	for _, form := range teamsClouds {
		if sameCloud(cloud, form.cloud) {
			return form.name, nil
		}
	}
	return "", Fieldf("cloud", "%q is not one of public, dod and gcch", cloud)
}

// sameCloud takes an absent cloud for the public one.
func sameCloud(given, known Cloud) bool {
	return strings.EqualFold(string(given), string(known)) || (given == "" && known == CloudPublic)
}

package preview2021

import "strowger/internal/wire"

// Identifier is the identifier with a raw id as answers and events of this
// family carry it: without kind, a number by its value alone. What was published
// later, the raw id has to tell: applications take it for an identifier that they
// do not know.
func Identifier(rawID string) wire.Identifier {
	known := wire.FromRawID(rawID)
	id := wire.Identifier{RawID: rawID, CommunicationUser: known.CommunicationUser, MicrosoftTeamsUser: known.MicrosoftTeamsUser}
	switch {
	case known.PhoneNumber != nil:
		id.PhoneNumber = &wire.PhoneNumber{Value: known.PhoneNumber.Value}
	case known.TeamsExtensionUser != nil:
		id.CommunicationUser = &wire.CommunicationUser{ID: rawID} // what its prefix said in 2021
	}
	return id
}

// Identifiers are those with raw ids, and never nil.
func Identifiers[ID ~string](rawIDs []ID) []wire.Identifier {
	ids := make([]wire.Identifier, 0, len(rawIDs))
	for _, rawID := range rawIDs {
		ids = append(ids, Identifier(string(rawID)))
	}
	return ids
}

package identity

import "strowger/internal/wire"

// Versions are all that are published and stable, oldest first.
func Versions() []string { return []string{"2021-03-07", "2022-06-01", "2022-10-01", "2023-10-01"} }

// CreateRequest asks for a user, and for a token when it names scopes.
type CreateRequest struct {
	CreateTokenWithScopes []string `json:"createTokenWithScopes,omitempty" max:"16,64"`
	ExpiresInMinutes      *int     `json:"expiresInMinutes,omitempty"`
}

// IssueRequest asks for a token.
type IssueRequest struct {
	Scopes           []string `json:"scopes" max:"16,64"`
	ExpiresInMinutes *int     `json:"expiresInMinutes,omitempty"`
}

// Created is a user who has been made.
type Created struct {
	Identity    Identity     `json:"identity"`
	AccessToken *AccessToken `json:"accessToken,omitempty"`
}

// Identity names a user: 8:acs:{resource}_{user}.
type Identity struct {
	ID string `json:"id"`
}

// AccessToken is a token and when it ends.
type AccessToken struct {
	Token     string    `json:"token"`
	ExpiresOn wire.Time `json:"expiresOn"`
}

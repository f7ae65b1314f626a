package access

import "fmt"

// Code is the published subcode of a refusal.
type Code string

// The subcodes that this package refuses with.
const (
	CodeHMAC  Code = "7509"
	CodeToken Code = "7501"
)

// Refusal says why a caller was not let in. Reason is for the caller: it names
// the part that is wrong and holds no secret.
type Refusal struct {
	Code   Code
	Reason string
}

func (r *Refusal) Error() string { return r.Reason }

func refuse(format string, args ...any) *Refusal {
	return &Refusal{Code: CodeHMAC, Reason: "HMAC validation: " + fmt.Sprintf(format, args...)}
}

func refuseToken(format string, args ...any) *Refusal {
	return &Refusal{Code: CodeToken, Reason: "access token: " + fmt.Sprintf(format, args...)}
}

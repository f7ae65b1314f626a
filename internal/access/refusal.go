package access

import "fmt"

// Credential is what a caller shows.
type Credential int

// The credentials.
const (
	Signature Credential = iota + 1 // made with an access key of the resource
	Token                           // a bearer token
)

// Refusal says why a caller was not let in. Reason is for the caller: it names
// the part that is wrong and holds no secret.
type Refusal struct {
	Credential Credential // the one that does not hold, or is missing
	Reason     string
}

func (r *Refusal) Error() string { return r.Reason }

func refuse(format string, args ...any) *Refusal {
	return &Refusal{Credential: Signature, Reason: "HMAC validation: " + fmt.Sprintf(format, args...)}
}

func refuseToken(format string, args ...any) *Refusal {
	return &Refusal{Credential: Token, Reason: "access token: " + fmt.Sprintf(format, args...)}
}

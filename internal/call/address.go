package call

import "strings"

// Address is a raw identifier: who somebody is. "4:+14255550100" is a phone
// number, "8:acs:{resource}_{user}" a user of the resource; see the reference
// for the rest. It is opaque here but for the number/user distinction, which
// decides result codes and what may be told about whom.
type Address string

// Anonymous is a caller who withheld the number.
const Anonymous Address = "4:anonymous"

// PhoneAddress is the address of an E.164 number.
func PhoneAddress(e164 string) Address { return Address("4:" + e164) }

// IsPhone reports whether a is a phone number.
func (a Address) IsPhone() bool { return strings.HasPrefix(string(a), "4:") }

// IsUser reports whether a is a communication user.
func (a Address) IsUser() bool { return strings.HasPrefix(string(a), "8:acs:") }

// Phone is the E.164 number of a phone address, else "".
func (a Address) Phone() string {
	n, ok := strings.CutPrefix(string(a), "4:")
	if !ok {
		return ""
	}
	return n
}

package directory_test

import (
	"testing"

	"strowger/internal/directory"
	"strowger/internal/sip/address"
)

func TestARawIDIsReadEscapedOrNot(t *testing.T) {
	for uri, want := range map[string]string{
		"sip:8:acs:r_u@h":             "8:acs:r_u",
		"sip:8%3Aacs%3Ar_u@h":         "8:acs:r_u",
		"sip:4:+14255550100@h":        "4:+14255550100",
		"sip:alice:secret@h":          "alice",
		"sip:+1425;phone-context=x@h": "+1425",
	} {
		a, ok := address.Parse(uri)
		if name := directory.SIPName(a.User, a.Password); !ok || name != want {
			t.Errorf("%s names %q", uri, name)
		}
	}
}

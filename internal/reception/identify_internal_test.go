package reception

import (
	"testing"

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
		if a, ok := address.Parse(uri); !ok || named(a) != want {
			t.Errorf("%s names %q", uri, named(a))
		}
	}
}

package access

import (
	"encoding/base64"
	"testing"
)

func TestKeysThatCannotBeUsedAreRefused(t *testing.T) {
	good := Key("0123456789abcdef").String()
	for name, keys := range map[string][]string{
		"three":      {good, good, good},
		"not base64": {"!"},
		"too short":  {base64.StdEncoding.EncodeToString([]byte("short"))},
	} {
		if _, err := ParseKeys(keys); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

package webhook_test

import (
	"testing"
	"time"

	"strowger/internal/webhook"
)

func FuzzRetryAfterIsNeverInThePast(f *testing.F) {
	for _, seed := range []string{"", "0", "120", " 5 ", "-1", "4294967295", "18446744073709551616", "Fri, 31 Dec 1999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "soon"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if after := webhook.RetryAfter(value); after < 0 || time.Now().Add(after).Before(time.Now().Add(-time.Second)) {
			t.Errorf("%q means %v", value, after)
		}
	})
}

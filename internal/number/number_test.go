package number

import (
	"strings"
	"testing"
)

func TestANumberIsGlobalOrLocal(t *testing.T) {
	for s, want := range map[string]struct{ global, number bool }{
		"+14255550100":      {true, true},
		"+123456789012345":  {true, true},
		"+1234567890123456": {false, false}, // 16 digits
		"+0123":             {false, false},
		"911":               {false, true},
		"0":                 {false, true},
		"004930123456":      {false, true},
		"1234567890123456":  {false, false},
		"":                  {false, false},
		"+":                 {false, false},
		"++1425":            {false, false},
		"+1 425":            {false, false},
		"alice":             {false, false},
		"anonymous":         {false, false},
		"١٢٣":               {false, false},
	} {
		if g, n := IsGlobal(s), IsNumber(s); g != want.global || n != want.number {
			t.Errorf("%q: global %v, number %v", s, g, n)
		}
	}
}

func TestAPrefixBeginsNumbers(t *testing.T) {
	for s, want := range map[string]bool{"+": true, "+1": true, "+1425": true, "0": true, "": false, "1-": false, "a": false} {
		if IsPrefix(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

func TestCountriesAndPrefixesHaveTheirForm(t *testing.T) {
	for s, want := range map[string]bool{"49": true, "1": true, "351": true, "0": false, "4933": false, "": false, "+49": false} {
		if IsCountry(s) != want {
			t.Errorf("country %q: %v", s, !want)
		}
	}
	for s, want := range map[string]bool{"0": true, "00": true, "011": true, "": false, "+": false, "123456": false} {
		if IsDialPrefix(s) != want {
			t.Errorf("prefix %q: %v", s, !want)
		}
	}
}

func TestNumbersAreReadAsTheyAreWritten(t *testing.T) {
	germany := Plan{Country: "49", International: "00", National: "0"}
	america := Plan{Country: "1", International: "011", National: "1"}
	italy := Plan{Country: "39", International: "00"}
	for _, c := range []struct {
		plan             Plan
		written, context string
		want             string // "" is no number
	}{
		// The number says it all.
		{ITU, "+1 (425) 555-0100", "", "+14255550100"},
		{ITU, "0014255550100", "", "+14255550100"},
		{ITU, "00123456789012345", "", "+123456789012345"},
		{america, "011 49 30 123456", "", "+4930123456"},
		{Plan{}, "0014255550100", "", "0014255550100"},
		// Nobody says what the country is.
		{ITU, "14255550100", "", "14255550100"},
		{ITU, "2025550123", "", "2025550123"},
		{ITU, "030.123456", "", "030123456"},
		{ITU, "911", "", "911"},
		{ITU, "00", "", "00"},
		{america, "004930123456", "", "004930123456"},
		// The plan does.
		{germany, "030 123456", "", "+4930123456"},
		{germany, "4930123456", "", "+4930123456"},
		{germany, "30123456", "", "30123456"},
		{germany, "110", "", "110"},
		{germany, "116117", "", "116117"},
		{germany, "+14255550100", "", "+14255550100"},
		{america, "2025550123", "", "+12025550123"},
		{america, "12025550123", "", "+12025550123"},
		{america, "911", "", "911"},
		{italy, "06 1234567", "", "+39061234567"},
		// The context does, before the plan.
		{ITU, "30123456", "+49", "+4930123456"},
		{ITU, "030-123456", "+49", "+4930123456"},
		{germany, "2025550123", "+1", "+12025550123"},
		{ITU, "911", "+1", "911"},
		{america, "030123456", "+49", "+4930123456"},
		{ITU, "061234567", "+39", "+39061234567"},
		{ITU, "+4930123456", "+1", "+4930123456"},
		{ITU, "8631234", "+1-914-555", "8631234"},
		{ITU, "8631234", "example.com", "8631234"},
		{germany, "030123456", "example.com", "+4930123456"},
		{germany, "012345678901234", "", "012345678901234"},
		// None.
		{ITU, "+001425", "", ""},
		{ITU, "alice", "", ""},
		{ITU, "", "", ""},
		{ITU, "+", "", ""},
		{ITU, "123456789012345678", "", ""},
	} {
		got, ok := c.plan.Read(c.written, c.context)
		if ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%+v reads %q (context %q) as %q, want %q", c.plan, c.written, c.context, got, c.want)
		}
	}
}

func FuzzReading(f *testing.F) {
	f.Add("+1 (425) 555-0100", "", "49", "00", "0")
	f.Add("0049.30", "+1", "", "011", "1")
	f.Fuzz(func(t *testing.T, written, context, country, international, national string) {
		p := Plan{Country: country, International: international, National: national}
		n, ok := p.Read(written, context)
		if ok && (!IsNumber(n) || strings.Trim(n, "+0123456789") != "") {
			t.Fatalf("%+v reads %q as %q", p, written, n)
		}
		if again, still := p.Read(n, ""); ok && IsGlobal(n) && (!still || again != n) {
			t.Fatalf("%q is %q, and that %q", written, n, again)
		}
	})
}

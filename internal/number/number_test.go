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

func TestNumbersAreReadAsTheyAreWritten(t *testing.T) {
	for written, want := range map[string]struct{ dialled, calling string }{
		"+1 (425) 555-0100":  {"+14255550100", "+14255550100"},
		"14255550100":        {"14255550100", "+14255550100"},
		"0014255550100":      {"0014255550100", "+14255550100"},
		"030.123456":         {"030123456", "030123456"},
		"911":                {"911", "911"},
		"1234567":            {"1234567", "1234567"},
		"00123456789012345":  {"", "+123456789012345"},
		"+001425":            {"", ""},
		"alice":              {"", ""},
		"":                   {"", ""},
		"123456789012345678": {"", ""},
	} {
		if got, ok := Dialled(written); ok != (want.dialled != "") || ok && got != want.dialled {
			t.Errorf("%q dialled is %q, want %q", written, got, want.dialled)
		}
		if got, ok := Calling(written); ok != (want.calling != "") || ok && got != want.calling {
			t.Errorf("%q calling is %q, want %q", written, got, want.calling)
		}
	}
}

func FuzzReading(f *testing.F) {
	f.Add("+1 (425) 555-0100")
	f.Add("0049.30")
	f.Fuzz(func(t *testing.T, written string) {
		for _, read := range []func(string) (string, bool){Dialled, Calling} {
			n, ok := read(written)
			if ok && (!IsNumber(n) || strings.Trim(n, "+0123456789") != "") {
				t.Fatalf("%q is the number %q", written, n)
			}
			if again, still := read(n); ok && (!still || again != n) {
				t.Fatalf("%q is %q, and that %q", written, n, again)
			}
		}
	})
}

package archtest

import (
	"strings"
	"testing"
)

const small = `
<!-- layers:begin -->
| package (` + "`internal/…`" + `) | answers | may import |
|---|---|---|
| ` + "`low` `low/part`" + ` | ? | – |
| ` + "`high`" + ` | ? | ` + "`low`" + ` |
| ` + "`top`" + ` | ? | everything |
<!-- layers:end -->
`

func TestTheTableSaysWhoMayImportWhom(t *testing.T) {
	table, err := ParseTable(small)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		from, to string
		want     bool
	}{
		{"low", "low/part", true}, {"low/part", "low", true}, {"low", "high", false},
		{"high", "low", true}, {"high", "low/part", true}, {"high", "lower", false}, {"high", "top", false},
		{"top", "high", true}, {"high/hightest", "high", true}, {"high/hightest", "low", true}, {"high/hightest", "top", false},
	}
	for _, c := range cases {
		if got := table.Allows(c.from, c.to); got != c.want {
			t.Errorf("%s imports %s: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

func TestAPackageWithoutARowIsNotFound(t *testing.T) {
	table, err := ParseTable(small)
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range []string{"middle", "low/other", "high/lowtest", "lo"} {
		if _, ok := table.Row(pkg); ok {
			t.Errorf("%s was found", pkg)
		}
	}
}

func TestATableThatCannotBeTrustedIsRefused(t *testing.T) {
	bad := []string{
		"no markers",
		"<!-- layers:begin -->\n<!-- layers:end -->",
		strings.Replace(small, "| – |", "| |", 1),
		strings.Replace(small, "`high`", "`low`", 1),
		strings.Replace(small, "| `low` |", "| `gone` |", 1),
	}
	for _, text := range bad {
		if _, err := ParseTable(text); err == nil {
			t.Errorf("accepted %q", text)
		}
	}
}

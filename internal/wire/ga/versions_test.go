package ga

import (
	"slices"
	"testing"
)

func TestYoungEventTypesAreKeptFromOldVersions(t *testing.T) {
	for _, c := range []struct {
		version Version
		event   string
		emits   bool
	}{
		{"2023-03-06", TypeCallConnected, true},
		{"2023-03-06", TypePlayStarted, false},
		{"2024-04-15", TypeCreateCallFailed, false},
		{"2024-09-15", TypeCreateCallFailed, true},
		{"2024-09-01-preview", TypeAnswerFailed, false},
		{"2025-08-15-preview", TypeAnswerFailed, true},
		{"2022-04-07-preview", TypeCallConnected, true},
		{Latest, TypePlayStarted, true},
	} {
		if got := c.version.Emits(c.event); got != c.emits {
			t.Errorf("%s emits %s: %v", c.version, c.event, got)
		}
	}
}

func TestOnlyPublishedVersionsAreOfThisFamily(t *testing.T) {
	all := Versions()
	for _, v := range slices.Concat(Stable, Preview) {
		if !slices.Contains(all, string(v)) {
			t.Errorf("%s is not one of them", v)
		}
	}
	for _, v := range []string{"", "2026-03-13", "2026-03-12 ", "2021-06-15-preview", "2026-03-12-preview"} {
		if slices.Contains(all, v) {
			t.Errorf("%q is one of them", v)
		}
	}
}

package server

import (
	"slices"
	"testing"

	"strowger/internal/outbound"
)

// A connection that is made in a version has to be told in it.
func TestWhatAFamilyIsAskedInItAlsoTells(t *testing.T) {
	all := families(nil, outbound.NewPolicy(nil))
	for i, asked := range all.asked {
		if told := all.told[i]; !slices.Equal(asked.Versions, told.Versions) {
			t.Errorf("family %d is asked in %v and tells in %v", i, asked.Versions, told.Versions)
		}
	}
}

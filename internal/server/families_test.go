package server

import (
	"slices"
	"testing"

	apiidentity "strowger/internal/api/identity"
	"strowger/internal/outbound"
)

// A connection that is made in a version has to be told in it.
func TestWhatAFamilyIsAskedInItAlsoTells(t *testing.T) {
	all := families(nil, outbound.NewPolicy(nil), words{}, apiidentity.Config{})
	for i, told := range all.told {
		if asked := all.asked[i]; !slices.Equal(asked.Versions, told.Versions) {
			t.Errorf("family %d is asked in %v and tells in %v", i, asked.Versions, told.Versions)
		}
	}
}

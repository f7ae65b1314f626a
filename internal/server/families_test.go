package server

import (
	"slices"
	"testing"

	apiidentity "strowger/internal/api/identity"
	"strowger/internal/outbound"
)

// A connection that is made in a version has to be told in it. Of the identity API
// nobody is told anything.
func TestWhatAFamilyIsAskedInItAlsoTells(t *testing.T) {
	all := families(nil, outbound.NewPolicy(nil), words{}, nil, apiidentity.Config{})
	told := apiidentity.Family(apiidentity.Config{}).Versions
	for _, f := range all.told {
		told = append(told, f.Versions...)
	}
	for _, f := range all.asked {
		for _, version := range f.Versions {
			if !slices.Contains(told, version) {
				t.Errorf("connections are made in %s, which tells nothing", version)
			}
		}
	}
}

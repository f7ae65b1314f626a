package call_test

import (
	"testing"

	"strowger/internal/call"
	"strowger/internal/call/calltest"
)

func TestAParticipantsIDCarriesTheKeyOfItsCall(t *testing.T) {
	seen := map[string]bool{}
	for n := range 300 {
		id := call.NewLegID(calltest.Call, n+1).ParticipantID()
		if call.ConnectionID(id).Key() != calltest.Call.Key() {
			t.Fatalf("%q does not begin with the key", id)
		}
		seen[id] = true
	}
	if len(seen) != 300 {
		t.Errorf("300 legs have %d ids", len(seen))
	}
	if id := call.LegID("").ParticipantID(); id != "" {
		t.Errorf("of no leg: %q", id)
	}
}

package switchboard_test

import (
	"strings"
	"testing"
	"testing/synctest"
)

// Two calls that take somebody from each other at once wait for nothing, whichever
// comes first.
func TestTwoCallsMoveParticipantsToEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start()
		for _, line := range []string{
			"CreateCall Connection=c1 App.CallbackURI=http://app/c Targets=8:acs:r_a,8:acs:r_x",
			"LegAnswered Leg=1",
			"LegAnswered Leg=2",
			"in the other call: CreateCall Connection=d1 App.CallbackURI=http://app/d Targets=8:acs:r_b,8:acs:r_y",
			"in the other call: LegAnswered Leg=1",
			"in the other call: LegAnswered Leg=2",
			"the journal hangs",
			"MoveHere Connection=c1 From=d1 Participants=8:acs:r_b",
			"in the other call: MoveHere Connection=d1 From=c1 Participants=8:acs:r_a",
		} {
			w.follows(line)
		}
		told := strings.Join(w.follows("the journal goes on"), "\n")
		for _, event := range []string{
			"MoveParticipantSucceeded Connection=c1 CallbackURI=http://app/c Participant=8:acs:r_b From=d1",
			"MoveParticipantSucceeded Connection=d1 CallbackURI=http://app/d Participant=8:acs:r_a From=c1",
			"CallParticipantRemoved User=8:acs:r_a Leg=leg1",
			"CallParticipantRemoved User=8:acs:r_b Leg=other leg1",
		} {
			if strings.Count(told, event) != 1 {
				t.Errorf("%s is not told once in\n%s", event, told)
			}
		}
		w.crash()
	})
}

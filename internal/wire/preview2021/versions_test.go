package preview2021

import "testing"

func TestEveryEventTypeIsToldToTheVersionsThatHaveIt(t *testing.T) {
	for latest := range subjects {
		core := latest
		switch latest {
		case TypeDTMFReceived:
			continue // an older name of ToneReceived
		case TypeToneReceived:
			core = TypeDTMFReceived
		case TypeTransferCallResult:
			core = ""
		}
		for version, want := range map[Version]string{June: core, August: core, November: latest} {
			if got, told := version.EventType(latest); told != (want != "") || told && got != want {
				t.Errorf("%s knows %s as %s (%v), want %q", version, latest, got, told, want)
			}
		}
	}
}

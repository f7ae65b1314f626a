package bridge

import (
	"slices"
	"testing"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
)

// told are what transcripts were told, in order.
type told struct {
	lines chan string
	names map[*mixer.Member]call.Address
}

func (n *told) Open(_ call.ID, e call.OpenTranscript, _ *mixer.Room) Transcript {
	n.lines <- "open " + e.Language
	return n
}

func (n *told) Joined(m *mixer.Member, whose call.Address) {
	n.names[m] = whose
	n.lines <- "joined " + string(whose)
}

func (n *told) Left(m *mixer.Member)           { n.lines <- "left " + string(n.names[m]) }
func (n *told) Switch(e call.SwitchTranscript) { n.lines <- "switch " + e.Language }
func (n *told) Close()                         { n.lines <- "close" }

func TestATranscriptIsToldWhoIsThereFromItsStartToItsEnd(t *testing.T) {
	serve(t, func(f *fixture) {
		n := &told{lines: make(chan string, 100), names: map[*mixer.Member]call.Address{}}
		f.bridge.cfg.Transcripts = n
		f.do(
			call.Join{Leg: legA, Address: "4:+1"}, call.SwitchTranscript{Connection: "c", Language: "nobody reads"},
			call.OpenTranscript{Connection: "c", Language: "en-US"}, call.Join{Leg: legB, Address: "4:+2"},
			call.SwitchTranscript{Connection: "c", Language: "de-DE"}, call.Join{Leg: legB, Address: "4:+3"}, call.Leave{Leg: legA},
			call.OpenTranscript{Connection: "c", Language: "fr-FR"}, // the first has failed
			call.CloseTranscript{Connection: "c"}, call.CloseTranscript{Connection: "c"}, call.Leave{Leg: legB},
			call.OpenTranscript{Connection: "d", Language: "es-ES"},
		)
		c := f.bridge.conversations[testCall]
		f.do(call.Close{})
		<-c.done
		close(n.lines)
		var got []string
		for line := range n.lines {
			got = append(got, line)
		}
		want := []string{
			"open en-US", "joined 4:+1", "joined 4:+2", "switch de-DE", "joined 4:+3", "left 4:+1",
			"close", "open fr-FR", "joined 4:+3", "close", "open es-ES", "close",
		}
		if !slices.Equal(got, want) {
			t.Errorf("told\n%q, want\n%q", got, want)
		}
	})
}

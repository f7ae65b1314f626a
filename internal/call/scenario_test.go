package call_test

import (
	"fmt"
	"testing"

	"strowger/internal/call"
	"strowger/internal/call/calltest"
)

// The stories in testdata: inputs, and what the rules say must follow.
func TestStories(t *testing.T) {
	calltest.Stories(t, func(t *testing.T, story string) string {
		c := call.New(calltest.Call)
		return calltest.Tell(story, func(line string) []string {
			in, err := calltest.Parse(calltest.Call, line)
			if err != nil {
				t.Fatal(err)
			}
			before := c.State().Clone()
			out, err := c.Step(calltest.Start, in)
			return append(follows(out, err), calltest.ShowTimers(calltest.Start, before.Timers, c.State().Timers)...)
		})
	})
}

func follows(out call.Output, err error) (lines []string) {
	if err != nil {
		return []string{fmt.Sprint("refused: ", err)}
	}
	if out.Repeated {
		lines = append(lines, "repeated")
	}
	for _, e := range out.Events {
		lines = append(lines, "event  "+calltest.Show(e))
	}
	for _, e := range out.Effects {
		lines = append(lines, "effect "+calltest.Show(e))
	}
	return lines
}

package greeting_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"strowger/internal/media/greeting"
)

var each = flag.Int("each", 4, "samples of each kind of answer")

// Who answers is found out as often as docs/answering-machines.md says. Its tables are
// printed by make greetings.
func TestWhoAnswersIsFoundOutAsMeasured(t *testing.T) {
	for _, engine := range []interface{ Open() error }{flite, espeak} {
		if err := engine.Open(); err != nil {
			t.Skip("greetings cannot be made: ", err)
		}
	}
	var table strings.Builder
	all, sure := map[greeting.Answerer]*tally{}, map[string]*tally{}
	for _, k := range kinds {
		row := newTally()
		for n := range *each {
			o := listen(t, k.made(n))
			row.count(o)
			of(all, o.truth).count(o)
			of(sure, fmt.Sprintf("%s, %.1f", o.verdict.Answerer, o.verdict.Confidence)).count(o)
		}
		fmt.Fprintln(&table, row.row(k.name))
	}
	t.Log("\n" + header + table.String() + "\n" + confidences(sure))
	holds(t, all)
}

// holds has the bounds. Half of the companies' people are taken for machines: they are
// a sixth of all people here.
func holds(t *testing.T, all map[greeting.Answerer]*tally) {
	t.Helper()
	for truth, least := range map[greeting.Answerer]float64{greeting.Human: 0.85, greeting.Machine: 0.9, greeting.Fax: 1, greeting.Unknown: 1} {
		if got := all[truth].right(); got < least {
			t.Errorf("%.3f of those that are %s are found out, want %.2f", got, truth, least)
		}
	}
	m := all[greeting.Machine]
	if float64(m.early) > 0.01*float64(m.ends) || float64(m.beeps) < 0.98*float64(m.there) || m.strange > 0 {
		t.Errorf("of %d greetings %d ended early; of %d beeps %d were heard, and %d that were not there", m.ends, m.early, m.there, m.beeps, m.strange)
	}
}

// outcome is what a detector made of a sample.
type outcome struct {
	sample
	verdict greeting.Verdict
	judged  int // the frame
	ending  greeting.Ending
	ended   int // the frame; 0: it never did
}

func listen(t *testing.T, s sample) outcome {
	t.Helper()
	o, d := outcome{sample: s}, greeting.NewDetector()
	for i, frame := range s.frames {
		switch d.Write(frame) {
		case greeting.Judged:
			o.verdict, o.judged = d.Verdict(), i+1
		case greeting.Ended:
			o.ending, o.ended = d.Ending(), i+1
		}
	}
	if o.judged == 0 || o.judged > 190 {
		t.Errorf("%s %s: judged after %d frames, want 190 at most", s.kind, s.name, o.judged)
	}
	return o
}

// tally is what came of some samples.
type tally struct {
	samples int
	hits    int
	by      map[greeting.Answerer]int
	judged  []int // frames

	// Of machines that were found out:
	ends    int   // greetings that ended
	early   int   // before they were over
	late    []int // frames after they were over
	there   int   // greetings with a beep
	beeps   int   // of them, those whose beep was heard
	strange int   // beeps that were heard and not there
}

func newTally() *tally { return &tally{by: map[greeting.Answerer]int{}} }

func of[K comparable](tallies map[K]*tally, key K) *tally {
	if tallies[key] == nil {
		tallies[key] = newTally()
	}
	return tallies[key]
}

func (t *tally) right() float64 { return float64(t.hits) / float64(t.samples) }

func (t *tally) count(o outcome) {
	t.samples++
	t.by[o.verdict.Answerer]++
	t.judged = append(t.judged, o.judged)
	if o.verdict.Answerer != o.truth {
		return
	}
	t.hits++
	if o.ended > 0 {
		t.countEnd(o)
	}
}

func (t *tally) countEnd(o outcome) {
	t.ends++
	if o.ended < o.over {
		t.early++
	} else {
		t.late = append(t.late, o.ended-o.over)
	}
	heard := o.ending == greeting.Beep
	switch {
	case o.beep && heard:
		t.there++
		t.beeps++
	case o.beep:
		t.there++
	case heard:
		t.strange++
	}
}

const header = `| answered by | samples | human | machine | fax | unknown | verdict after, s: p50 | p90 | ended early | beeps heard | ended after its end, s: p50 | p90 |
|---|---|---|---|---|---|---|---|---|---|---|---|
`

func (t *tally) row(name string) string {
	ends := "| – | – | – | –"
	if t.ends > 0 {
		ends = fmt.Sprintf("| %d of %d | %d of %d | %s | %s", t.early, t.ends, t.beeps, t.there, seconds(t.late, 0.5), seconds(t.late, 0.9))
	}
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %s | %s %s |", name, t.samples, t.by[greeting.Human], t.by[greeting.Machine],
		t.by[greeting.Fax], t.by[greeting.Unknown], seconds(t.judged, 0.5), seconds(t.judged, 0.9), ends)
}

// seconds is a percentile.
func seconds(frames []int, share float64) string {
	if len(frames) == 0 {
		return "–"
	}
	slices.Sort(frames)
	return fmt.Sprintf("%.1f", float64(frames[int(share*float64(len(frames)-1))])/50)
}

// confidences is how often a verdict is right that is told with a confidence.
func confidences(sure map[string]*tally) string {
	var rows []string
	for said, t := range sure {
		rows = append(rows, fmt.Sprintf("| %s | %d | %d |", said, t.samples, t.hits))
	}
	slices.Sort(rows)
	return "| told, with confidence | times | right |\n|---|---|---|\n" + strings.Join(rows, "\n")
}

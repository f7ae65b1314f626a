package recognition

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"strowger/internal/speech"
)

// hear has an engine recognise samples, written 20 ms after 20 ms.
func hear(t *testing.T, e Engine, task Task, samples []int16) (Heard, error) {
	t.Helper()
	u, err := e.Begin(t.Context(), task)
	if err != nil {
		return Heard{}, err
	}
	defer u.Close()
	for frame := range slices.Chunk(samples, RateHz/50) {
		if err := u.Write(frame); err != nil {
			return Heard{}, err
		}
	}
	return u.End()
}

// expectFailure expects a failure that says something.
func expectFailure(t *testing.T, err error, want Why, says string) {
	t.Helper()
	failure := new(Failure)
	if !errors.As(err, &failure) || failure.Why != want || !strings.Contains(failure.Detail, says) {
		t.Errorf("it fails with %#v (%v), want %d %q", err, err, want, says)
	}
}

// ramp is so many samples, all of them different.
func ramp(n int) []int16 {
	samples := make([]int16, n)
	for i := range samples {
		samples[i] = int16(i)
	}
	return samples
}

func TestTheSettingsNameTheEngines(t *testing.T) {
	here := &Process{}
	for name, want := range map[string]string{HTTPEngine: "http", WyomingEngine: "wyoming", VoskEngine: "websocket", ProcessEngine: "process", PocketsphinxEngine: "process", NoEngine: ""} {
		var names []string
		for _, e := range Engines(Settings{Engine: name, Languages: []string{"en"}}, here) {
			names = append(names, e.Name())
			if name != PocketsphinxEngine && (!e.Hears("en-AU") || e.Hears("fr-FR")) {
				t.Errorf("%s hears French and no English", name)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestListeningFailsForTheReasonsThatSpeakingHas(t *testing.T) {
	for mine, theirs := range map[Why]speech.Why{Broken: speech.Broken, Busy: speech.Busy, Late: speech.Late, Denied: speech.Denied} {
		if mine != Why(theirs) {
			t.Errorf("%d is %d", mine, theirs)
		}
	}
}

// told is a batch that says how many samples it is asked about.
func told(t *testing.T, task Task, recognise func(context.Context, []int16) (Heard, error)) *batch {
	b := NewBatch(t.Context(), task, recognise)
	t.Cleanup(b.Close)
	return b.(*batch)
}

func TestWhatIsThereIsAskedForOnceInASecond(t *testing.T) {
	asked, answer, partials := make(chan int), make(chan string), make(chan string, 10)
	b := told(t, Task{Partial: func(h Heard) { partials <- h.Text }}, func(ctx context.Context, said []int16) (Heard, error) {
		asked <- len(said)
		return Heard{Text: <-answer}, nil
	})
	write := func(n int) {
		if err := b.Write(make([]int16, n)); err != nil {
			t.Fatal(err)
		}
	}
	write(RateHz - 1)
	write(1)
	if n := <-asked; n != RateHz {
		t.Errorf("at first it is asked about %d samples", n)
	}
	write(3 * RateHz) // nobody is asked while the first is waited for
	answer <- "one"
	if p := <-partials; p != "one" {
		t.Errorf("what was understood first is %q", p)
	}
	<-b.asking
	write(1)
	if n := <-asked; n != 4*RateHz+1 {
		t.Errorf("then it is asked about %d samples", n)
	}
	answer <- "one two"
	if p := <-partials; p != "one two" {
		t.Errorf("what was understood then is %q", p)
	}
	go func() { <-asked; answer <- "one two three" }()
	if h, err := b.End(); h.Text != "one two three" || err != nil {
		t.Errorf("in the end it is %q, %v", h.Text, err)
	}
}

func TestNothingPartialIsToldAfterTheEnd(t *testing.T) {
	begun, calls := make(chan struct{}), 0
	b := told(t, Task{Partial: func(Heard) { t.Error("something partial is told") }}, func(ctx context.Context, _ []int16) (Heard, error) {
		if calls++; calls > 1 {
			return Heard{Text: "the end"}, nil
		}
		close(begun)
		<-ctx.Done()
		return Heard{Text: "too late"}, nil
	})
	if err := b.Write(make([]int16, RateHz)); err != nil {
		t.Fatal(err)
	}
	<-begun
	if h, err := b.End(); h.Text != "the end" || err != nil {
		t.Errorf("it ends with %q, %v", h.Text, err)
	}
}

func TestAnUtteranceIsBoundedAndMayBeGivenUp(t *testing.T) {
	b := told(t, Task{}, func(ctx context.Context, _ []int16) (Heard, error) { <-ctx.Done(); return Heard{}, ctx.Err() })
	if err := b.Write(make([]int16, 60*RateHz)); err != nil {
		t.Fatal(err)
	}
	expectFailure(t, b.Write(make([]int16, 1)), Broken, "more than 1m0s")
	b.cancel()
	if _, err := b.End(); !errors.Is(err, context.Canceled) {
		t.Errorf("what is given up ends with %v", err)
	}
	b.Close()
	if err := b.Write(make([]int16, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("what is given up takes more: %v", err)
	}
	silent := told(t, Task{}, func(context.Context, []int16) (Heard, error) { t.Error("nothing is asked about"); return Heard{}, nil })
	if h, err := silent.End(); h.Text != "" || err != nil {
		t.Errorf("of nothing there is %q, %v", h.Text, err)
	}
}

package recognition_test

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/speech/recognition"
	"strowger/internal/speech/recognition/recognitiontest"
)

// scene is an ear with a fake engine, in a bubble.
type scene struct {
	t          *testing.T
	engine     recognitiontest.Engine
	recognizer *recognition.Recognizer
	ear        *recognition.Ear
	news       chan recognition.News
}

func newScene(t *testing.T) *scene {
	s := &scene{t: t, news: make(chan recognition.News, 1000)}
	s.recognizer = recognition.New(recognition.Config{Engines: []recognition.Engine{&s.engine}, Ears: 2, Log: slog.New(slog.DiscardHandler)})
	return s
}

func (s *scene) listen(w recognition.Wish) {
	s.t.Helper()
	w.Language = "en-US"
	var err error
	if s.ear, err = s.recognizer.Listen(w, func(n recognition.News) { s.news <- n }); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) says(frames, rateHz int) {
	for _, f := range recognitiontest.Voice(frames, rateHz) {
		s.ear.Hear(f, rateHz)
	}
}

func (s *scene) silent(d time.Duration) {
	for range d / (20 * time.Millisecond) {
		s.ear.Hear(nil, 16000)
	}
}

// told is what has been told since it was asked last.
func (s *scene) told() string {
	synctest.Wait()
	var all []string
	for len(s.news) > 0 {
		switch n := (<-s.news).(type) {
		case recognition.Began:
			all = append(all, fmt.Sprintf("began %v", n.At))
		case recognition.Partial:
			all = append(all, fmt.Sprintf("partial %q %v", n.Text, n.At))
		case recognition.Ended:
			all = append(all, fmt.Sprintf("ended %q %v", n.Text, n.At))
		case recognition.Failed:
			all = append(all, fmt.Sprintf("failed %d %s", n.Why, n.Detail))
		}
	}
	return strings.Join(all, "; ")
}

func (s *scene) expect(want string) {
	s.t.Helper()
	if got := s.told(); got != want {
		s.t.Errorf("told %q, want %q", got, want)
	}
}

// bubble runs a test in virtual time and sees that all ears close.
func bubble(t *testing.T, test func(*scene)) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		test(s)
		if s.ear != nil {
			s.ear.Close()
		}
		s.recognizer.Wait()
		if s.recognizer.Live() != 0 || s.engine.Open() != 0 {
			t.Errorf("%d ears and %d utterances are left", s.recognizer.Live(), s.engine.Open())
		}
	})
}

func TestWhatIsSaidIsToldFromItsFirstSoundToItsEnd(t *testing.T) {
	for _, rateHz := range []int{8000, 16000} {
		bubble(t, func(s *scene) {
			s.engine.Says(recognition.Heard{Text: "hello"})
			s.engine.Says(recognition.Heard{Text: "world"})
			s.listen(recognition.Wish{})
			s.silent(time.Second)
			s.expect("")
			s.says(40, rateHz)
			s.expect("began 800ms")
			s.silent(2 * time.Second)
			s.expect(`ended "hello" 800ms`)
			s.says(20, rateHz)
			s.silent(time.Second)
			s.expect(`began 3.6s; ended "world" 3.6s`)
			// 300 ms before, the voice, and 300 ms after it.
			if got := s.engine.Heard(); len(got) != 2 || got[0] < 16000*13/10 || got[0] > 16000*17/10 {
				t.Errorf("the engine heard %d samples", got[0])
			}
		})
	}
}

func TestAPauseThatIsShorterThanWishedForEndsNothing(t *testing.T) {
	bubble(t, func(s *scene) {
		s.engine.Says(recognition.Heard{Text: "my number is one"})
		s.listen(recognition.Wish{EndSilence: 2 * time.Second})
		s.says(20, 16000)
		s.silent(1500 * time.Millisecond)
		s.says(20, 16000)
		s.silent(1500 * time.Millisecond)
		s.expect("began 0s")
		s.silent(time.Second)
		s.expect(`ended "my number is one" 0s`)
	})
}

func TestPartsAreToldWhenTheyAreWishedFor(t *testing.T) {
	for _, wished := range []bool{true, false} {
		bubble(t, func(s *scene) {
			s.engine.Says(recognition.Heard{Text: "good day"}, "good", "good day")
			s.listen(recognition.Wish{Partials: wished})
			s.says(20, 16000)
			s.silent(time.Second)
			want := `began 0s; ended "good day" 0s`
			if wished {
				want = `began 0s; partial "good" 0s; partial "good day" 0s; ended "good day" 0s`
			}
			s.expect(want)
		})
	}
}

func TestTheEngineIsAskedForWhatWasWished(t *testing.T) {
	bubble(t, func(s *scene) {
		s.listen(recognition.Wish{Phrases: []string{"yes", "no"}, Model: "small"})
		s.says(20, 16000)
		s.silent(time.Second)
		s.told()
		got := s.engine.Tasks()[0]
		if got.Language != "en-US" || len(got.Phrases) != 2 || got.Model != "small" || got.Partial != nil {
			t.Errorf("got %+v", got)
		}
	})
}

func TestAnEngineThatFailsIsToldOnceAndLast(t *testing.T) {
	bubble(t, func(s *scene) {
		s.engine.Fails(&recognition.Failure{Why: recognition.Denied, Detail: "the key is wrong"})
		s.listen(recognition.Wish{})
		s.says(20, 16000)
		s.silent(time.Second)
		s.says(20, 16000)
		s.silent(time.Second)
		s.expect("began 0s; failed 3 the key is wrong")
	})
}

func TestAnEngineThatNeverAnswersIsLate(t *testing.T) {
	bubble(t, func(s *scene) {
		s.engine.Held = make(chan struct{})
		s.listen(recognition.Wish{})
		s.says(20, 16000)
		s.silent(time.Second)
		s.expect("began 0s")
		<-time.After(time.Minute)
		s.expect("failed 2 the engine took longer than 30s")
	})
}

func TestTooMuchThatWaitsForAnEngineFails(t *testing.T) {
	bubble(t, func(s *scene) {
		s.engine.Held = make(chan struct{})
		s.listen(recognition.Wish{})
		for range 40 { // nobody waits meanwhile
			s.says(60, 16000)
			s.silent(time.Second)
		}
		s.expect("began 0s")
		close(s.engine.Held)
		if got := s.told(); !strings.Contains(got, "failed 2 the engine is too slow") {
			t.Errorf("told %q", got)
		}
	})
}

func TestAnotherLanguageIsOfTheNextUtterance(t *testing.T) {
	bubble(t, func(s *scene) {
		s.engine.Languages = []string{"en-US", "de-DE"}
		s.listen(recognition.Wish{Model: "small"})
		s.says(20, 16000)
		s.ear.Change("de-DE", "large")
		s.says(20, 16000)
		s.silent(time.Second)
		s.says(20, 16000)
		s.silent(time.Second)
		s.told()
		var got []string
		for _, task := range s.engine.Tasks() {
			got = append(got, task.Language+" "+task.Model)
		}
		if want := "en-US small, de-DE large"; strings.Join(got, ", ") != want {
			t.Errorf("the engine is asked for %q, want %s", got, want)
		}
		s.ear.Change("fr-FR", "")
		s.says(20, 16000)
		s.silent(time.Second)
		if got := s.told(); !strings.Contains(got, `failed 0 no engine of this server understands "fr-FR"`) {
			t.Errorf("told %q", got)
		}
	})
}

func TestAnEarThatEndsTellsWhatItHasHeard(t *testing.T) {
	bubble(t, func(s *scene) {
		s.engine.Says(recognition.Heard{Text: "one"})
		s.engine.Says(recognition.Heard{Text: "good-bye"})
		s.engine.Held = make(chan struct{})
		s.listen(recognition.Wish{})
		s.says(20, 16000)
		s.silent(time.Second)
		s.says(20, 16000)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.ear.End()
		}()
		s.expect("began 0s")
		close(s.engine.Held)
		<-ended
		s.expect(`ended "one" 0s; began 1.34s; ended "good-bye" 1.34s`)
	})
}

func TestAnEarThatIsClosedEndsAtOnce(t *testing.T) {
	bubble(t, func(s *scene) {
		s.engine.Held = make(chan struct{})
		s.listen(recognition.Wish{})
		s.says(20, 16000)
		s.silent(time.Second)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.ear.End()
		}()
		s.expect("began 0s")
		s.ear.Close()
		<-ended
		s.ear.End() // and again
		s.expect("")
	})
}

func TestSomebodyWhoSpeaksForEverIsToldMinuteByMinute(t *testing.T) {
	bubble(t, func(s *scene) {
		s.listen(recognition.Wish{})
		for range 130 {
			s.says(45, 16000)
			s.silent(100 * time.Millisecond) // a breath
			synctest.Wait()
		}
		if got := s.told(); strings.Count(got, "ended") != 2 || strings.Count(got, "began") != 3 {
			t.Errorf("told %q", got)
		}
	})
}

func TestOneEarTooManyIsRefusedAtOnce(t *testing.T) {
	bubble(t, func(s *scene) {
		s.listen(recognition.Wish{})
		second, err := s.recognizer.Listen(recognition.Wish{Language: "en-US"}, func(recognition.News) {})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.recognizer.Listen(recognition.Wish{Language: "en-US"}, func(recognition.News) {})
		if failure := new(recognition.Failure); !errors.As(err, &failure) || failure.Why != recognition.Busy {
			t.Errorf("the third: %v", err)
		}
		second.Close()
		synctest.Wait()
		third, err := s.recognizer.Listen(recognition.Wish{Language: "en-US"}, func(recognition.News) {})
		if err != nil {
			t.Fatalf("there is room again, and %v", err)
		}
		third.Close()
	})
}

func TestALanguageThatNoEngineKnowsIsRefused(t *testing.T) {
	bubble(t, func(s *scene) {
		s.engine.Languages = []string{"de-DE"}
		if s.recognizer.Hears("en-US") || !s.recognizer.Hears("de-DE") {
			t.Error("it hears the wrong language")
		}
		if _, err := s.recognizer.Listen(recognition.Wish{Language: "en-US"}, nil); err == nil {
			t.Error("it listens all the same")
		}
	})
}

func TestTheNextEngineHearsWhatABrokenOneCannot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var first, second recognitiontest.Engine
		first.Refuses(&recognition.Failure{Why: recognition.Broken, Detail: "it died"})
		second.Says(recognition.Heard{Text: "hello"})
		r := recognition.New(recognition.Config{Engines: []recognition.Engine{&first, &second}, Log: slog.New(slog.DiscardHandler)})
		s := &scene{t: t, recognizer: r, news: make(chan recognition.News, 10)}
		s.listen(recognition.Wish{})
		s.says(20, 16000)
		s.silent(time.Second)
		s.expect(`began 0s; ended "hello" 0s`)
		s.ear.Close()
		r.Wait()
	})
}

func TestNothingIsToldOfNoiseAndSilence(t *testing.T) {
	bubble(t, func(s *scene) {
		s.listen(recognition.Wish{})
		s.silent(time.Hour)
		dice := rand.New(rand.NewPCG(1, 2))
		for range 500 {
			noise := make([]int16, 320)
			for i := range noise {
				noise[i] = int16(dice.IntN(8000) - 4000)
			}
			s.ear.Hear(noise, 16000)
		}
		s.silent(time.Second)
		s.expect("")
		if n := len(s.engine.Tasks()); n != 0 {
			t.Errorf("the engine was asked %d times", n)
		}
	})
}

func TestAnEarOnASilentVoiceAllocatesNothing(t *testing.T) {
	bubble(t, func(s *scene) {
		s.listen(recognition.Wish{})
		hiss := make([]int16, 320)
		for i := range hiss {
			hiss[i] = int16(rand.IntN(20))
		}
		s.ear.Hear(hiss, 16000)
		if n := testing.AllocsPerRun(100, func() { s.ear.Hear(hiss, 16000); s.ear.Hear(nil, 16000) }); n > 0 {
			t.Errorf("two frames take %v allocations", n)
		}
	})
}

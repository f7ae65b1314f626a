package recognition

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"strowger/internal/media/player"
)

func TestAProgramHears(t *testing.T) {
	said, dir := ramp(20_000), t.TempDir()
	// A program that keeps what it was given, and answers with its environment.
	engine := &Process{Command: []string{"sh", "-c", `cat > "$0"; echo " $STROWGER_LANGUAGE  $STROWGER_MODEL"; echo "$STROWGER_PHRASES"`, filepath.Join(dir, "sound.wav")}}
	h, err := hear(t, engine, Task{Language: "en-US", Model: "tiny", Phrases: []string{"yes", "no $HOME"}}, said)
	if err != nil || h.Text != "en-US tiny yes no $HOME" {
		t.Errorf("it hears %q, %v", h.Text, err)
	}
	file, err := os.ReadFile(filepath.Join(dir, "sound.wav"))
	if err != nil {
		t.Fatal(err)
	}
	if a, err := player.ParseWAV(file); err != nil || a.RateHz != RateHz || !slices.Equal(a.Samples, said) {
		t.Errorf("the sound that it is given is another: %v", err)
	}
}

func TestAProgramMayWriteWords(t *testing.T) {
	for answer, want := range map[string]Heard{
		`{"text": "Hello there", "confidence": 0.9, "words": [{"word": "Hello", "start": 0.1, "end": 0.4}]}`: {"Hello there", 0.9, []Word{{"Hello", 100 * time.Millisecond, 300 * time.Millisecond}}},
		`{"text": "", "confidence": 7}`: {"", 1, nil},
		"Hello\nthere\n":                {Text: "Hello there"},
		"{curly}":                       {Text: "{curly}"},
		"":                              {},
		`{"result": 1}`:                 {Text: `{"result": 1}`},
	} {
		if got, err := hear(t, &Process{Command: []string{"printf", "%s", answer}}, Task{}, ramp(100)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q is heard as %+v, %v", answer, got, err)
		}
	}
}

func TestWhyAProgramHearsNothing(t *testing.T) {
	_, err := hear(t, &Process{Command: []string{"sh", "-c", "echo no model >&2; exit 2"}}, Task{}, ramp(100))
	expectFailure(t, err, Broken, "exit status 2: no model")
	_, err = hear(t, &Process{Command: []string{"strowger-no-such-program"}}, Task{}, ramp(100))
	expectFailure(t, err, Broken, "not found")
	_, err = hear(t, &Process{Command: []string{"cat", "/dev/zero"}}, Task{}, ramp(100))
	expectFailure(t, err, Broken, "more than it may")
}

func FuzzWritten(f *testing.F) {
	f.Add([]byte("Hello there"))
	f.Add([]byte(`{"text": "Hello", "confidence": 0.9, "words": [{"word": "Hello", "start": 1e400, "end": 0.4}]}`))
	f.Fuzz(func(t *testing.T, answer []byte) { expectSound(t, written(answer), nil) })
}

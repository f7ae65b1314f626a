package lab

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/dtmf"
	"strowger/internal/media/player"
)

// Number is one that can be dialled.
type Number struct {
	E164 string
	Does string // "answers and echoes"

	status int // the refusal, when it does not take the call
	rings  bool
	then   func(ctx context.Context, c *conversation) // once answered; the far end may hang up at any time
}

// When things happen, counted from the answer.
const (
	firstKey = 2 * time.Second // whoever dialled needs time to begin to listen
	keyTone  = 100 * time.Millisecond
	keyGap   = 900 * time.Millisecond // from the end of one key to the next
	stays    = 3 * time.Second
)

// The greeting of +15550107 is the sentence, and these around it.
const (
	greetAfter = 500 * time.Millisecond
	beepAfter  = 800 * time.Millisecond
	beepFor    = 400 * time.Millisecond
	beepHz     = 1000
)

// keys are what +15550104 presses.
const keys = "1234#"

// Made with: espeak-ng -v en -s 165 --stdout "This is the Strowger laboratory.
// You hear this sentence, so your call works." | sox - -r 8000 -c 1 -b 16 sentence.wav norm -3
//
//go:embed sentence.wav
var sentence []byte

// Numbers lists what the lab has.
func Numbers() []Number {
	return []Number{
		{E164: "+15550100", Does: "answers and echoes", then: echo},
		{E164: "+15550101", Does: "is busy (486)", status: 486},
		{E164: "+15550102", Does: "rings and never answers", rings: true},
		{E164: "+15550103", Does: "declines (603)", status: 603},
		{E164: "+15550104", Does: "answers and presses 1 2 3 4 #, one second apart", then: pressKeys},
		{E164: "+15550105", Does: "answers and hangs up after 3 seconds", then: leave},
		{E164: "+15550106", Does: "answers and says a sentence", then: speak},
		{E164: "+15550107", Does: "answers as a machine: a greeting, and a beep", then: greet},
	}
}

// digitsMost are the digits of a number, as ITU-T E.164 has them.
const digitsMost = 15

// find reads the user part of the address that was called. Digits after a number
// lead to it too: an application that calls a hundred people calls a hundred
// numbers.
func find(user string) (Number, bool) {
	digits := strings.TrimPrefix(user, "+")
	if len(digits) > digitsMost || strings.Trim(digits, "0123456789") != "" {
		return Number{}, false
	}
	for _, n := range Numbers() {
		if strings.HasPrefix(digits, strings.TrimPrefix(n.E164, "+")) {
			return n, true
		}
	}
	return Number{}, false
}

func echo(_ context.Context, c *conversation) { c.echo.Store(true) }

func pressKeys(ctx context.Context, c *conversation) {
	if !pause(ctx, firstKey) {
		return
	}
	digits, err := dtmf.ParseDigits(keys)
	if err != nil {
		panic(err)
	}
	select {
	case err := <-c.rtp.SendDTMF(digits, keyTone, keyGap):
		if err != nil {
			c.log.Warn("keys were not pressed", "error", err)
		}
	case <-ctx.Done():
	}
}

func leave(ctx context.Context, c *conversation) {
	if pause(ctx, stays) {
		c.hangUp()
	}
}

func speak(_ context.Context, c *conversation) {
	c.say.Store(spoken().Tape())
}

// greet is an answering machine. It keeps no messages.
func greet(_ context.Context, c *conversation) { c.say.Store(greetingTape()) }

func greetingTape() *player.Tape {
	silence := func(d time.Duration) []int16 {
		return make([]int16, media.Frames(d)*media.FrameSamples(media.Narrowband))
	}
	tape := player.NewTape(media.Narrowband)
	tape.Append(silence(greetAfter))
	tape.Append(spoken().Samples())
	tape.Append(silence(beepAfter))
	tape.Append(player.NewTone(media.Narrowband, 8000, beepHz).Audio(beepFor).Samples)
	tape.End()
	return tape
}

func spoken() *player.Prompt {
	audio, err := player.ParseWAV(sentence)
	if err != nil {
		panic(fmt.Sprintf("lab: our own sentence: %v", err))
	}
	return audio.Prompt(media.Narrowband)
}

// pause waits, and reports whether the call is still there.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

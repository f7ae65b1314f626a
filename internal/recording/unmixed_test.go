package recording_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/recording"
)

// choir is a voice that sings what all of its choir sing, whenever it comes: a tone
// of 400 Hz in time of the room.
type choir struct {
	ticks  *int
	rateHz int
}

func (c choir) SampleRateHz() int { return c.rateHz }

func (c choir) ReadFrame(dst []int16) bool {
	for i := range dst {
		at := float64(*c.ticks)*media.FrameDuration.Seconds() + float64(i)/float64(c.rateHz)
		dst[i] = int16(8000 * math.Sin(2*math.Pi*400*at))
	}
	return true
}

// channelsOf are the samples of each channel.
func channelsOf(t *testing.T, wav []byte, n int) [][]int16 {
	t.Helper()
	samples := make([]int16, (len(wav)-bytes.Index(wav, []byte("data"))-8)/2)
	if _, err := binary.Decode(wav[len(wav)-2*len(samples):], binary.LittleEndian, samples); err != nil {
		t.Fatal(err)
	}
	channels := make([][]int16, n)
	for i, s := range samples {
		channels[i%n] = append(channels[i%n], s)
	}
	return channels
}

func TestChannelsLineUpToTheSampleThroughChangesOfTheRoomsRate(t *testing.T) {
	const frame = recording.RateHz / 50
	w := newWorld(t, recording.Limits{})
	w.start(call.RecordingSpec{Format: call.WAV, Unmixed: true})
	tick := 0
	sing := func(whose call.Address, rateHz int) {
		w.members[whose] = w.room.Add(choir{&tick, rateHz}, nil)
		w.archive.Joined(first, w.room.Ticks(), w.members[whose], whose)
	}
	ticks := func(n int) {
		for range n {
			w.room.Tick()
			tick++
		}
	}
	sing(alice, media.Narrowband)
	ticks(20)
	sing(bob, media.Narrowband)
	ticks(20)
	sing("carol", media.Wideband)
	ticks(20)
	w.leave("carol")
	ticks(20)
	sing("carol", media.Wideband)
	ticks(20)
	_, wav := w.metadata(w.end().Chunks[0])
	channels := channelsOf(t, wav, 3)
	if n := len(channels[0]); n != 100*frame {
		t.Fatalf("%d samples, want %d", n, 100*frame)
	}
	if !slices.Equal(channels[0][21*frame:], channels[1][21*frame:]) {
		t.Error("two who say the same are not the same")
	}
	// One stream all the time: late by the room's filter and the recording's.
	late := int(2 * codec.Latency * recording.RateHz / time.Second)
	for i := 2 * frame; i < len(channels[0]); i++ {
		want := 8000 * math.Sin(2*math.Pi*400*float64(i-late)/recording.RateHz)
		if math.Abs(float64(channels[0][i])-want) > 100 {
			t.Fatalf("sample %d in tick %d: %d, want %.0f", i%frame, i/frame, channels[0][i], want)
		}
	}
	for i := 42 * frame; i < 60*frame; i++ {
		if math.Abs(float64(channels[0][i])-float64(channels[2][i])) > 100 {
			t.Fatalf("sample %d in tick %d: %d of 8 kHz, %d of 16 kHz", i%frame, i/frame, channels[0][i], channels[2][i])
		}
	}
}

func TestASixthHasNoChannelAndWhoComesBackHasTheOldOne(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.start(call.RecordingSpec{Format: call.WAV, Unmixed: true})
	for i := range 6 {
		w.join(call.Address(fmt.Sprint(i)), int16(1+i), 8000)
	}
	w.ticks(20)
	w.members["3"].SetIsolated(true) // on hold
	w.members["4"].SetMuted(true)
	w.leave("1")
	w.ticks(20)
	w.join("1", 21, 8000)
	w.ticks(20)
	w.leave("2")
	w.ticks(20)
	w.join("late", 30, 8000)
	w.ticks(20)
	about := w.expect(w.end().Chunks[0], "1×100", "2×20 0×20 21×60", "3×60 0×20 30×20", "4×20 0×80", "5×20 0×80")
	var where []string
	for _, p := range about.Participants {
		at := "none"
		if p.Channel != nil {
			at = fmt.Sprint(*p.Channel)
		}
		where = append(where, p.ParticipantID+":"+at)
	}
	if got := fmt.Sprint(where); got != "[0:0 1:1 2:2 3:3 4:4 5:none 1:1 late:2]" {
		t.Errorf("they are on the channels %s", got)
	}
}

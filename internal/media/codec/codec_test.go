package codec

import (
	"fmt"
	"math"
	"testing"
)

func TestASetIsInTheOrderOfPriority(t *testing.T) {
	wide := &Codec{Name: "wide", PayloadType: 97, ClockRateHz: 16000, Priority: 3}
	if got := fmt.Sprint(NewSet(PCMA, PCMU, wide)); got != "[wide/16000 PCMU/8000 PCMA/8000]" {
		t.Errorf("offered as %s", got)
	}
}

func TestCodecsAreFoundByPayloadTypeAndByName(t *testing.T) {
	opus := &Codec{Name: "opus", PayloadType: 96, ClockRateHz: 48000, Channels: 2}
	all := NewSet(PCMU, PCMA, opus)
	if all.Static(0) != PCMU || all.Static(8) != PCMA || all.Static(9) != nil || all.Static(96) != nil {
		t.Error("static payload types are 0 for PCMU, 8 for PCMA and nothing else")
	}
	if all.Named("pcmu", 8000, 1) != PCMU || all.Named("PCMA", 8000, 0) != PCMA || all.Named("Opus", 48000, 2) != opus {
		t.Error("rtpmap names are matched whatever their case")
	}
	if all.Named("PCMU", 16000, 1) != nil || all.Named("PCMU", 8000, 2) != nil || all.Named("opus", 48000, 1) != nil {
		t.Error("another clock rate or number of channels is another codec")
	}
	if opus.String() != "opus/48000/2" {
		t.Errorf("it is called %v", opus)
	}
}

// The vectors are the decoder output values of ITU-T G.711 tables 1a to 2b, in
// 16-bit scale, at the ends of the segments.
func TestG711DecodesTheValuesOfTheRecommendation(t *testing.T) {
	for _, v := range []struct {
		codec *Codec
		code  byte
		want  int16
	}{
		{PCMU, 0xff, 0}, {PCMU, 0x7f, 0}, {PCMU, 0xfe, 8}, {PCMU, 0x7e, -8},
		{PCMU, 0xef, 132}, {PCMU, 0xdf, 396}, {PCMU, 0xcf, 924}, {PCMU, 0xbf, 1980},
		{PCMU, 0xaf, 4092}, {PCMU, 0x9f, 8316}, {PCMU, 0x8f, 16764},
		{PCMU, 0x80, 32124}, {PCMU, 0x00, -32124},
		{PCMA, 0xd5, 8}, {PCMA, 0x55, -8}, {PCMA, 0xd4, 24}, {PCMA, 0x54, -24},
		{PCMA, 0xc5, 264}, {PCMA, 0xf5, 528}, {PCMA, 0xe5, 1056}, {PCMA, 0x95, 2112},
		{PCMA, 0x85, 4224}, {PCMA, 0xb5, 8448}, {PCMA, 0xa5, 16896},
		{PCMA, 0xaa, 32256}, {PCMA, 0x2a, -32256},
	} {
		var got [1]int16
		v.codec.NewDecoder("").Decode(got[:], []byte{v.code})
		if got[0] != v.want {
			t.Errorf("%v %#02x = %d, want %d", v.codec, v.code, got[0], v.want)
		}
	}
}

func TestG711EncodesEachCodesValueBackToThatCode(t *testing.T) {
	for _, c := range G711 {
		for i := range 256 {
			var sample [1]int16
			var back [1]byte
			c.NewDecoder("").Decode(sample[:], []byte{byte(i)})
			c.NewEncoder("").Encode(back[:], sample[:])
			if c == PCMU && i == 0x7f {
				continue // µ-law has a negative zero; zero goes back as 0xff
			}
			if back[0] != byte(i) {
				t.Errorf("%v %#02x is %d, which goes back as %#02x", c, i, sample[0], back[0])
			}
		}
	}
}

func TestG711EncodesEverySampleWithinHalfAStep(t *testing.T) {
	for _, c := range G711 {
		for s := math.MinInt16; s <= math.MaxInt16; s++ {
			var code [1]byte
			var back [1]int16
			c.NewEncoder("").Encode(code[:], []int16{int16(s)})
			c.NewDecoder("").Decode(back[:], code[:])
			most := step(c, code[0]) / 2
			if abs(s) > 32124 {
				most = 32768 - 32124 // clipped at the law's end
			}
			if off := abs(int(back[0]) - s); off > most {
				t.Fatalf("%v: %d became %d, which is off by more than %d", c, s, back[0], most)
			}
		}
	}
}

// step is the width of a code's quantising interval in 16-bit scale.
func step(c *Codec, code byte) int {
	if c == PCMU {
		return 8 << (^code >> 4 & 7)
	}
	return 16 << max(int((code^0x55)>>4&7)-1, 0)
}

func TestG711CutsWhatDoesNotFit(t *testing.T) {
	dst := make([]int16, 3)
	if n := PCMU.NewDecoder("").Decode(dst, make([]byte, 10)); n != 3 {
		t.Fatalf("decoded %d samples into room for 3", n)
	}
}

func abs(v int) int { return max(v, -v) }

package rtp

import (
	"bytes"
	"reflect"
	"testing"
	"time"
)

const ours, theirs = 0x01020304, 0x0a0b0c0d

func compound(bye bool) control {
	return control{
		ssrc: theirs, cname: "a name", bye: bye,
		sent:  &senderInfo{ntp: 0x8899aabbccddeeff, timestamp: 160, packets: 7, octets: 1120},
		heard: &block{ssrc: ours, fraction: 51, lost: -2, highest: 3<<16 | 9, jitter: 12, lastSR: 5, delay: 65536},
	}
}

func TestWhatIsReportedIsReadAgain(t *testing.T) {
	for _, bye := range []bool{false, true} {
		c := compound(bye)
		packet := c.append(nil)
		got, ok := parseControl(packet, ours)
		want := told{sender: theirs, sends: true, ntp: c.sent.ntp, about: *c.heard, ofOurs: true, goodbye: bye}
		if !ok || !reflect.DeepEqual(got, want) || len(packet)%4 != 0 {
			t.Errorf("%+v, %v, want %+v", got, ok, want)
		}
		if got, ok := parseControl(packet, 1); !ok || got.ofOurs || got.sender != theirs {
			t.Errorf("for another it is %+v, %v", got, ok)
		}
	}
	silent := control{ssrc: theirs, cname: "x"}
	if got, ok := parseControl(silent.append(nil), ours); !ok || got != (told{sender: theirs}) {
		t.Errorf("%+v, %v", got, ok)
	}
}

// RFC 3550 section 6.5 and 6.6: SDES and BYE about nobody are valid, but useless.
func TestPartsAboutNobodyAreNoFault(t *testing.T) {
	report := control{ssrc: theirs, heard: &block{ssrc: ours, lost: 3}}.append(nil)[:controlHeader+blockSize]
	for name, part := range map[string][]byte{"SDES": {2 << 6, typeSDES, 0, 0}, "BYE": {2 << 6, typeBye, 0, 0}} {
		if got, ok := parseControl(append(bytes.Clone(report), part...), ours); !ok || !got.ofOurs || got.about.lost != 3 || got.goodbye {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
	}
}

// Who hears many says so in several reports of up to 31 blocks; ours may be in any.
func TestOurBlockIsFoundAmongThoseOfMany(t *testing.T) {
	var packet []byte
	for range 9 {
		packet = appendControlHeader(packet, typeRR, 31, controlHeader+31*blockSize)
		packet = append(packet, 0, 0, 0, theirs&0xff)
		for range 31 {
			packet = (&block{ssrc: 7, lost: 9}).append(packet)
		}
	}
	mine := len(packet) - blockSize
	packet = (&block{ssrc: ours, lost: 5}).append(packet[:mine])
	if got, ok := parseControl(packet, ours); !ok || !got.ofOurs || got.about.lost != 5 {
		t.Errorf("%+v, %v", got, ok)
	}
}

// A report of a phone that nobody here wrote: RR and SDES as Wireshark shows them.
func TestAReportIsLaidOutAsTheStandardHasIt(t *testing.T) {
	c := control{ssrc: theirs, cname: "ab", heard: &block{ssrc: ours, fraction: 0x40, lost: 3, highest: 0x10002, jitter: 4, lastSR: 5, delay: 6}}
	want := []byte{
		0x81, 201, 0, 7, 0x0a, 0x0b, 0x0c, 0x0d,
		1, 2, 3, 4, 0x40, 0, 0, 3, 0, 1, 0, 2, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6,
		0x81, 202, 0, 3, 0x0a, 0x0b, 0x0c, 0x0d, 1, 2, 'a', 'b', 0, 0, 0, 0,
	}
	if got := c.append(nil); !bytes.Equal(got, want) {
		t.Errorf("\n% x, want\n% x", got, want)
	}
}

func TestWhatIsNoCompoundPacketIsRefused(t *testing.T) {
	good := compound(true).append(nil)
	change := func(at int, to byte) []byte {
		b := bytes.Clone(good)
		b[at] = to
		return b
	}
	for name, packet := range map[string][]byte{
		"version 1":              change(0, 1<<6|1),
		"SDES first":             change(1, typeSDES),
		"a padded report":        change(0, good[0]|0x20),
		"longer than the packet": change(3, 0xff),
		"more blocks than fit":   change(0, 2<<6|31),
		"cut short":              good[:len(good)-1],
		"sound":                  datagram(header{}, make([]byte, 160)),
	} {
		if got, ok := parseControl(packet, ours); ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if allocs := testing.AllocsPerRun(100, func() { _, _ = parseControl(good, ours) }); allocs != 0 {
		t.Errorf("reading a packet allocates %v times", allocs)
	}
}

func FuzzParseControl(f *testing.F) {
	f.Add(compound(true).append(nil))
	f.Add(compound(false).append(nil))
	f.Add([]byte{0x80, 201, 0, 1, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, packet []byte) {
		got, ok := parseControl(packet, ours)
		if !ok && got != (told{}) {
			t.Errorf("%+v of a packet that is refused", got)
		}
	})
}

func TestTimesAreToldAsNTPHasThem(t *testing.T) {
	at := time.Date(2026, 11, 26, 8, 0, 0, 500_000_000, time.UTC)
	if got, want := ntpTime(at), uint64(at.Unix()+ntpEpoch)<<32|1<<31; got != want {
		t.Errorf("%x, want %x", got, want)
	}
	if got := ofMiddle(ntpMiddle(ntpTime(at.Add(1500*time.Millisecond))) - ntpMiddle(ntpTime(at))); got != 1500*time.Millisecond {
		t.Errorf("%v", got)
	}
}

func TestReportsComeInTheTimesThatTheStandardNames(t *testing.T) {
	for range 1000 {
		if d := nextReport(false); d < 2*time.Second || d > 6200*time.Millisecond {
			t.Fatalf("%v", d)
		}
		if d := nextReport(true); d < time.Second || d > 3100*time.Millisecond {
			t.Fatalf("the first: %v", d)
		}
	}
}

package codec

// PCMU and PCMA are the two laws of ITU-T G.711, 64 kbit/s.
var (
	PCMU = &Codec{
		Name: "PCMU", PayloadType: 0, ClockRateHz: 8000, SampleRateHz: 8000, Priority: 2,
		NewDecoder: func(string) Decoder { return &ulaw },
		NewEncoder: func(string) Encoder { return &ulaw },
	}
	PCMA = &Codec{
		Name: "PCMA", PayloadType: 8, ClockRateHz: 8000, SampleRateHz: 8000, Priority: 1,
		NewDecoder: func(string) Decoder { return &alaw },
		NewEncoder: func(string) Encoder { return &alaw },
	}
)

// G711 is what every telephone can do.
var G711 = NewSet(PCMU, PCMA)

// law is a companding law as two tables. Full 64 KiB encode tables were
// measured to be faster than reduced ones that need a shift.
type law struct {
	linear  [256]int16
	encoded [65536]byte
}

var (
	ulaw = newLaw(ulawToLinear, linearToULaw)
	alaw = newLaw(alawToLinear, linearToALaw)
)

func newLaw(expand func(byte) int16, compress func(int16) byte) (l law) {
	for i := range l.linear {
		l.linear[i] = expand(byte(i))
	}
	for i := range l.encoded {
		l.encoded[i] = compress(int16(uint16(i)))
	}
	return l
}

func (l *law) Decode(dst []int16, payload []byte) int {
	n := min(len(dst), len(payload))
	dst, payload = dst[:n], payload[:n]
	for i, b := range payload {
		dst[i] = l.linear[b]
	}
	return n
}

func (l *law) Encode(dst []byte, samples []int16) int {
	n := min(len(dst), len(samples))
	dst, samples = dst[:n], samples[:n]
	for i, s := range samples {
		dst[i] = l.encoded[uint16(s)]
	}
	return n
}

// ulawBias moves the segment ends of the µ-law to powers of two (G.711 table 2
// in 16-bit scale: 33 quarter steps).
const (
	ulawBias = 33 << 2
	ulawClip = 32767 - ulawBias
)

func ulawToLinear(code byte) int16 {
	code = ^code // G.711: all bits are inverted on the line
	segment := (code >> 4) & 7
	magnitude := (int(code&0x0f)<<3+ulawBias)<<segment - ulawBias
	if code&0x80 != 0 {
		return int16(-magnitude)
	}
	return int16(magnitude)
}

func linearToULaw(sample int16) byte {
	var sign byte
	magnitude := int(sample)
	if magnitude < 0 {
		sign, magnitude = 0x80, ^magnitude
	}
	magnitude = min(magnitude, ulawClip) + ulawBias
	segment := 7
	for segment > 0 && magnitude>>(segment+7) == 0 {
		segment--
	}
	step := byte(magnitude>>(segment+3)) & 0x0f
	return ^(sign | byte(segment)<<4 | step)
}

func alawToLinear(code byte) int16 {
	code ^= 0x55 // G.711: even bits are inverted on the line
	segment := (code >> 4) & 7
	magnitude := int(code&0x0f)<<4 + 8
	if segment > 0 {
		magnitude = (magnitude + 0x100) << (segment - 1)
	}
	if code&0x80 == 0 { // the sign bit of a positive value is set
		return int16(-magnitude)
	}
	return int16(magnitude)
}

func linearToALaw(sample int16) byte {
	sign := byte(0x80)
	magnitude := int(sample)
	if magnitude < 0 {
		sign, magnitude = 0, ^magnitude
	}
	code := magnitude >> 4 // the law has 12 bits of magnitude and a sign
	if code > 15 {
		segment := 1
		for code > 31 {
			code >>= 1
			segment++
		}
		code += (segment - 1) << 4
	}
	return (sign | byte(code)) ^ 0x55
}

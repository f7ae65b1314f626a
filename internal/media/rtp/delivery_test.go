package rtp

import "testing"

// Reports come when they come: before a stretch, in the middle of it and after.
func TestWhatArrivedOfAStretchIsNeverMoreThanTheReportsSay(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	frame := make([]int16, 160)
	send := func(packets int) {
		for range packets {
			s.WriteFrame(frame)
		}
	}
	// The far end counts cycles of its own: only the lower half is the wire's.
	report := func(upTo int, lost int32) {
		highest := uint32(7)<<16 | uint32(s.out.first+uint16(upTo-1))
		c := control{ssrc: 1, heard: &block{ssrc: s.SSRC(), highest: highest, lost: lost}}
		if !s.takeControl(c.append(nil), s.in.started) {
			t.Fatal("the report was not taken")
		}
	}
	check := func(from, to Mark, want Delivery) {
		t.Helper()
		if got := s.Between(from, to); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	send(100)
	report(90, 10)
	from := s.Mark()
	send(200)
	to := s.Mark()
	check(from, to, Delivery{Sent: 200})
	report(95, 12) // of what came before
	check(from, to, Delivery{Sent: 200})
	report(250, 42) // what was lost before cannot be told apart
	check(from, to, Delivery{Sent: 200, Reported: 150, Lost: 32})
	send(100)
	report(400, 60)
	check(from, to, Delivery{Sent: 200, Reported: 200, Lost: 50})
	check(to, s.Mark(), Delivery{Sent: 100, Reported: 100, Lost: 50})
	report(400, 500) // more than were sent
	check(from, to, Delivery{Sent: 200, Reported: 200, Lost: 200})
	check(from, s.Mark(), Delivery{Sent: 300, Reported: 300, Lost: 300})
}

// A far end that is confused proves nothing.
func TestAReportOfPacketsThatWereNeverSentProvesNothing(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	frame := make([]int16, 160)
	from := s.Mark()
	for range 100 {
		s.WriteFrame(frame)
	}
	for _, ahead := range []uint16{500, 32_767, 32_768, 40_000} {
		c := control{ssrc: 1, heard: &block{ssrc: s.SSRC(), highest: uint32(s.out.first + 99 + ahead)}}
		s.takeControl(c.append(nil), s.in.started)
		if got := s.Between(from, s.Mark()); got != (Delivery{Sent: 100}) {
			t.Errorf("%d packets ahead: %+v", ahead, got)
		}
	}
}

// A far end that puts us on hold and takes us back often begins to count anew; one that
// gets a packet late counts it as lost first.
func TestWhatAFarEndLosesAfterItCountsAnewIsLostToo(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	frame := make([]int16, 160)
	report := func(lost int32) {
		for range 100 {
			s.WriteFrame(frame)
		}
		c := control{ssrc: 1, heard: &block{ssrc: s.SSRC(), highest: uint32(s.out.header.sequence - 1), lost: lost}}
		s.takeControl(c.append(nil), s.in.started)
	}
	report(50)
	from := s.Mark()
	report(20) // anew
	report(25)
	report(24) // late
	if got := s.Between(from, s.Mark()); got != (Delivery{Sent: 300, Reported: 300, Lost: 25}) {
		t.Errorf("%+v", got)
	}
}

// RTCP that was overtaken on its way takes nothing back.
func TestAReportThatComesLateTakesNothingBack(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	frame := make([]int16, 160)
	from := s.Mark()
	for range 100 {
		s.WriteFrame(frame)
	}
	for _, upTo := range []uint16{100, 60} {
		c := control{ssrc: 1, heard: &block{ssrc: s.SSRC(), highest: uint32(s.out.first + upTo - 1)}}
		s.takeControl(c.append(nil), s.in.started)
	}
	if got := s.Between(from, s.Mark()); got != (Delivery{Sent: 100, Reported: 100}) {
		t.Errorf("%+v", got)
	}
}

func TestReportsAreUnderstoodWhenTheNumbersWrap(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	frame := make([]int16, 160)
	for range 70_000 {
		s.WriteFrame(frame)
	}
	if got := s.out.upTo(uint32(s.out.first + (69_000 - 1 - 65_536))); got != 69_000 {
		t.Errorf("%d packets", got)
	}
	if got := s.out.upTo(uint32(s.out.first + (69_999 - 65_536))); got != 70_000 {
		t.Errorf("%d packets", got)
	}
}

func TestAFarEndThatNeverReportsIsKnownForIt(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	frame := make([]int16, 160)
	send := func(packets int) Delivery {
		from := s.Mark()
		for range packets {
			s.WriteFrame(frame)
		}
		return s.Between(from, s.Mark())
	}
	if d := send(499); d.Mute {
		t.Error("before it had to report it is taken for mute")
	}
	if d := send(1); !d.Mute {
		t.Error("after ten seconds a report is still expected")
	}
	c := control{ssrc: 1, heard: &block{ssrc: s.SSRC(), highest: uint32(s.out.first)}}
	s.takeControl(c.append(nil), s.in.started)
	if d := send(1000); d.Mute {
		t.Error("it has reported, and is taken for mute")
	}
}

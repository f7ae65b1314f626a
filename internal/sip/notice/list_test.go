package notice

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// desk is a list with a clock of the test's, and its log.
type desk struct {
	*List
	log bytes.Buffer
	now time.Time
}

func newDesk() *desk {
	d := &desk{now: time.Unix(1_800_000_000, 0).UTC()}
	d.List = New(slog.New(slog.NewTextHandler(&d.log, nil)), func() time.Time { return d.now })
	return d
}

func (d *desk) lines() int { return strings.Count(d.log.String(), "\n") }

func source(n int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, byte(n >> 8), byte(n)}), 5060)
}

func TestARefusedRequestOfAKnownSourceMakesALineEachTime(t *testing.T) {
	d := newDesk()
	for i := range 3 {
		d.Tell(Notice{Source: source(1), Transport: "udp", Known: true, Method: "INVITE", CallID: fmt.Sprint("call-", i), To: "sip:+1@x", Status: 404, Reason: "no such number"})
	}
	if d.lines() != 3 {
		t.Errorf("%d lines:\n%s", d.lines(), d.log.String())
	}
	for _, part := range []string{"request refused", "source=192.0.0.1:5060", "method=INVITE", "call_id=call-2", "status=404", `reason="no such number"`} {
		if !strings.Contains(d.log.String(), part) {
			t.Errorf("no %s in\n%s", part, d.log.String())
		}
	}
	d.Tell(Notice{Source: source(1), Known: true, Method: "OPTIONS", Status: 200})
	if d.lines() != 3 {
		t.Error("what was served made a line")
	}
	if e := d.Entries(); len(e) != 2 || e[0].Times+e[1].Times != 4 {
		t.Errorf("%+v", e)
	}
}

func TestStrangersMakeFewLinesThatSayWhatTheyLeftOut(t *testing.T) {
	d := newDesk()
	for range 100 {
		d.Tell(Notice{Source: source(1), Transport: "udp", Reason: "nobody knows this source"})
	}
	if d.lines() != 1 {
		t.Errorf("%d lines", d.lines())
	}
	d.now = d.now.Add(quiet)
	d.Tell(Notice{Source: source(1), Transport: "udp", Reason: "nobody knows this source"})
	if d.lines() != 2 || !strings.Contains(d.log.String(), "left_out=99") {
		t.Errorf("then\n%s", d.log.String())
	}
	for i := range 10_000 {
		d.Tell(Notice{Source: source(i), Reason: "nobody knows this source"})
	}
	if d.lines() > 2+linesBurst {
		t.Errorf("%d lines of a flood", d.lines())
	}
}

func TestTheBoardIsBoundedAndStrangersGiveWay(t *testing.T) {
	d := newDesk()
	for i := range 100 {
		d.Tell(Notice{Source: source(20_000 + i), Known: true, Status: 404, Reason: "no such number"})
	}
	for i := range 5_000 {
		d.now = d.now.Add(time.Second)
		d.Tell(Notice{Source: source(i), Reason: "nobody knows this source"})
	}
	known, entries := 0, d.Entries()
	for _, e := range entries {
		if e.Known {
			known++
		}
	}
	if len(entries) != entriesMost || known != 100 || entries[len(entries)-1].Source != source(4_999) {
		t.Errorf("%d entries, %d of known sources, the last of %s", len(entries), known, entries[len(entries)-1].Source)
	}
}

func TestWhatFarEndsWriteStaysOnItsLine(t *testing.T) {
	d := newDesk()
	d.Tell(Notice{Source: source(1), Known: true, Method: "INVITE", CallID: strings.Repeat("x", 9000), From: "sip:a\r\nb\xff@c", Reason: "x"})
	if d.lines() != 1 || d.log.Len() > 1000 || strings.Contains(d.log.String(), `\r`) {
		t.Errorf("%q", d.log.String())
	}
}

func TestTheOperatorReadsTheBoard(t *testing.T) {
	d := newDesk()
	d.Tell(Notice{Source: source(1), Transport: "udp", Known: true, Method: "INVITE", To: "sip:+1@x", Status: 404, Reason: "no such number"})
	answer := httptest.NewRecorder()
	d.ServeHTTP(answer, httptest.NewRequest("GET", Path, nil))
	var read []Entry
	if err := json.Unmarshal(answer.Body.Bytes(), &read); err != nil || !slices.Equal(read, d.Entries()) {
		t.Errorf("%s is read as %+v, %v", answer.Body, read, err)
	}
	answer = httptest.NewRecorder()
	d.ServeHTTP(answer, httptest.NewRequest("POST", Path, nil))
	if answer.Code != 405 {
		t.Errorf("POST is answered %d", answer.Code)
	}
}

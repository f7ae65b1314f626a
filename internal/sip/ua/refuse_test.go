package ua

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/notice"
)

const parts = "--b-7\r\nContent-Type: application/isup;version=itu-t92+\r\nContent-Disposition: signal;handling=optional\r\n\r\n\x01\x00\x49\r\n" +
	"--b-7\r\nContent-Type: application/sdp\r\n\r\nv=0 offer\r\n--b-7--\r\n"

func ofKind(kind, body string) change {
	return func(m sip.Message) {
		withHeader("Content-Type", kind)(m)
		m.SetBody([]byte(body))
	}
}

func TestTheOfferIsFoundAmongTheParts(t *testing.T) {
	nested := "--out\r\nContent-Type: multipart/alternative;boundary=b-7\r\n\r\n" + parts + "\r\n--out--\r\n"
	for name, c := range map[string]change{
		"beside ISUP":            ofKind(`multipart/mixed;boundary="b-7"`, parts),
		"in another":             ofKind(`Multipart/Mixed; boundary=out`, nested),
		"alone":                  ofKind(`application/SDP;charset=utf-8`, "v=0 offer"),
		"required as others are": ofKind(`multipart/mixed;boundary=b-7`, strings.Replace(parts, "application/sdp", "application/sdp\r\nContent-Disposition: session;handling=required", 1)),
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				s, _, _ := w.ring(c)
				if s == nil || strings.TrimSpace(string(w.hand.incoming.Body)) != "v=0 offer" {
					t.Errorf("the offer is %q", w.hand.incoming.Body)
				}
			})
		})
	}
	for name, c := range map[string]change{
		"no part":          ofKind("multipart/mixed;boundary=x", "--x\r\n\r\n--x--\r\n"),
		"no boundary":      ofKind("multipart/mixed", parts),
		"one that must be": ofKind("multipart/mixed;boundary=b-7", strings.Replace(parts, "handling=optional", "handling=required", 1)),
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.far.send(w.far.invite(c))
				w.far.response(415)
			})
		})
	}
}

func TestACallerOfRFC2543IsServedWithoutTagAndContact(t *testing.T) {
	inWorld(t, func(w *world) {
		raw := w.far.invite().String()
		for _, line := range []string{";tag=far", "Contact: <sip:bob@10.0.0.2:5060>\r\n", "z9hG4bK"} {
			raw = strings.Replace(raw, line, "", 1)
		}
		w.far.sendRaw(raw)
		synctest.Wait()
		o := newEars()
		s := w.hand.last(o)
		s.Answer(nil, nil)
		ok := w.far.response(200)
		w.far.send(w.far.within(ok, "ACK", 7))
		o.want(t, "answered ")
		s.Hangup(Reason{})
		if bye := w.far.request("BYE"); bye.Recipient.String() != "sip:bob@10.0.0.2" {
			t.Errorf("it goes to %s", bye.Recipient.String())
		}
	})
}

// What a known peer is refused for makes exactly one line, which says who, what
// and why.
func TestEveryRefusalMakesOneLine(t *testing.T) {
	for name, c := range map[string]struct {
		message func(w *world) string
		status  string
		reason  string
	}{
		"an extension": {func(w *world) string { return w.far.invite(withHeader("Require", "magic")).String() }, "420", "magic"},
		"a body":       {func(w *world) string { return w.far.invite(ofKind("text/plain", "hi")).String() }, "415", "text/plain"},
		"no Contact": {func(w *world) string {
			return strings.Replace(w.far.invite().String(), "Contact: <sip:bob@10.0.0.2:5060>\r\n", "", 1)
		}, "400", "Contact"},
		"nonsense":  {func(w *world) string { return strings.Replace(w.far.invite().String(), "From: ", "From: <<", 1) }, "400", "From"},
		"a dialog":  {func(w *world) string { return w.far.outside("BYE", withTag("gone")).String() }, "481", "no call"},
		"no dialog": {func(w *world) string { return w.far.outside("BYE").String() }, "481", "no call"},
		"a CANCEL":  {func(w *world) string { return w.far.outside("CANCEL").String() }, "481", "rings"},
		"a method":  {func(w *world) string { return w.far.outside("DANCE").String() }, "405", "DANCE"},
		"a version": {func(w *world) string {
			return strings.Replace(w.far.invite().String(), "SIP/2.0\r\n", "SIP/7.0\r\n", 1)
		}, "505", "SIP/7.0"},
		"the handler": {func(w *world) string { return w.far.invite(withHeader("Subject", "refuse me")).String() }, "404", "nobody here"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				var log bytes.Buffer
				w.ua.notices = notice.New(slog.New(slog.NewTextHandler(&log, nil)), nil)
				w.far.sendRaw(c.message(w))
				synctest.Wait()
				lines := strings.Split(strings.TrimSpace(log.String()), "\n")
				if len(lines) != 1 {
					t.Fatalf("%d lines:\n%s", len(lines), log.String())
				}
				for _, part := range []string{"request refused", "source=10.0.0.2:5060", "method=", "call_id=far-call-1", "status=" + c.status, c.reason} {
					if !strings.Contains(lines[0], part) {
						t.Errorf("no %q in %s", part, lines[0])
					}
				}
			})
		})
	}
}

func TestWhatCannotBeAnsweredMakesALine(t *testing.T) {
	inWorld(t, func(w *world) {
		var log bytes.Buffer
		w.ua.notices = notice.New(slog.New(slog.NewTextHandler(&log, nil)), nil)
		w.far.sendRaw("hello\r\n\r\n")
		w.far.sendRaw("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1\r\n\r\n")
		w.far.silence()
		if strings.Count(log.String(), "\n") != 2 || strings.Count(log.String(), "source=10.0.0.2:5060") != 2 {
			t.Errorf("log is\n%s", log.String())
		}
	})
}

func TestWhatIsServedIsCountedWithoutALine(t *testing.T) {
	inWorld(t, func(w *world) {
		var log bytes.Buffer
		w.ua.notices = notice.New(slog.New(slog.NewTextHandler(&log, nil)), nil)
		w.far.send(w.far.outside("OPTIONS"), w.far.outside("OPTIONS"), w.far.invite())
		synctest.Wait()
		times := map[string]int{}
		for _, e := range w.ua.notices.Entries() {
			times[e.Method] = e.Times
		}
		if log.Len() > 0 || times["OPTIONS"] != 2 || times["INVITE"] != 1 {
			t.Errorf("%v, log %q", times, log.String())
		}
	})
}

package ua

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
	"pgregory.net/rapid"
)

// Whatever both ends do, in any order, a session ends exactly once, says nothing
// after that, and leaves nothing behind.
func TestEverySessionEndsExactlyOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		placed := rapid.Bool().Draw(rt, "placed")
		steps := rapid.SliceOfN(rapid.IntRange(0, 14), 0, 14).Draw(rt, "steps")
		var heard []string
		inWorld(t, func(w *world) { heard = live(w, placed, steps) })
		ends := 0
		for i, h := range heard {
			if strings.HasPrefix(h, "failed") || strings.HasPrefix(h, "ended") {
				ends++
				if i != len(heard)-1 {
					rt.Fatalf("something follows the end: %q", heard)
				}
			}
		}
		if ends != 1 {
			rt.Fatalf("%d ends: %q", ends, heard)
		}
	})
}

// live plays one call and returns what was heard of it.
func live(w *world, placed bool, steps []int) []string {
	o := newEars()
	var s *Session
	var invite *sip.Request
	if placed {
		s = w.ua.Invite(w.outgoing(), o)
		invite = w.far.request("INVITE")
	} else {
		s, o, invite = w.ring(withBody("v=0"))
	}
	p := &player{w: w, s: s, o: o, invite: invite, placed: placed, cseq: 20}
	for _, step := range steps {
		p.play(step)
		synctest.Wait()
	}
	s.Hangup(Reason{})
	w.pass(10 * time.Minute)
	w.empty()
	w.each(func(sh *shard) {
		if n := sh.Unanswered(); n > 0 {
			w.t.Errorf("%d requests are unanswered", n)
		}
	})
	var heard []string
	for len(o.heard) > 0 {
		heard = append(heard, <-o.heard)
	}
	return heard
}

// player makes the moves of both ends.
type player struct {
	w      *world
	s      *Session
	o      *ears
	invite *sip.Request
	placed bool
	cseq   uint32
	last   *sip.Request // newest request from the user agent
	ok     *sip.Response
}

func (p *player) play(step int) {
	switch step {
	case 0:
		p.s.Ring(180, nil, nil)
	case 1:
		p.s.Answer([]byte("v=0"), nil)
	case 2:
		p.s.Reject(486, "", nil)
	case 3:
		p.s.Hangup(Reason{})
	case 4:
		p.s.Reinvite([]byte("v=0 new"))
	case 5:
		p.o.mu.Lock()
		offer := p.o.offer
		p.o.mu.Unlock()
		if offer != nil {
			offer.Answer([]byte("v=0"))
		}
	case 6:
		p.listen()
	case 7, 8, 9, 10:
		p.listen()
		if p.last != nil {
			p.w.far.respond(p.last, map[int]int{7: 180, 8: 200, 9: 486, 10: 481}[step])
		}
	case 11:
		p.within("BYE")
	case 12:
		p.within("INVITE")
	case 13:
		p.listen()
		if p.placed {
			p.within("ACK")
		} else if p.ok != nil {
			p.w.far.send(p.w.far.within(p.ok, "ACK", p.ok.CSeq().SeqNo))
			p.w.far.send(p.w.far.cancelOf(p.invite))
		} else {
			p.w.far.send(p.w.far.cancelOf(p.invite))
		}
	case 14:
		p.w.pass(5 * time.Second)
	}
}

// listen reads what arrived at the far end.
func (p *player) listen() {
	if p.last == nil && p.placed {
		p.last = p.invite
	}
	for len(p.w.far.conn.in) > 0 {
		switch m := p.w.far.next().(type) {
		case *sip.Request:
			if m.Method != "ACK" {
				p.last = m
			}
		case *sip.Response:
			if m.StatusCode == 200 && m.CSeq().MethodName == "INVITE" {
				p.ok = m
			}
		}
	}
}

// within sends a request of the far end in the dialog as far as it knows it.
func (p *player) within(method string) {
	p.listen()
	p.cseq++
	body := func(sip.Message) {}
	if method == "INVITE" {
		body = withBody(fmt.Sprint("v=0 ", p.cseq))
	}
	switch {
	case p.placed:
		p.w.far.send(p.w.far.asCallee(p.invite, method, p.cseq, body))
	case p.ok != nil:
		p.w.far.send(p.w.far.within(p.ok, method, p.cseq, body))
	}
}

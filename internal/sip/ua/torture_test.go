package ua

import (
	"strings"
	"testing"
	"testing/synctest"

	"strowger/internal/sip/message/messagetest"
)

// What becomes of the messages of RFC 4475, by the status that a far end hears: 0
// for what is dropped. Where the RFC leaves a choice, the call is served.
var torture = map[string]int{
	// 3.1.1, valid. The call that wsinv belongs to is not here; what intmeth,
	// esc02 and mpart01 ask for is no method of ours.
	"wsinv": 481, "intmeth": 405, "esc01": 100, "escnull": 200, "esc02": 405, "lwsdisp": 200, "longreq": 100, "dblreq": 200,
	"semiuri": 200, "transports": 200, "mpart01": 405, "unreason": 0, "noreason": 0,
	// 3.1.2, invalid
	"badinv01": 400, "clerr": 400, "ncl": 400, "scalar02": 400, "scalarlg": 0, "quotbal": 400, "ltgtruri": 400, "lwsruri": 400,
	"lwsstart": 100, "trws": 200, "escruri": 400, "baddate": 100, "regbadct": 400, "badaspec": 200, "baddn": 200, "badvers": 505,
	"mismatch01": 400, "mismatch02": 400, "bigcode": 0,
	// 3.2 and 3.3. unksm2 and regaut01 are the registrar's to refuse.
	"badbranch": 200, "insuf": 400, "unkscm": 416, "novelsc": 416, "unksm2": 200, "bext01": 420, "invut": 415, "regaut01": 200,
	"multi01": 400, "mcl01": 400, "bcast": 0, "zeromf": 200, "cparam01": 200, "cparam02": 200, "regescrt": 200, "sdp01": 406,
	// 3.4, of RFC 2543
	"inv2543": 100,
}

func TestTheMessagesOfRFC4475AreServedOrRefusedAsItSays(t *testing.T) {
	for _, name := range messagetest.Tortures() {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				// Answers go to the port in Via, and the far end has one.
				w.far.sendRaw(strings.Replace(messagetest.Torture(name), "192.0.2.59:5050", "192.0.2.59", 1))
				synctest.Wait()
				if w.hand.request != nil && w.hand.request.Method == "REGISTER" {
					w.hand.request.Respond(200, "", nil, nil)
				}
				if want := torture[name]; want == 0 {
					w.far.silence()
				} else {
					w.far.response(want)
				}
			})
		})
	}
}

// A branch that is nothing but the cookie names no transaction (RFC 4475 3.2.1).
func TestTheBareMagicCookieDoesNotMixCallsUp(t *testing.T) {
	inWorld(t, func(w *world) {
		msg := messagetest.Torture("badbranch")
		w.far.sendRaw(msg)
		first := w.far.response(200)
		w.far.sendRaw(strings.Replace(msg, "badbranch.", "another.", 1))
		if second := w.far.response(200); second.CallID().Value() == first.CallID().Value() {
			t.Error("the second call got the first one's response")
		}
	})
}

package sip

import (
	"mime"
	"strconv"
	"strings"
	"time"

	"strowger/internal/call"
	"strowger/internal/media/dtmf"
	"strowger/internal/sip/ua"
)

// The bodies of INFO that are keys. No RFC defines them; gateways and telephones
// without telephone events send them.
const (
	typeRelay = "application/dtmf-relay" // lines of name=value, Signal=5 among them
	typeDTMF  = "application/dtmf"       // the key alone
)

// inDialog are the requests inside a dialog that legs take.
var inDialog = map[string]func(*leg, *line, *ua.Request){
	"INFO": (*leg).informed, "NOTIFY": (*leg).notified, "REFER": (*leg).asked,
}

// Request takes what comes inside the dialog and is no matter of the session. It
// is ua.RequestObserver's, and leaves a task like the others.
func (n *line) Request(r *ua.Request) {
	task, ok := inDialog[r.Method]
	if !ok {
		r.Refuse(ua.Refusal{Code: 405, Reason: r.Method + " is not served in a call; the far end has to do without it"})
		return
	}
	if !n.leg.news(func() { task(n.leg, n, r) }) {
		r.Refuse(ua.Refusal{Code: 500, Phrase: "too much to do", Reason: tooMuch})
	}
}

// informed: the far end sent an INFO. What is answered 200 has had its effect.
func (l *leg) informed(n *line, r *ua.Request) {
	kind, _, _ := mime.ParseMediaType(r.Headers.Get("Content-Type"))
	known := kind == typeRelay || kind == typeDTMF
	key, isKey := keyIn(kind, string(r.Body))
	switch {
	case n.over || n != l.line:
		r.Refuse(ua.Refusal{Code: 481, Reason: "the call is ending"})
	case r.Headers.Get("Info-Package") != "":
		// RFC 6086 4.2.2: we asked for no package.
		r.Refuse(ua.Refusal{Code: 469, Phrase: "Bad Info Package", Headers: ua.Headers{{Name: "Recv-Info"}},
			Reason: "its INFO is of a package that is not spoken here; the far end has to do without it"})
	case len(r.Body) == 0 && kind == "":
		r.Respond(200, "", nil, nil) // to see whether we are there
	case !known:
		r.Refuse(ua.Refusal{Code: 415, Headers: ua.Headers{{Name: "Accept", Value: typeRelay + ", " + typeDTMF}},
			Reason: "its INFO carries no keys; those come as " + typeRelay + " or " + typeDTMF})
	case !isKey:
		r.Refuse(ua.Refusal{Code: 400, Phrase: "no key in it", Reason: "its INFO names no key of a telephone; the far end has to correct it"})
	case !l.answered:
		r.Refuse(ua.Refusal{Code: 480, Phrase: "not answered yet", Reason: "a key came before the call was answered; it is nobody's"})
	default:
		r.Respond(200, "", nil, nil)
		l.pressed(byInfo, key, time.Now())
	}
}

// keyIn finds the key in the body of an INFO.
func keyIn(kind, body string) (dtmf.Digit, bool) {
	signal := strings.TrimSpace(body)
	if kind == typeRelay || strings.Contains(body, "=") {
		signal = ""
		for line := range strings.Lines(body) {
			name, value, _ := strings.Cut(line, "=")
			if strings.EqualFold(strings.TrimSpace(name), "signal") {
				signal = strings.TrimSpace(value)
			}
		}
	}
	// Some write * and # as their event codes (RFC 4733 3.2).
	if code, err := strconv.ParseUint(signal, 10, 8); err == nil && len(signal) == 2 {
		return dtmf.Event{Code: uint8(code)}.Digit()
	}
	digits, err := dtmf.ParseDigits(signal)
	if err != nil || len(digits) != 1 {
		return 0, false
	}
	return digits[0], true
}

// way is how a key came.
type way int

const (
	byEvent way = iota
	byInfo
	ways
)

// echoSpan is how far apart one press may come by both ways: an event is reported
// at its end, an INFO may be sent at the beginning.
const echoSpan = time.Second

// echoes knows which keys have come by one way only so far. There are gateways that
// send each key by both.
type echoes [ways]struct {
	key   dtmf.Digit
	count int
	last  time.Time
}

// again reports whether a key that comes by one way has come by the other already.
func (e *echoes) again(w way, key dtmf.Digit, now time.Time) bool {
	mine, other := &e[w], &e[ways-1-w]
	if other.key == key && other.count > 0 && now.Sub(other.last) < echoSpan {
		other.count--
		return true
	}
	if mine.key != key || now.Sub(mine.last) >= echoSpan {
		mine.count = 0
	}
	mine.key, mine.last = key, now
	mine.count++
	return false
}

// pressed reports a key. What was pressed before the leg was in a call is meant for
// nobody, however late it is told.
func (l *leg) pressed(w way, key dtmf.Digit, at time.Time) {
	if l.answered && at.After(l.since) && !l.keys.again(w, key, at) {
		l.signal(call.ToneReceived{Leg: l.id(), Tone: call.Tone(key)})
	}
}

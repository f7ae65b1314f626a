package ua

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/transaction"
)

// leastInterval is the shortest session interval that we take (RFC 4028 5).
const leastInterval = 90 * time.Second

// sessionTimer is what both ends agreed on to notice that the other is gone (RFC
// 4028). We ask for none, and keep those that a far end asks for.
type sessionTimer struct {
	interval time.Duration
	ours     bool // to refresh
	alarm    *transaction.Alarm
}

// refresher is how Session-Expires names who refreshes.
type refresher string

const (
	refreshUAC refresher = "uac" // who sends the INVITE
	refreshUAS refresher = "uas" // who answers it
)

// sessionExpires reads a Session-Expires; 0 for none that can be used.
func sessionExpires(msg interface{ GetHeaders(string) []sip.Header }) (interval time.Duration, by refresher) {
	seconds, params, _ := strings.Cut(valueOf(msg, "Session-Expires"), ";")
	n, err := strconv.ParseUint(strings.TrimSpace(seconds), 10, 31)
	if err != nil {
		return 0, ""
	}
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if strings.EqualFold(strings.TrimSpace(name), "refresher") {
			by = refresher(strings.ToLower(strings.TrimSpace(value)))
		}
	}
	return time.Duration(n) * time.Second, by
}

// tooBrief is how an INVITE is refused that wants to be refreshed more often than
// we do (RFC 4028 9). Who does not know timers would not know what to do about it.
func tooBrief(req *sip.Request) (no Refusal, refused bool) {
	interval, _ := sessionExpires(req)
	if interval == 0 || interval >= leastInterval || !knowsTimer(req) {
		return no, false
	}
	least := strconv.Itoa(int(leastInterval / time.Second))
	return Refusal{Code: 422, Headers: Headers{{"Min-SE", least}},
		Reason: fmt.Sprintf("it wants to be refreshed every %s; have the far end ask for %s s or more", interval, least)}, true
}

func knowsTimer(msg interface{ GetHeaders(string) []sip.Header }) bool {
	return hasOption(msg, "Supported", "timer") || hasOption(msg, "Require", "timer")
}

// agreeTimer settles the timer in our 2xx to an INVITE (RFC 4028 9): the far end
// refreshes, unless it leaves that to us or does not know how.
func (s *Session) agreeTimer(req *sip.Request, res *sip.Response) {
	interval, by := sessionExpires(req)
	switch {
	case interval < leastInterval:
		s.keepTimer(sessionTimer{})
		return
	case !knowsTimer(req):
		by = refreshUAS // a proxy asked for it
	case by != refreshUAS:
		by = refreshUAC
		res.AppendHeader(sip.NewHeader("Require", "timer"))
	}
	res.AppendHeader(sip.NewHeader("Session-Expires", expiresIn(interval, by)))
	s.keepTimer(sessionTimer{interval: interval, ours: by == refreshUAS})
}

func expiresIn(interval time.Duration, by refresher) string {
	return fmt.Sprintf("%d;refresher=%s", interval/time.Second, by)
}

// keepTimer starts the interval again. The zero timer never ends.
func (s *Session) keepTimer(t sessionTimer) {
	s.timer.alarm.Stop()
	s.timer = t
	switch {
	case t.interval == 0:
	case t.ours: // RFC 4028 10: at half the interval
		s.timer.alarm = s.shard.After(t.interval/2, s.refresh)
	default:
		s.timer.alarm = s.shard.After(graceOf(t.interval), s.expired)
	}
}

// graceOf is when a session ends that nobody refreshes: a little before the far
// end's own clock says so (RFC 4028 10).
func graceOf(interval time.Duration) time.Duration {
	return interval - min(32*time.Second, interval/3)
}

func (s *Session) expired() {
	if s.over || !s.established {
		return
	}
	s.end(Cause{Origin: Timeout, Code: sip.StatusRequestTimeout, Phrase: "session was not refreshed"})
	s.leave(Reason{SIP: sip.StatusRequestTimeout, Text: "session timer expired"})
}

// refresh offers again what was agreed on (RFC 4028 7.4). What else is being
// negotiated is tried again after it.
func (s *Session) refresh() {
	if s.over || !s.established {
		return
	}
	rest := s.timer.interval/2 - min(32*time.Second, s.timer.interval/6)
	s.timer.alarm = s.shard.After(rest, s.expired)
	if s.reinvite != nil || len(s.described) == 0 {
		return // an offer of ours is under way, and may serve as well
	}
	s.reinvite = &reinvite{sdp: s.described, refreshes: true, headers: Headers{
		{"Supported", s.ua.supported}, {"Session-Expires", expiresIn(s.timer.interval, refreshUAC)},
		{"Min-SE", strconv.Itoa(int(leastInterval / time.Second))},
	}}
	s.nextReinvite()
}

// refreshed takes the timer from a 2xx to a re-INVITE of ours that asked for one
// (RFC 4028 7.2). Without one in it, the session has none any more.
func (s *Session) refreshed(res *sip.Response) {
	interval, by := sessionExpires(res)
	if interval != 0 {
		interval = max(interval, leastInterval)
	}
	s.keepTimer(sessionTimer{interval: interval, ours: by != refreshUAS})
}

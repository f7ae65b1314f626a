package sip

import (
	"strowger/internal/call"
	"strowger/internal/sip/ua"
)

// readdress gives a leg the id that it has in another call. What it signals from
// now on goes there, and what the call asks of it that it was in, nowhere.
func (ls *Legs) readdress(e call.Readdress) {
	if l, ok := ls.rename(e.Was, e.Leg); ok {
		l.tasks.put(l.moved)
		return
	}
	// It ended on the way. The other call was told, and has let go of it.
	l := ls.newLeg(e.Leg)
	l.tasks.put(func() {
		l.over = true
		l.signal(call.LegEnded{Leg: e.Leg, Cause: call.Cause{Reason: call.EndedByParticipant}})
	})
	ls.begin(l)
}

func (ls *Legs) rename(was, id call.LegID) (*leg, bool) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l, ok := ls.legs[was]
	if !ok {
		return nil, false
	}
	delete(ls.legs, was)
	ls.passed(was)
	ls.legs[id] = l
	l.known.Store(&id)
	return l, true
}

// moved makes up for what the other call was told while the leg moved.
func (l *leg) moved() {
	l.log.Info("the leg is in another call", "to", string(l.id()))
	l.log = l.legs.logOf(l.id())
	if len(l.headers) > 0 {
		l.headers = ua.Headers{serverCallID(l.id())}
	}
	l.tellReferrer(call.Cause{Reason: call.Busy})
	if l.replaced != nil {
		l.replaced.Leg = l.id()
		l.signal(*l.replaced)
	}
}

// partsFrom reports whether nobody has said goodbye in a dialog of an earlier
// process, and notes that somebody does.
func (ls *Legs) partsFrom(d call.Dialog) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	key := dialogKey{d.CallID, d.LocalTag}
	if ls.parted[key] {
		return false
	}
	ls.parted[key] = true
	return true
}

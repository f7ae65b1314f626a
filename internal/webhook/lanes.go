package webhook

import (
	"container/list"
	"context"
	"net/url"
	"strings"
	"sync"
)

// lanes bound the tries that are under way at once, and keep room beside
// whoever hangs.
//
// Connections do not say whose application they are of, so an application is
// where its callbacks go: the origin, and below it the path, segment by segment
// (the query, and what comes below deepest, are details of one call). Each of
// these may have three quarters of what the one above it may have. So one
// application that hangs, be it a host or a path or a thousand paths under one
// prefix, leaves a quarter of its host to others, and its host leaves a quarter
// of everything to other hosts.
//
// What finds no room waits. Room that is given back goes to the application
// that was served longest ago, and there to who has waited longest.
type lanes struct {
	most int

	mu      sync.Mutex
	open    map[string]int // tries under way below each prefix
	waiting map[string]*list.Element
	turns   *list.List // of *line, whose turn it is first
}

// deepest is how many segments of a path tell applications apart.
const deepest = 3

// line is who waits of one application.
type line struct {
	application []string // its prefixes, the widest first
	tickets     *list.List
}

func newLanes(most int) *lanes {
	return &lanes{most: most, open: map[string]int{}, waiting: map[string]*list.Element{}, turns: list.New()}
}

// enter waits for room for one try at a URL. leave, which gives it back, is nil
// when ctx or gone ended first.
func (l *lanes) enter(ctx context.Context, to string, gone <-chan struct{}) (leave func()) {
	prefixes := prefixesOf(to)
	leave = func() { l.leave(prefixes) }
	admitted, forget := l.ask(prefixes)
	select {
	case <-admitted:
		return leave
	default:
	}
	select {
	case <-admitted:
		return leave
	case <-ctx.Done():
	case <-gone:
	}
	if !forget() { // it was admitted in the same moment
		leave()
	}
	return nil
}

// ask takes room at once, or a ticket. forget gives the ticket back and reports
// whether it was not used.
func (l *lanes) ask(prefixes []string) (admitted <-chan struct{}, forget func() bool) {
	ticket := make(chan struct{})
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.admits(prefixes) {
		l.take(prefixes)
		close(ticket)
		return ticket, func() bool { return false }
	}
	application := prefixes[len(prefixes)-1]
	at := l.waiting[application]
	if at == nil {
		at = l.turns.PushBack(&line{application: prefixes, tickets: list.New()})
		l.waiting[application] = at
	}
	e := at.Value.(*line).tickets.PushBack(ticket)
	return ticket, func() bool { return l.forget(at, e) }
}

func (l *lanes) forget(at, e *list.Element) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-e.Value.(chan struct{}):
		return false
	default:
	}
	at.Value.(*line).tickets.Remove(e)
	l.tidy(at)
	return true
}

// leave gives room back. All lanes that it was taken from lie within each other,
// so there is room for one more, and not for two.
func (l *lanes) leave(prefixes []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range prefixes {
		if l.open[p]--; l.open[p] == 0 {
			delete(l.open, p)
		}
	}
	for at := l.turns.Front(); at != nil; at = at.Next() {
		next := at.Value.(*line)
		if !l.admits(next.application) {
			continue
		}
		l.take(next.application)
		close(next.tickets.Remove(next.tickets.Front()).(chan struct{}))
		l.turns.MoveToBack(at)
		l.tidy(at)
		return
	}
}

// tidy forgets a line in which nobody waits any more.
func (l *lanes) tidy(at *list.Element) {
	next := at.Value.(*line)
	application := next.application[len(next.application)-1]
	if next.tickets.Len() == 0 && l.waiting[application] == at {
		l.turns.Remove(at)
		delete(l.waiting, application)
	}
}

func (l *lanes) admits(prefixes []string) bool {
	room := l.most
	for _, p := range prefixes {
		if l.open[p] >= max(1, room) {
			return false
		}
		room = room * 3 / 4
	}
	return true
}

func (l *lanes) take(prefixes []string) {
	for _, p := range prefixes {
		l.open[p]++
	}
}

// prefixesOf are the lanes of a URL, each within the one before it: everything,
// its origin, and its path as far as that tells applications apart.
func prefixesOf(raw string) []string {
	all := []string{""}
	to, err := url.Parse(raw)
	if err != nil {
		return all
	}
	prefix := strings.ToLower(to.Scheme + "://" + to.Host)
	all = append(all, prefix)
	for segment := range strings.SplitSeq(strings.Trim(to.EscapedPath(), "/"), "/") {
		if segment == "" || len(all) == deepest+2 {
			break
		}
		prefix += "/" + segment
		all = append(all, prefix)
	}
	return all
}

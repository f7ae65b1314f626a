package webhook

import (
	"log/slog"
	"sync/atomic"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/outbound"
)

// delivery is one event on its way to one recipient.
type delivery struct {
	position
	stream       int
	call         call.ID
	destination  destination
	subscription *subscription // nil for a callback
	id           string        // of the event: the same at every try
	url          string
	message      Message
	happened     time.Time
	limits       limits
	tries        atomic.Int64  // that have begun
	overflowed   chan struct{} // closed when it is given up for want of room
}

// destination is what keeps an order: a connection, or a call at a subscription
// or at the URI that a command out of call named.
type destination struct {
	connection   call.ConnectionID
	subscription string
	callbackURI  string // out of call
	key          call.Key
	incoming     call.IncomingID // of an IncomingCall, which cannot wait for others
}

// destinationOf is where the events of a call's recipient wait for each other:
// a connection's keep their order, also those of operations with a URI of
// their own.
func destinationOf(key call.Key, to call.Recipient) destination {
	if q := to.Queue(); q.Connection == "" {
		return destination{callbackURI: q.CallbackURI, key: key}
	}
	return destination{connection: to.Connection}
}

// limits say how long an event is worth trying.
type limits struct {
	tries    int // 0: any number
	deadline time.Time
	pause    time.Duration // between tries, at least
	backoff  func(tries int) time.Duration
	absent   time.Time // until when an endpoint that is not there is worth another try
}

// lastTry is when the last try after a result begins at the latest. An IncomingCall
// has to arrive a while before its call stops ringing.
func (l limits) lastTry(after result) time.Time {
	last := l.deadline.Add(-l.pause)
	if after.absent && l.absent.Before(last) {
		return l.absent
	}
	return last
}

func (c *Courier) newDelivery(r journal.Record, i int) *delivery {
	now := time.Now()
	return &delivery{
		position: position{Sequence: r.Sequence, Event: i},
		stream:   r.Stream, call: r.Call, id: r.EventID(i), happened: r.Time,
		limits:     limits{deadline: now.Add(c.config.GiveUpAfter), absent: now.Add(absentTime), backoff: backoff},
		overflowed: make(chan struct{}),
	}
}

// publishing says how long an event is worth publishing, which is counted from when
// it happened: after a restart there is time for a handshake. An IncomingCall is of use
// while its call rings.
func (c *Courier) publishing(r journal.Record, e call.ForSubscribers) limits {
	if _, ok := e.(call.IncomingCall); ok {
		over := r.Time.Add(incomingLife)
		return limits{tries: incomingTries, deadline: over, absent: over, pause: incomingPause, backoff: backoff}
	}
	over := r.Time.Add(c.config.PublishFor)
	if soon := time.Now().Add(min(absentTime, c.config.PublishFor)); over.Before(soon) {
		over = soon
	}
	return limits{deadline: over, absent: over, backoff: gridBackoff}
}

// logger names the delivery.
func (c *Courier) logger(d *delivery) *slog.Logger {
	return c.config.Log.With(slog.String("call", string(d.call)), slog.String("connection", string(d.destination.connection)),
		slog.String("event", d.id), slog.String("type", d.message.Type), slog.String("host", outbound.Host(d.url)))
}

// delivered settles what the application took.
func (c *Courier) delivered(d *delivery) {
	if c.progress[d.stream].settle(d.position, &c.tallyOf(d).delivered) {
		c.troubles.over(c.logger(d), d.url)
	}
}

package switchboard

import (
	"context"
	"errors"

	"strowger/internal/call"
)

// kind is what a message is, which decides what becomes of it when there is
// no room for it or when it cannot be stored.
type kind int

const (
	command kind = iota // may be refused: whoever gave it is told
	signal              // has happened: it waits for room, and is stored however long that takes
	look                // changes nothing
)

// message is what a mailbox holds.
type message struct {
	kind  kind
	in    call.Input // nil for a look
	opens call.ID    // the input begins this call; else empty
	reply chan reply // room for one; nil when nobody waits for what comes of it
}

func newMessage(k kind, in call.Input) message {
	m := message{kind: k, in: in}
	if o, ok := in.(call.Opening); ok {
		m.opens = o.Opens()
	}
	return m
}

// awaited is a message whose reply somebody waits for.
func awaited(m message) message {
	m.reply = make(chan reply, 1)
	return m
}

// reply is what comes of a message: an answer or a state, or why there is none.
type reply struct {
	answer call.Answer
	state  call.State
	err    error
}

func (m message) answer(r reply) {
	if m.reply != nil {
		m.reply <- r
	}
}

// errStopped: the actor takes no more. Another can be asked.
var errStopped = errors.New("switchboard: the actor has stopped")

// take puts m into the mailbox. A signal waits for room until ctx is done; a
// command or a look does not wait, neither for that nor behind a signal that
// cannot be stored now.
func (a *actor) take(ctx context.Context, m message) error {
	if m.kind == signal {
		select {
		case a.mailbox <- m:
			return nil
		case <-a.done:
			return errStopped
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if a.blocked.Load() {
		return errFull
	}
	select {
	case a.mailbox <- m:
		return nil
	case <-a.done:
		return errStopped
	default:
		return &call.Error{Kind: call.TooBusy, Reason: "The call has too many requests waiting."}
	}
}

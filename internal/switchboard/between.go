package switchboard

import (
	"context"
	"errors"
	"fmt"

	"strowger/internal/call"
)

// carry takes to another call what one asks of it, beside both. A participant is on
// its way once at most, which bounds how much is carried.
func (s *Switchboard) carry(ctx context.Context, from call.ID, e call.CallEffect) {
	s.between.Go(func() {
		switch e := e.(type) {
		case call.Fetch:
			s.fetch(ctx, from, e)
		case call.FetchOther:
			s.fetchOther(ctx, from, e)
		case call.Give:
			s.offer(ctx, from, e)
		case call.Open:
			s.open(ctx, from, e)
		case call.TellCall:
			s.report(ctx, e.To, e.What)
		default:
			panic(fmt.Sprintf("switchboard: no call takes %T", e))
		}
	})
}

// fetch asks the earlier call for a participant. What it gives comes by itself.
func (s *Switchboard) fetch(ctx context.Context, to call.ID, e call.Fetch) {
	_, err := s.deliver(ctx, e.From.Key(), newMessage(command, call.HandOver{Connection: e.From, Participant: e.Participant, To: e.Leg}))
	if err != nil {
		s.report(ctx, to, call.NotMoved{Leg: e.Leg, Cause: whyNot(err)})
	}
}

// fetchOther asks the call of a referrer's other leg for whom it talks to there.
func (s *Switchboard) fetchOther(ctx context.Context, to call.ID, e call.FetchOther) {
	_, err := s.deliver(ctx, e.Other.Call().Key(), newMessage(command, call.GiveOther{Leg: e.Other, To: e.Leg}))
	if err != nil {
		s.report(ctx, to, call.NotPutThrough{Leg: e.Leg, Cause: whyNotThrough(err)})
	}
}

// open opens a call for a participant. What comes of it comes by itself.
func (s *Switchboard) open(ctx context.Context, from call.ID, e call.Open) {
	if _, err := s.Command(ctx, e.With.Call.Key(), e.With); err != nil {
		s.report(ctx, from, call.NotTransferred{Leg: e.Leg, There: call.NewLegID(e.With.Call, 1), Cause: whyNot(err)})
	}
}

// offer takes a participant to the new call, and tells both what came of it.
func (s *Switchboard) offer(ctx context.Context, from call.ID, e call.Give) {
	var take call.Command = call.TakeIn{Leg: e.To, Was: e.Leg, Who: e.Who}
	if e.Referrer != "" {
		take = call.TakePlace{Leg: e.To, Was: e.Leg, Who: e.Who}
	}
	_, err := s.deliver(ctx, e.To.Call().Key(), newMessage(command, take))
	switch {
	case err == nil:
		s.report(ctx, from, call.HandedOver{Leg: e.Leg, Referrer: e.Referrer})
	case ctx.Err() != nil:
		// It may have been taken. Whoever reads the two calls next finds them as they
		// are stored.
	case e.Referrer != "":
		why := whyNotThrough(err)
		s.report(ctx, from, call.Kept{Leg: e.Leg, Referrer: e.Referrer, Cause: why})
		s.report(ctx, e.To.Call(), call.NotPutThrough{Leg: e.To, Cause: why})
	default:
		s.report(ctx, from, call.Kept{Leg: e.Leg})
		s.report(ctx, e.To.Call(), call.NotMoved{Leg: e.To, Cause: whyNot(err)})
	}
}

// report gives a call a signal for which it is read from the journal if need be.
func (s *Switchboard) report(ctx context.Context, id call.ID, sig call.Signal) {
	_, err := s.deliver(ctx, id.Key(), newMessage(signal, sig))
	var over *call.Error
	if err != nil && ctx.Err() == nil && !errors.As(err, &over) {
		s.cfg.Log.Error("a call was not told what came of a move", "call", string(id), "signal", name(sig), "error", err)
	}
}

// whyNotThrough is whyNot for a referrer, which may try again where two calls
// change at once.
func whyNotThrough(err error) call.Cause {
	c := whyNot(err)
	var refusal *call.Error
	if errors.As(err, &refusal) && c.Reason == call.Failed {
		c.Reason = call.Busy
	}
	return c
}

// whyNot is a refusal by another call as the cause of what it prevents.
func whyNot(err error) call.Cause {
	var refusal *call.Error
	if !errors.As(err, &refusal) {
		return call.Cause{Reason: call.Failed}
	}
	c := call.Cause{Reason: call.Failed, Detail: refusal.Reason}
	switch refusal.Kind {
	case call.NotFound:
		c.Reason = call.ParticipantAbsent
	case call.TooBusy, call.OutOfService, call.Stopping:
		c.Reason = call.Overloaded
	}
	return c
}

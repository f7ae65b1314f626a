package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/deadletter"
	"strowger/internal/webhook"
)

// shelf is a server's dead letter. Who is at a host takes events or does not.
type shelf struct {
	busy    string // the ID of one that somebody else sends now
	gone    string // the ID of one that was listed, and is not there any more
	letters []webhook.DeadLetter
	down    map[string]bool
	sent    []string
	to      string
}

func (s *shelf) DeadLetters(_ context.Context, f func(webhook.DeadLetter) error) error {
	for _, l := range s.letters {
		if err := f(l); err != nil {
			return err
		}
	}
	return nil
}

func (s *shelf) DeadLetter(_ context.Context, id string) (webhook.DeadLetter, error) {
	switch id {
	case s.busy:
		return webhook.DeadLetter{}, fmt.Errorf("%w: %s", webhook.ErrBusyLetter, id)
	case s.gone:
		return webhook.DeadLetter{}, fmt.Errorf("%w: %s", webhook.ErrNoLetter, id)
	}
	for _, l := range s.letters {
		if strings.HasPrefix(l.ID, id) {
			l.Body = []byte(`[{"id":"` + l.Event + `"}]`)
			return l, nil
		}
	}
	return webhook.DeadLetter{}, fmt.Errorf("%w: %s", webhook.ErrNoLetter, id)
}

func (s *shelf) Resend(ctx context.Context, id, to string) (webhook.Resent, error) {
	l, err := s.DeadLetter(ctx, id)
	if err != nil {
		return webhook.Resent{}, err
	}
	s.sent, s.to = append(s.sent, l.ID), to
	if s.down[l.Host] {
		l.Why = "nobody is there"
		return webhook.Resent{Letter: l}, err
	}
	l.Status = 200
	return webhook.Resent{Letter: l, Taken: true}, err
}

func (s *shelf) DeleteLetter(ctx context.Context, id string) (string, error) {
	l, err := s.DeadLetter(ctx, id)
	if err != nil {
		return "", err
	}
	s.letters = slices.DeleteFunc(s.letters, func(other webhook.DeadLetter) bool { return other.ID == l.ID })
	return l.ID, err
}

// of makes events given up, of a subscription, a host and a type each.
func of(events ...[3]string) *shelf {
	s := &shelf{down: map[string]bool{}}
	for i, e := range events {
		s.letters = append(s.letters, webhook.DeadLetter{
			ID: fmt.Sprintf("aaaa0000000%d", i), Event: fmt.Sprintf("event-%d", i), Subscription: e[0], Host: e[1], Type: "Microsoft.Communication." + e[2],
			Call: call.ID(fmt.Sprintf("%d0000000-0000-4000-8000-000000000000", i)), GivenUp: time.Unix(int64(i), 0), Tries: 3, Status: 503, Why: "the endpoint answered 503",
		})
	}
	return s
}

// events runs a command against it.
func (s *shelf) events(t *testing.T, args ...string) (code int, out, err string) {
	t.Helper()
	at := httptest.NewServer(deadletter.Handler(s))
	defer at.Close()
	return strowger(t, nil, slices.Concat([]string{"events"}, args, []string{"--operator", at.URL})...)
}

func three() *shelf {
	return of([3]string{"ivr", "ivr.example", "CallStarted"}, [3]string{"", "app.example", "PlayCompleted"}, [3]string{"ivr", "ivr.example", "IncomingCall"})
}

func TestEventsThatWereGivenUpAreListedWithWhy(t *testing.T) {
	_, out, _ := three().events(t)
	requireSaid(t, out, "aaaa00000000  ", "  CallStarted  to ivr at ivr.example  call 00000000  3 tries (503): the endpoint answered 503\n",
		"PlayCompleted  to callbacks at app.example", "3 in all")
	for option, want := range map[string]string{"--subscription=ivr": "2 in all", "--subscription=callbacks": "1 in all", "--type=microsoft.communication.callstarted": "1 in all", "--call=2000": "1 in all", "--type=CallEnded": "no event"} {
		_, out, _ := three().events(t, option)
		requireSaid(t, out, want)
	}
}

func TestAnEventThatWasGivenUpIsShown(t *testing.T) {
	_, out, _ := three().events(t, "show", "aaaa00000001")
	requireSaid(t, out, "PlayCompleted", "in call 10000000-0000-4000-8000-000000000000", `"id": "event-1"`)
	code, _, err := three().events(t, "show", "bbbb")
	if requireSaid(t, err, "no such event in the dead letter: bbbb"); code == 0 {
		t.Error("what is not there ends with 0")
	}
}

func TestEventsAreSentAgainInOrderButForCallsThatRingNoMore(t *testing.T) {
	s := three()
	code, out, _ := s.events(t, "resend", "--all", "--to=other")
	requireSaid(t, out, "1 IncomingCall are left out", "aaaa00000000  CallStarted  taken by ivr.example (200)\n", "2 of 2 were taken")
	if code != 0 || !slices.Equal(s.sent, []string{"aaaa00000000", "aaaa00000001"}) || s.to != "other" {
		t.Errorf("%d: sent %v to %q", code, s.sent, s.to)
	}
	s = three()
	if _, _, err := s.events(t, "resend", "--all", "--type", "IncomingCall"); !slices.Equal(s.sent, []string{"aaaa00000002"}) {
		t.Errorf("sent %v: %s", s.sent, err)
	}
	s = three()
	if _, _, err := s.events(t, "resend", "aaaa00000002", "aaaa00000000"); !slices.Equal(s.sent, []string{"aaaa00000002", "aaaa00000000"}) {
		t.Errorf("sent %v: %s", s.sent, err)
	}
}

func TestAnEndpointThatDoesNotWorkIsNotSentTheRest(t *testing.T) {
	s := of([3]string{"ivr", "ivr.example", "CallStarted"}, [3]string{"", "app.example", "PlayCompleted"}, [3]string{"ivr", "ivr.example", "CallEnded"})
	s.down["ivr.example"] = true
	code, out, err := s.events(t, "resend", "--all")
	requireSaid(t, out, "not taken by ivr.example: nobody is there\nivr.example is left alone for now", "1 of 3 were taken")
	if requireSaid(t, err, "2 events were not taken, and stay"); code == 0 || len(s.sent) != 2 {
		t.Errorf("%d: sent %v", code, s.sent)
	}
}

func TestEventsAreDeleted(t *testing.T) {
	s := three()
	_, out, _ := s.events(t, "delete", "--all", "--subscription", "ivr")
	if requireSaid(t, out, "2 deleted"); len(s.letters) != 1 {
		t.Errorf("left: %v", s.letters)
	}
	_, out, _ = s.events(t, "delete", "aaaa00000001")
	if requireSaid(t, out, "1 deleted"); len(s.letters) != 0 {
		t.Errorf("left: %v", s.letters)
	}
}

func TestWhichEventsAreMeantHasToBeSaid(t *testing.T) {
	for _, args := range [][]string{{"resend"}, {"delete"}, {"delete", "aaaa", "--all"}, {"resend", "aaaa", "--type=CallEnded"}} {
		if code, _, err := three().events(t, args...); code != exitUsage || !strings.Contains(err, "--all") {
			t.Errorf("%v ends with %d: %s", args, code, err)
		}
	}
}

func TestTwoWhoSendOrDeleteAllAtOnceDoNotStopEachOther(t *testing.T) {
	s := of([3]string{"", "app.example", "CallConnected"}, [3]string{"", "app.example", "PlayCompleted"}, [3]string{"", "app.example", "CallDisconnected"})
	s.gone, s.busy = "aaaa00000000", "aaaa00000001"
	code, out, err := s.events(t, "resend", "--all")
	requireSaid(t, out, "aaaa00000000  CallConnected  is left out: no such event", "aaaa00000001  PlayCompleted  is left out: the event is being sent again now", "1 of 1 were taken")
	if code != 0 {
		t.Errorf("resend ends with %d: %s", code, err)
	}
	code, out, err = s.events(t, "delete", "--all")
	if requireSaid(t, out, "is left out", "1 deleted"); code != 0 {
		t.Errorf("delete ends with %d: %s", code, err)
	}
	if code, _, _ = s.events(t, "resend", "aaaa00000001"); code == 0 {
		t.Error("an event that is named, and is being sent by somebody else, ends with 0")
	}
}

func TestWhatIsNoIDOfAnEventIsRefused(t *testing.T) {
	for _, id := range []string{"", ".", "..", "../calls", "aaaa*", "a b"} {
		for _, command := range []string{"show", "resend", "delete"} {
			code, out, err := three().events(t, command, id)
			if requireSaid(t, err, "is no ID of an event"); code == 0 {
				t.Errorf("%s %q ends with 0: %s", command, id, out)
			}
		}
	}
}

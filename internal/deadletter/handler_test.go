package deadletter_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"strowger/internal/deadletter"
	"strowger/internal/webhook"
)

// kept is a dead letter of two.
type kept struct{ failure error }

func (k kept) DeadLetters(_ context.Context, f func(webhook.DeadLetter) error) error {
	for i, id := range []string{"later", "first"} {
		if err := f(webhook.DeadLetter{ID: id, GivenUp: time.Unix(int64(100-i), 0)}); err != nil {
			return err
		}
	}
	return k.failure
}

func (k kept) DeadLetter(_ context.Context, id string) (webhook.DeadLetter, error) {
	return webhook.DeadLetter{ID: id, Body: []byte(`[]`)}, k.failure
}

func (k kept) Resend(_ context.Context, id, subscription string) (webhook.Resent, error) {
	return webhook.Resent{Letter: webhook.DeadLetter{ID: id, Subscription: subscription}, Taken: true}, k.failure
}

func (k kept) DeleteLetter(_ context.Context, id string) (string, error) { return id, k.failure }

func ask(k kept, method, path, from string) (status int, body string) {
	r := httptest.NewRequest(method, path, nil)
	r.RemoteAddr, r.Host = from, "127.0.0.1:8081"
	w := httptest.NewRecorder()
	deadletter.Handler(k).ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

const here = "127.0.0.1:4000"

func TestDeadLettersAreListedInTheirOrderShownSentAndDeleted(t *testing.T) {
	for question, want := range map[string][]string{
		"GET /events":                     {`"ID":"first"`, `"ID":"later"`},
		"GET /events/abcd":                {`"ID":"abcd"`, `"Body":[]`},
		"POST /events/abcd/resend":        {`"ID":"abcd"`, `"Taken":true`},
		"POST /events/abcd/resend?to=ivr": {`"Subscription":"ivr"`},
		"DELETE /events/abcd":             {`{"ID":"abcd"}`},
	} {
		method, path, _ := strings.Cut(question, " ")
		status, body := ask(kept{}, method, path, here)
		at := 0
		for _, part := range want {
			i := strings.Index(body[at:], part)
			if i < 0 || status != 200 {
				t.Fatalf("%s: %d %s, want %s in this order", question, status, body, want)
			}
			at += i
		}
	}
}

func TestWhyALetterCannotBeHadIsSaid(t *testing.T) {
	for failure, want := range map[error]int{
		fmt.Errorf("%w: abcd", webhook.ErrNoLetter):      404,
		fmt.Errorf("%w: abcd", webhook.ErrManyLetters):   404,
		fmt.Errorf("%w: ivr", webhook.ErrNoSubscription): 409,
		fmt.Errorf("%w: abcd", webhook.ErrBusyLetter):    423,
		errors.New("the journal is away"):                503,
	} {
		for _, question := range []string{"GET /events/abcd", "POST /events/abcd/resend", "DELETE /events/abcd"} {
			method, path, _ := strings.Cut(question, " ")
			if status, body := ask(kept{failure}, method, path, here); status != want || !strings.Contains(body, failure.Error()) {
				t.Errorf("%s, %v: %d %s, want %d", question, failure, status, body, want)
			}
		}
	}
}

func TestOtherHostsSendAndSeeNothing(t *testing.T) {
	for _, question := range []string{"GET /events", "POST /events/abcd/resend", "DELETE /events/abcd"} {
		method, path, _ := strings.Cut(question, " ")
		if status, _ := ask(kept{}, method, path, "192.0.2.1:4000"); status != 403 {
			t.Errorf("%s is answered %d", question, status)
		}
	}
}

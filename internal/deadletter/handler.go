// Package deadletter shows the operator which events were given up, sends them again
// and deletes them.
//
// It guarantees:
//
//   - It answers programs on this machine only.
//   - Nothing is sent or deleted but by its ID, one at a time: what a list was made of
//     is what is done.
//   - A callback's URL, which may hold secrets, is not shown; an event is, to who asks
//     for it.
package deadletter

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"strowger/internal/operator"
	"strowger/internal/webhook"
)

// Path is where Handler is to be mounted, with all below it.
const Path = "/events"

// To is the parameter of a resend that names another subscription.
const To = "to"

// Events and Deleted are what Handler answers as JSON, beside webhook.DeadLetter and
// webhook.Resent.
type (
	Events  struct{ Events []webhook.DeadLetter } // without their bodies, those first that were given up first
	Deleted struct{ ID string }
)

// Letters is who keeps them: a webhook.Courier.
type Letters interface {
	DeadLetters(ctx context.Context, f func(webhook.DeadLetter) error) error
	DeadLetter(ctx context.Context, id string) (webhook.DeadLetter, error)
	Resend(ctx context.Context, id, subscription string) (webhook.Resent, error)
	DeleteLetter(ctx context.Context, id string) (string, error)
}

// Handler lists (GET), shows (GET /ID), sends again (POST /ID/resend) and deletes
// (DELETE /ID).
func Handler(letters Letters) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, func(w http.ResponseWriter, r *http.Request) {
		all := Events{Events: []webhook.DeadLetter{}}
		err := letters.DeadLetters(r.Context(), func(l webhook.DeadLetter) error {
			all.Events = append(all.Events, l)
			return nil
		})
		slices.SortStableFunc(all.Events, func(a, b webhook.DeadLetter) int { return a.GivenUp.Compare(b.GivenUp) })
		answer(w, all, err)
	})
	mux.HandleFunc("GET "+Path+"/{id}", func(w http.ResponseWriter, r *http.Request) {
		l, err := letters.DeadLetter(r.Context(), r.PathValue("id"))
		answer(w, l, err)
	})
	mux.HandleFunc("POST "+Path+"/{id}/resend", func(w http.ResponseWriter, r *http.Request) {
		sent, err := letters.Resend(r.Context(), r.PathValue("id"), r.URL.Query().Get(To))
		answer(w, sent, err)
	})
	mux.HandleFunc("DELETE "+Path+"/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, err := letters.DeleteLetter(r.Context(), r.PathValue("id"))
		answer(w, Deleted{id}, err)
	})
	return operator.Guard(mux)
}

func answer(w http.ResponseWriter, body any, err error) {
	switch {
	case err == nil:
		operator.Answer(w, http.StatusOK, body)
	case errors.Is(err, webhook.ErrNoLetter), errors.Is(err, webhook.ErrManyLetters):
		operator.Answer(w, http.StatusNotFound, operator.Fault{Error: err.Error()})
	case errors.Is(err, webhook.ErrBusyLetter):
		operator.Answer(w, http.StatusLocked, operator.Fault{Error: err.Error()})
	case errors.Is(err, webhook.ErrNoSubscription):
		operator.Answer(w, http.StatusConflict, operator.Fault{Error: err.Error()})
	default:
		operator.Answer(w, http.StatusServiceUnavailable, operator.Fault{Error: err.Error()})
	}
}

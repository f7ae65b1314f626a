package chronicle

import (
	"errors"
	"net/http"

	"strowger/internal/operator"
)

// Path is where Handler is to be mounted, with all below it.
const Path = "/calls"

// Calls and One are what Handler answers, as JSON.
type (
	Calls struct {
		Calls []Summary
		More  int // that are not listed
	}
	One struct{ Lines []Line }
)

// Handler lists calls (those that have ended with ?ended=true) and tells what
// happened in one, to programs on this machine only.
func (c *Chronicle) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, c.serveList)
	mux.HandleFunc("GET "+Path+"/{id}", c.serveOne)
	return operator.Guard(mux)
}

func (c *Chronicle) serveList(w http.ResponseWriter, r *http.Request) {
	all, more, err := c.List(r.Context(), r.URL.Query().Get("ended") == "true")
	if err != nil {
		operator.Answer(w, http.StatusServiceUnavailable, operator.Fault{Error: err.Error()})
		return
	}
	operator.Answer(w, http.StatusOK, Calls{all, more})
}

func (c *Chronicle) serveOne(w http.ResponseWriter, r *http.Request) {
	lines, err := c.Of(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, ErrUnknown), errors.Is(err, ErrAmbiguous):
		operator.Answer(w, http.StatusNotFound, operator.Fault{Error: err.Error()})
	case err != nil:
		operator.Answer(w, http.StatusServiceUnavailable, operator.Fault{Error: err.Error()})
	default:
		operator.Answer(w, http.StatusOK, One{lines})
	}
}

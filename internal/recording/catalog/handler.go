package catalog

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"strowger/internal/operator"
	"strowger/internal/recording"
	"strowger/internal/recording/content"
)

// Path is where Handler is to be mounted, with all below it.
const Path = "/recordings"

// The parameters of a list.
const (
	Since = "since" // RFC 3339
	Call  = "call"
)

// Deleted is what a deletion is answered.
type Deleted struct{ Document recording.Document }

// errNoDocument is said of what was never there and of what was deleted.
var errNoDocument = errors.New("there is no such document; `strowger recordings` lists those that there are")

// Handler lists recordings (GET, as Recordings), gives the sound of a document or its
// metadata (GET /ID/content/audio and /ID/content/acsmetadata) and deletes it
// (DELETE /ID), for programs on this machine only.
func (c *Catalog) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, c.serveList)
	mux.HandleFunc("GET "+Path+"/{id}/content/{view}", func(w http.ResponseWriter, r *http.Request) {
		err := c.with(r, func(_ context.Context, d recording.Document) error {
			return c.documents.Give(w, r, d, r.PathValue("view"))
		})
		if err != nil {
			fail(w, err)
		}
	})
	mux.HandleFunc("DELETE "+Path+"/{id}", func(w http.ResponseWriter, r *http.Request) {
		if err := c.with(r, c.documents.Remove); err != nil {
			fail(w, err)
			return
		}
		operator.Answer(w, http.StatusOK, Deleted{recording.Document(r.PathValue("id"))})
	})
	return operator.Guard(mux)
}

// with does something with the document that a path names.
func (c *Catalog) with(r *http.Request, do func(context.Context, recording.Document) error) error {
	d := recording.Document(r.PathValue("id"))
	if !d.Valid() {
		return errNoDocument
	}
	err := do(r.Context(), d)
	if errors.Is(err, fs.ErrNotExist) {
		return errNoDocument
	}
	return err
}

func (c *Catalog) serveList(w http.ResponseWriter, r *http.Request) {
	f := Filter{Call: r.URL.Query().Get(Call)}
	if since := r.URL.Query().Get(Since); since != "" {
		var err error
		if f.Since, err = time.Parse(time.RFC3339, since); err != nil {
			operator.Answer(w, http.StatusBadRequest, operator.Fault{Error: "since: " + err.Error()})
			return
		}
	}
	all, err := c.List(r.Context(), f)
	if err != nil {
		fail(w, err)
		return
	}
	operator.Answer(w, http.StatusOK, all)
}

func fail(w http.ResponseWriter, err error) {
	status := http.StatusServiceUnavailable
	if errors.Is(err, errNoDocument) || errors.Is(err, content.ErrNoView) {
		status = http.StatusNotFound
	}
	operator.Answer(w, status, operator.Fault{Error: err.Error()})
}

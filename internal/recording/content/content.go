// Package content gives recordings to who may have them: under the locations that
// RecordingFileStatusUpdated names, with ranges, and never more of a file in memory
// than is being sent.
package content

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"strowger/internal/access"
	"strowger/internal/call"
	"strowger/internal/recording"
	"strowger/internal/recording/store"
)

// Path is where the documents are.
const Path = "/v1/objects/"

const (
	// metadataMost bounds the metadata of a chunk.
	metadataMost = 4 << 20
	// sendTime is how long a client may take to accept each piece that it is sent.
	sendTime = 30 * time.Second
	// askTime bounds what is asked of the store beside the content itself.
	askTime = 30 * time.Second
)

// ErrNoView: a document has a content that is sound, and metadata.
var ErrNoView = errors.New("a document's content is audio, video or acsmetadata")

// Documents are the recordings in a store. Who may have them is for others to say.
type Documents struct {
	store *store.Store
	log   *slog.Logger
}

// In makes the documents of a store.
func In(s *store.Store, log *slog.Logger) Documents { return Documents{s, log} }

// Handler serves GET, HEAD and DELETE of what is in a store.
type Handler struct {
	Documents
	verifier *access.Verifier
	ports    []string
}

// New makes a handler for whoever has an access key. The ports are those at which the
// resource is reached.
func New(v *access.Verifier, d Documents, ports []string) *Handler { return &Handler{d, v, ports} }

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h.verify(r); err != nil {
		h.log.Warn("a request for a recording was refused", "path", r.URL.Path, "why", err)
		refuse(w, http.StatusUnauthorized, err.Error())
		return
	}
	rest := strings.TrimPrefix(r.URL.Path, Path)
	id, view, viewed := strings.Cut(rest, "/content/")
	d := recording.Document(id)
	switch {
	case !d.Valid():
		refuse(w, http.StatusNotFound, "There is no such document.")
	case r.Method == http.MethodDelete && !viewed:
		if err := h.Remove(r.Context(), d); err != nil {
			h.failed(w, d, err)
		}
	case (r.Method == http.MethodGet || r.Method == http.MethodHead) && viewed:
		if err := h.Give(w, r, d, view); err != nil {
			h.failed(w, d, err)
		}
	default:
		w.Header().Set("Allow", "GET, HEAD, DELETE")
		refuse(w, http.StatusMethodNotAllowed, "A document's content is got, and a document is deleted.")
	}
}

// verify reports why a request was not signed with an access key, if so. It is signed as
// if it went to the resource, whose host x-ms-host names. Python's SDK (1.6.0) leaves out
// the port there, and not in what it signs.
func (h *Handler) verify(r *http.Request) error {
	host := cmp.Or(r.Header.Get("x-ms-host"), r.Host)
	_, err := h.verifier.Verify(asSigned(r, host))
	if err == nil {
		return nil
	}
	for _, port := range h.ports {
		if _, e := h.verifier.Verify(asSigned(r, net.JoinHostPort(host, port))); e == nil {
			return nil
		}
	}
	return err
}

// asSigned is the request as its client has signed it: to a host and without the query.
func asSigned(r *http.Request, host string) *http.Request {
	signed := r.Clone(context.Background())
	signed.Host = host
	signed.URL.RawQuery, signed.URL.ForceQuery = "", false
	signed.RequestURI, _, _ = strings.Cut(r.RequestURI, "?")
	return signed
}

// Give answers r with one view of a document: acsmetadata, audio or video, or the part
// of it that r asks for. After an error nothing is answered yet: fs.ErrNotExist says that
// there is no such document, ErrNoView that it has no such view.
func (d Documents) Give(w http.ResponseWriter, r *http.Request, id recording.Document, view string) error {
	about, err := d.Metadata(r.Context(), id)
	if err != nil {
		return err
	}
	name, contentType := id.Metadata(), "application/json"
	switch view {
	case "acsmetadata":
	case "audio", "video":
		name, contentType = id.Content(call.RecordingFormat(about.Info.Format)), "application/octet-stream"
	default:
		return ErrNoView
	}
	file, err := d.store.Open(r.Context(), name)
	if err != nil {
		return err
	}
	defer file.Close()
	if !validRange.MatchString(r.Header.Get("Range")) {
		r.Header.Del("Range") // JavaScript 1.5.1 sends bytes=undefined
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-cache, max-age=0, s-maxage=0, private")
	if view != "acsmetadata" {
		w.Header().Set("ETag", `"`+about.ContentSHA256+`"`)
	}
	out := &paced{ResponseWriter: w, control: http.NewResponseController(w), length: file.Size()}
	http.ServeContent(out, r, "", file.ModTime(), file)
	return nil
}

// validRange is one range of bytes, the only kind that is given.
var validRange = regexp.MustCompile(`^bytes=(\d{1,18}-\d{0,18}|-\d{1,18})$`)

// Metadata is what is known of a document.
func (d Documents) Metadata(ctx context.Context, id recording.Document) (about recording.Metadata, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	b, err := d.store.Read(ctx, id.Metadata(), metadataMost)
	if err != nil {
		return about, err
	}
	if err := json.Unmarshal(b, &about); err != nil {
		return about, fmt.Errorf("%w: %w", errDamaged, err)
	}
	if !slices.Contains(formats, call.RecordingFormat(about.Info.Format)) {
		return about, fmt.Errorf("%w: its format is %.20q", errDamaged, about.Info.Format)
	}
	return about, nil
}

var formats = []call.RecordingFormat{call.WAV, call.MP3, call.MP4}

// errDamaged: somebody has changed what lies in the store.
var errDamaged = errors.New("the metadata of a recording is not as it was written")

// List gives the documents in a folder of the store, or all with "", to each, in the
// order of their names.
func (d Documents) List(ctx context.Context, folder string, each func(recording.Document)) error {
	return d.store.List(ctx, folder, func(e store.Entry) bool {
		if id, ok := recording.DocumentIn(e.Name); ok {
			each(id)
		}
		return true
	})
}

// Remove deletes the content and then the metadata: what is left after a failure can
// be deleted again.
func (d Documents) Remove(ctx context.Context, id recording.Document) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	about, err := d.Metadata(ctx, id)
	if err == nil {
		err = recording.Delete(ctx, d.store, id, about)
	}
	if err == nil {
		d.log.Info("a recording was deleted", "document", string(id))
	}
	return err
}

func (h *Handler) failed(w http.ResponseWriter, d recording.Document, err error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		refuse(w, http.StatusNotFound, "There is no such document.")
		return
	case errors.Is(err, ErrNoView):
		refuse(w, http.StatusNotFound, "A document's content is audio, video or acsmetadata.")
		return
	}
	if errors.Is(err, errDamaged) {
		h.log.Error("a recording cannot be got: its metadata in recording.storage was damaged", "document", string(d), "error", err)
		refuse(w, http.StatusInternalServerError, "The document's metadata is damaged.")
		return
	}
	h.log.Error("a recording cannot be got: see that recording.storage can be reached", "document", string(d), "error", err)
	refuse(w, http.StatusServiceUnavailable, "The document cannot be got now.")
}

// refuse answers in the form that clients of contents read.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "message": message})
}

// paced gives a client time for each piece instead of for all, and says how long the
// content is as clients read it.
type paced struct {
	http.ResponseWriter
	control *http.ResponseController
	length  int64 // of the whole, in bytes
	refused bool
}

func (p *paced) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		p.refused = true
		refuse(p.ResponseWriter, status, http.StatusText(status))
		return
	}
	// Clients learn the length from Content-Range, also when they asked for no range.
	if status == http.StatusOK && p.length > 0 {
		p.Header().Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", p.length-1, p.length))
	}
	p.ResponseWriter.WriteHeader(status)
}

func (p *paced) Write(b []byte) (int, error) {
	if p.refused {
		return len(b), nil // in words of ServeContent
	}
	_ = p.control.SetWriteDeadline(time.Now().Add(sendTime)) // without one the server's own holds
	return p.ResponseWriter.Write(b)
}

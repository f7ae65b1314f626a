package catalog

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"strowger/internal/call"
	"strowger/internal/recording"
	"strowger/internal/recording/content"
)

// Archive is who knows what is not in the store yet: a recording.Archive.
type Archive interface{ Unfinished() []recording.Unfinished }

// Catalog knows all recordings.
type Catalog struct {
	documents content.Documents
	archive   Archive
}

// New makes one of what is in a store, and of what is on its way there.
func New(d content.Documents, a Archive) *Catalog { return &Catalog{d, a} }

// Filter chooses recordings. Zero is all.
type Filter struct {
	Since time.Time // that began then or later
	Call  string    // of a call: any of its identifiers, or how one begins
}

// Recordings are those that a filter leaves, the last that began first.
type Recordings struct {
	Unfinished []recording.Unfinished
	Documents  []Document
	More       int // documents that are older
}

// Document is a chunk in the store.
type Document struct {
	ID      recording.Document
	Call    call.ID // empty where the metadata do not say it
	About   recording.Metadata
	Trouble string // why there are no metadata
}

const (
	// listMost bounds a list.
	listMost = 100
	// listTime bounds how long the store is asked.
	listTime = 25 * time.Second
	// daysMost is for how many days the store is asked day by day.
	daysMost = 92
	// readers is how many metadata are read at once.
	readers = 8
)

// List asks the store and the archive.
func (c *Catalog) List(ctx context.Context, f Filter) (Recordings, error) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	all := Recordings{Unfinished: []recording.Unfinished{}, Documents: []Document{}}
	for _, u := range c.archive.Unfinished() {
		if f.fits(u.Recording.Key(), u.Started) {
			all.Unfinished = append(all.Unfinished, u)
		}
	}
	newest, more, err := c.newest(ctx, f)
	if err != nil {
		return Recordings{}, err
	}
	all.More = more
	described := make([]Document, len(newest))
	var reading errgroup.Group
	reading.SetLimit(readers)
	for i, id := range newest {
		reading.Go(func() error {
			described[i] = c.describe(ctx, id)
			return nil
		})
	}
	_ = reading.Wait()
	for _, d := range described {
		if d.ID != "" {
			all.Documents = append(all.Documents, d)
		}
	}
	return all, nil
}

// newest are documents, the newest first, and how many there are beside.
func (c *Catalog) newest(ctx context.Context, f Filter) (all []recording.Document, more int, err error) {
	for _, folder := range folders(f.Since, time.Now()) {
		err := c.documents.List(ctx, folder, func(d recording.Document) {
			if !f.fits(d.Key(), d.Started()) {
				return
			}
			if all = append(all, d); len(all) == 2*listMost {
				all, more = best(all, more)
			}
		})
		if err != nil {
			return nil, 0, err
		}
	}
	all, more = best(all, more)
	return all, more, nil
}

// best keeps of documents as many as a list has.
func best(all []recording.Document, more int) ([]recording.Document, int) {
	slices.SortFunc(all, recording.Newer)
	n := min(len(all), listMost)
	return all[:n], more + len(all) - n
}

// folders are where documents lie since a time: all in one go, when that is long ago.
func folders(since, now time.Time) (all []string) {
	if now.Sub(since) > daysMost*24*time.Hour {
		return []string{""}
	}
	const day = 24 * time.Hour
	for at := since.UTC().Truncate(day); !at.After(now.Add(day)); at = at.Add(day) {
		all = append(all, recording.Folder(at))
	}
	return all
}

// describe reads what is known of a document. One that was deleted meanwhile has no ID.
func (c *Catalog) describe(ctx context.Context, id recording.Document) Document {
	d := Document{ID: id}
	var err error
	if d.About, err = c.documents.Metadata(ctx, id); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return Document{}
		}
		d.Trouble = err.Error()
	}
	d.Call, _ = call.ServerCall(d.About.CallID)
	return d
}

// fits reports whether a recording of a call, which began at a time, is one of those.
func (f Filter) fits(of call.Key, began time.Time) bool {
	if began.Before(f.Since.Truncate(time.Second)) { // documents say seconds
		return false
	}
	begin := f.Call
	if named, ok := call.ServerCall(f.Call); ok {
		begin = string(named)
	}
	begin = strings.ToLower(strings.ReplaceAll(begin, "-", ""))
	return strings.HasPrefix(string(of), begin[:min(len(begin), len(of))])
}

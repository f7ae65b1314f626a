package recording

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"

	"strowger/internal/call"
)

// Document names a chunk in the store, to applications and to people: when its
// recording began, which recording it is of, and which of its chunks it is.
type Document string

// timeForm is how a document says when its recording began.
const timeForm = "20060102T150405Z"

// DocumentOf is the n-th chunk of a recording, from 0.
func DocumentOf(started time.Time, r call.RecordingID, n int) Document {
	return Document(fmt.Sprintf("%s-%s-%d", started.UTC().Format(timeForm), strings.ReplaceAll(string(r), "-", ""), n))
}

var documentForm = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{32}-\d{1,6}$`)

// Valid reports whether d can be a document.
func (d Document) Valid() bool { return documentForm.MatchString(string(d)) }

// folder is the day in the store.
func (d Document) folder() string { return Folder(d.Started()) }

// folderForm is how a folder says its day.
const folderForm = "2006/01/02/"

// Folder is where in the store the recordings lie that began on a day, of UTC.
func Folder(day time.Time) string { return day.UTC().Format(folderForm) }

// Started is when the recording of a valid document began, to the second.
func (d Document) Started() time.Time {
	at, _ := time.Parse(timeForm, string(d[:len(timeForm)]))
	return at
}

// Key is the key of the call of a valid document.
func (d Document) Key() call.Key { return call.Key(d[len(timeForm)+1:][:16]) }

// Chunk is which chunk of its recording a valid document is, from 0.
func (d Document) Chunk() int {
	n, _ := strconv.Atoi(string(d[strings.LastIndexByte(string(d), '-')+1:]))
	return n
}

// recording is what the chunks of one recording have in common.
func (d Document) recording() Document { return d[:strings.LastIndexByte(string(d), '-')] }

// Newer orders valid documents: the recording that began last comes first, and of one
// recording the first chunk.
func Newer(a, b Document) int {
	return cmp.Or(cmp.Compare(b.recording(), a.recording()), cmp.Compare(a.Chunk(), b.Chunk()))
}

// DocumentIn is the document whose metadata are in a file of the store, if they are.
func DocumentIn(name string) (Document, bool) {
	d := stem(name)
	return d, d.Valid() && name == d.Metadata()
}

// Content is the name in the store of the sound.
func (d Document) Content(f call.RecordingFormat) string {
	return d.folder() + string(d) + "." + string(f)
}

// Metadata is the name in the store of what is known about it.
func (d Document) Metadata() string { return d.folder() + string(d) + ".json" }

// Deleter removes files from a store; fs.ErrNotExist says that there was none.
type Deleter interface {
	Delete(ctx context.Context, name string) error
}

// Delete removes the files of a document: the content and then the metadata, so that
// what is left after a failure can be deleted again.
func Delete(ctx context.Context, s Deleter, d Document, about Metadata) error {
	if err := s.Delete(ctx, d.Content(call.RecordingFormat(about.Info.Format))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.Delete(ctx, d.Metadata())
}

package recording

import (
	"fmt"
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

// folder is the day in the store.
func (d Document) folder() string {
	if len(d) < len("20060102") {
		return ""
	}
	return string(d[:4] + "/" + d[4:6] + "/" + d[6:8] + "/")
}

// Content is the name in the store of the sound.
func (d Document) Content(f call.RecordingFormat) string {
	return d.folder() + string(d) + "." + string(f)
}

// Metadata is the name in the store of what is known about it.
func (d Document) Metadata() string { return d.folder() + string(d) + ".json" }

package call

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"
)

// StartRecording records the call, which has one recording at a time.
// Answer: Recording.
type StartRecording struct {
	Repeatable
	Call       ID           // which it has to be; empty: whichever has the key
	Connection ConnectionID // empty: out of call
	App        Application  // who hears of the recording's state; nobody without a CallbackURI
	Spec       RecordingSpec
	Paused     bool // nothing is recorded before ResumeRecording
}

// PauseRecording leaves out what is said until ResumeRecording. A recording that
// is paused stays so. Answer: Recording.
type PauseRecording struct {
	Repeatable
	Recording RecordingID
}

// ResumeRecording ends PauseRecording. Answer: Recording.
type ResumeRecording struct {
	Repeatable
	Recording RecordingID
}

// StopRecording ends a recording. Its file is told about when it is there:
// RecordingFileReady.
type StopRecording struct {
	Repeatable
	Recording RecordingID
}

// RecordingSpec is what a recording is to be.
type RecordingSpec struct {
	Format  RecordingFormat
	Video   bool // wanted; there is none yet
	Unmixed bool // every participant on a channel of its own, up to RecordingChannels
	// Channels are whom channels are kept for, by their number; "" is for whoever
	// comes next. Of unmixed recordings.
	Channels []Address
	// Container is the URL of the application's own container to which the
	// file goes too; empty: none.
	Container string
}

// RecordingFormat is the kind of file that a recording becomes.
type RecordingFormat string

const (
	WAV RecordingFormat = "wav"
	MP3 RecordingFormat = "mp3"
	MP4 RecordingFormat = "mp4"
)

// RecordingChannels is how many channels an unmixed recording has at most.
const RecordingChannels = 5

// Recording is the recording that is being made of a call.
type Recording struct {
	ID      RecordingID
	App     Application // who hears of its state; nobody without a CallbackURI
	Spec    RecordingSpec
	Paused  bool
	Began   time.Time // when it was asked for
	Started time.Time // when the first of it was recorded; zero: not yet
}

func (r Recording) recipient() Recipient {
	return Recipient{CallbackURI: r.App.CallbackURI, Version: r.App.Version}
}

// Active reports whether sound is being recorded now.
func (r Recording) Active() bool { return !r.Started.IsZero() && !r.Paused }

// RecordingID names a recording: a lower-case GUID that begins with the Key of
// its call.
type RecordingID string

// Key is the key of the recording's call, or empty when r is no GUID.
func (r RecordingID) Key() Key { return key(string(r)) }

// NewRecordingID makes the ID of the n-th recording of a call.
func NewRecordingID(id ID, n int) RecordingID {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s recording %d", id, n))
	connection, err := NewConnectionID(id.Key(), [8]byte(sum[:8]))
	if err != nil {
		panic("call: " + err.Error()) // its own ID is always a GUID
	}
	return RecordingID(connection)
}

// ---- Effects and signals ----

// StartRecorder records what the call sounds like. The answer is RecorderStarted
// or RecorderFailed; RecorderFailed may come later too. RecordingFinished comes
// once and last, after StopRecorder or Close, or by itself after RecorderFailed.
type StartRecorder struct {
	asksSound
	Recording RecordingID
	Spec      RecordingSpec
	Paused    bool
}

// PauseRecorder leaves out what is said while Paused.
type PauseRecorder struct {
	asksSound
	Recording RecordingID
	Paused    bool
}

// StopRecorder ends a recording. One that this process does not make was left by
// the process before: it is finished too.
type StopRecorder struct {
	asksSound
	Recording RecordingID
	Reason    Reason
}

// RecorderStarted: from now on sound is recorded, or would be if it were not paused.
type RecorderStarted struct {
	reports
	Recording RecordingID
}

// RecorderFailed: nothing more is recorded. What was recorded before is kept.
type RecorderFailed struct {
	reports
	Recording RecordingID
	Reason    Reason
	Detail    string // what to do about it
}

// RecordingFinished: the files of a recording are where they are kept, durably.
// Also a call that is over takes it.
type RecordingFinished struct {
	reports
	Recording RecordingID
	File      RecordedFile
}

// RecordedFile is what became of a recording. Without Chunks nothing was recorded.
type RecordedFile struct {
	Chunks   []RecordedChunk
	Started  time.Time
	Duration time.Duration // of what was recorded, without what was left out
	Reason   Reason        // why it ended
}

// RecordedChunk is one file of a recording. Each has a document with its content,
// its metadata and one deletion.
type RecordedChunk struct {
	Document  string
	EndReason ChunkEnd
}

// ChunkEnd is why a recording goes on in another file, or not.
type ChunkEnd string

const (
	ChunkSessionEnded ChunkEnd = "session-ended"
	ChunkFull         ChunkEnd = "full"
	ChunkLong         ChunkEnd = "long"
	// ChunkNotDelivered: it is not in the application's own container, and will not be.
	ChunkNotDelivered ChunkEnd = "not-delivered"
)

// ---- Events ----

// RecordingStateChanged: sound is recorded from now on, or is not any more.
// Started is zero before the first of it.
type RecordingStateChanged struct {
	Recipient
	Recording RecordingID
	Active    bool
	Started   time.Time
}

// StartRecordingFailed: nothing is recorded.
type StartRecordingFailed struct {
	Recipient
	Recording RecordingID
	Cause     Cause
}

// RecordingFileReady tells subscribers where the files of a recording are.
type RecordingFileReady struct {
	Subject
	Recording RecordingID
	Spec      RecordingSpec
	File      RecordedFile
}

// ---- Rules ----

// filesAwaited bounds the recordings of a call whose files are not there yet.
const filesAwaited = 100

func (c *Call) startRecording(in StartRecording) (Answer, error) {
	if _, err := c.recipient(in.Connection, Operation{}); err != nil {
		return Answer{}, err
	}
	switch {
	case in.Call != "" && in.Call != c.state.ID:
		return Answer{}, NoCall()
	case c.state.Phase != Established:
		return Answer{}, c.established()
	case c.state.Recording != nil:
		return Answer{}, refuse(AlreadyRecording, "The call is being recorded already, as %s.", c.state.Recording.ID)
	case len(c.state.AwaitedFiles) == filesAwaited:
		return Answer{}, refuse(TooBusy, "The files of %d recordings of this call are still being made.", filesAwaited)
	}
	c.state.LastRecording++
	r := &Recording{
		ID: NewRecordingID(c.state.ID, c.state.LastRecording), Spec: in.Spec, Paused: in.Paused, App: in.App, Began: c.now,
	}
	c.state.Recording = r
	c.tellRecording(r)
	c.ask(StartRecorder{Recording: r.ID, Spec: r.Spec, Paused: r.Paused})
	return Answer{Recording: r.status()}, nil
}

// RecordingStatus is a recording as applications see it.
type RecordingStatus struct {
	ID     RecordingID
	Active bool // it is not paused
}

func (r Recording) status() *RecordingStatus { return &RecordingStatus{r.ID, !r.Paused} }

// RecordingStatus is the recording that is being made, if that is its id.
func (s State) RecordingStatus(id RecordingID) (RecordingStatus, bool) {
	if s.Recording == nil || s.Recording.ID != id {
		return RecordingStatus{}, false
	}
	return *s.Recording.status(), true
}

func (c *Call) setPaused(id RecordingID, paused bool) (Answer, error) {
	r, err := c.recording(id)
	if err != nil {
		return Answer{}, err
	}
	if r.Paused != paused {
		r = c.changeRecording(func(r *Recording) { r.Paused = paused })
		c.ask(PauseRecorder{Recording: id, Paused: paused})
		if !r.Started.IsZero() {
			c.tellRecording(r)
		}
	}
	return Answer{Recording: r.status()}, nil
}

func (c *Call) stopRecording(in StopRecording) (Answer, error) {
	if _, err := c.recording(in.Recording); err != nil {
		return Answer{}, err
	}
	c.endRecording(RecordingStopped)
	return Answer{}, nil
}

// recording is the one that is being made, when that is id.
func (c *Call) recording(id RecordingID) (*Recording, error) {
	if c.state.Recording == nil || c.state.Recording.ID != id {
		return nil, refuse(NotFound, "Recording not found.")
	}
	return c.state.Recording, nil
}

// changeRecording replaces the recording: what hangs off the state is never changed.
func (c *Call) changeRecording(change func(*Recording)) *Recording {
	r := *c.state.Recording
	change(&r)
	c.state.Recording = &r
	c.change()
	return &r
}

// endRecording stops the recording, if there is one, and awaits its file.
func (c *Call) endRecording(why Reason) {
	if c.state.Recording == nil {
		return
	}
	r := *c.state.Recording
	c.ask(StopRecorder{Recording: r.ID, Reason: why})
	c.recordingOver(r)
	if r.Active() {
		r.Paused = true
		c.tellRecording(&r)
	}
}

// recordingOver: from now on only its file is awaited.
func (c *Call) recordingOver(r Recording) {
	c.state.Recording = nil
	c.state.AwaitedFiles = append(slices.Clip(c.state.AwaitedFiles), AwaitedFile{ID: r.ID, Spec: r.Spec, Began: r.Began, Over: c.until})
}

// AwaitedFile is a recording that is over and whose file is not there yet.
type AwaitedFile struct {
	ID          RecordingID
	Spec        RecordingSpec
	Began, Over time.Time // when it was asked for, and when it stopped
}

// askForFiles has the recordings finished that the process before this one has not.
func (c *Call) askForFiles() {
	for _, f := range c.state.AwaitedFiles {
		c.ask(StopRecorder{Recording: f.ID, Reason: NodeLost})
	}
}

func (c *Call) tellRecording(r *Recording) {
	if r.App.CallbackURI != "" {
		c.tell(RecordingStateChanged{Recipient: r.recipient(), Recording: r.ID, Active: r.Active(), Started: r.Started})
	}
}

func (c *Call) recorderStarted(in RecorderStarted) {
	if r, err := c.recording(in.Recording); err == nil && r.Started.IsZero() {
		r = c.changeRecording(func(r *Recording) { r.Started = c.now })
		if r.Active() {
			c.tellRecording(r)
		}
	}
}

func (c *Call) recorderFailed(in RecorderFailed) {
	recording, err := c.recording(in.Recording)
	if err != nil {
		return
	}
	c.change()
	r := *recording
	c.recordingOver(r)
	switch {
	case r.App.CallbackURI == "":
	case r.Started.IsZero():
		c.tell(StartRecordingFailed{Recipient: r.recipient(), Recording: r.ID, Cause: Cause{Reason: in.Reason, Detail: in.Detail}})
	case r.Active():
		r.Paused = true
		c.tellRecording(&r)
	}
}

// recordingFinished: the recording may not even be over here yet, when the process
// that made it has died.
func (c *Call) recordingFinished(in RecordingFinished) {
	c.recorderFailed(RecorderFailed{Recording: in.Recording, Reason: NodeLost})
	i := slices.IndexFunc(c.state.AwaitedFiles, func(f AwaitedFile) bool { return f.ID == in.Recording })
	if i < 0 {
		return // it was told already
	}
	c.usedRecording(c.state.AwaitedFiles[i], in.File)
	spec := c.state.AwaitedFiles[i].Spec
	c.state.AwaitedFiles = slices.Concat(c.state.AwaitedFiles[:i], c.state.AwaitedFiles[i+1:])
	if len(in.File.Chunks) > 0 {
		c.tell(RecordingFileReady{Subject: c.subject(), Recording: in.Recording, Spec: spec, File: in.File})
	}
}

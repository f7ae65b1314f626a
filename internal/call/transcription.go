package call

import "cmp"

// TranscriptSpec is what an application wants to read, on a socket of its own, of what
// is said.
type TranscriptSpec struct {
	URL          string // of its WebSocket
	Language     string // BCP 47, with its region
	Model        string // of the engine, where that has several; may be empty
	Intermediate bool   // also what was understood so far
	AtOnce       bool   // it begins as soon as the application is connected
}

// StartTranscribing has everybody in the call be written down. What becomes of it is
// told as TranscriptionStarted or TranscriptionFailed.
type StartTranscribing struct {
	Repeatable
	Connection ConnectionID
	Operation  Operation
	Language   string // empty: that of the set-up
	Model      string // empty: that of the set-up
}

// UpdateTranscribing changes the language of what is said from now on.
type UpdateTranscribing struct {
	Repeatable
	Connection ConnectionID
	Operation  Operation
	Language   string // empty: as before
	Model      string // empty: as before
}

// StopTranscribing ends it.
type StopTranscribing struct {
	Repeatable
	Connection ConnectionID
	Operation  Operation
}

// Transcript is what an application reads of the call.
type Transcript struct {
	Spec         TranscriptSpec
	Subscription string // its name: a lower-case GUID
	Running      bool   // it is wanted, whether or not it has begun yet
	Runs         int    // times that it was asked for
	Operation    Operation
	Language     string // of the last run
	Model        string // of the last run
}

// TranscriptStatus is a transcript as its application sees it.
type TranscriptStatus struct {
	Subscription string
	State        StreamState
	Language     string
	Intermediate bool
}

func (t *Transcript) status() *TranscriptStatus {
	if t == nil {
		return nil
	}
	return &TranscriptStatus{Subscription: t.Subscription, State: wanted(t.Running), Language: t.Language, Intermediate: t.Spec.Intermediate}
}

// ---- Effects and signals ----

// OpenTranscript opens an application's socket, on which it reads what is said. The
// answer is TranscriptOpened or TranscriptFailed; either may come again.
type OpenTranscript struct {
	asksSound
	Connection   ConnectionID
	Subscription string
	Run          int
	URL          string
	Language     string
	Model        string
	Intermediate bool
}

// SwitchTranscript changes the language of what is said from now on.
type SwitchTranscript struct {
	asksSound
	Connection ConnectionID
	Language   string
	Model      string
}

// CloseTranscript closes the socket when it has told what was said until now.
type CloseTranscript struct {
	asksSound
	Connection ConnectionID
}

// TranscriptOpened: the application reads what is said from now on.
type TranscriptOpened struct {
	reports
	Connection ConnectionID
	Run        int
	Again      bool // its socket broke, and was opened again
}

// TranscriptFailed: nothing more is written down, and it is not tried again.
type TranscriptFailed struct {
	reports
	Connection ConnectionID
	Run        int
	Reason     Reason
	Status     int    // of HTTP, when the application answered with one that opens no socket; else 0
	Detail     string // for people
}

// ---- Events ----

// TranscriptionStarted: the application reads what is said; also after its socket broke.
type TranscriptionStarted struct {
	Recipient
	Again bool
}

// TranscriptionUpdated: what is said from now on is taken to be in another language.
type TranscriptionUpdated struct{ Recipient }

// TranscriptionStopped: nothing more is written down, as the application asked or
// because it is not in the call any more.
type TranscriptionStopped struct{ Recipient }

// TranscriptionFailed: nothing more is written down, or nothing ever was.
type TranscriptionFailed struct {
	Recipient
	Cause  Cause
	Status int // of HTTP, which its socket was answered with; else 0
}

// ---- Rules ----

// setUpTranscript gives a connection what it needs for a transcript.
func (conn *Connection) setUpTranscript(spec *TranscriptSpec) {
	if spec != nil {
		conn.Transcript = &Transcript{Spec: *spec, Subscription: subscription(conn.ID, "transcript"), Language: spec.Language, Model: spec.Model}
	}
}

func (c *Call) startTranscription(in StartTranscribing) (Answer, error) {
	conn, err := c.transcriptOf(in.Connection)
	if err != nil {
		return Answer{}, err
	}
	if conn.Transcript.Running {
		return Answer{}, refuse(Conflict, "The call is being transcribed already.")
	}
	spec := conn.Transcript.Spec
	c.openTranscript(conn, in.Operation, cmp.Or(in.Language, spec.Language), cmp.Or(in.Model, spec.Model))
	return Answer{}, nil
}

func (c *Call) updateTranscription(in UpdateTranscribing) (Answer, error) {
	conn, err := c.transcribing(in.Connection)
	if err != nil {
		return Answer{}, err
	}
	if conn.tookSeat() {
		return Answer{}, refuse(Unsupported, "The transcription of a connection that was made by connect cannot be updated: stop it, and start it with the other locale.")
	}
	c.changeTranscript(conn, func(t *Transcript) { t.Language, t.Model = cmp.Or(in.Language, t.Language), cmp.Or(in.Model, t.Model) })
	c.ask(SwitchTranscript{Connection: conn.ID, Language: conn.Transcript.Language, Model: conn.Transcript.Model})
	c.tell(TranscriptionUpdated{conn.operating(in.Operation)})
	return Answer{}, nil
}

func (c *Call) stopTranscription(in StopTranscribing) (Answer, error) {
	conn, err := c.transcribing(in.Connection)
	if err != nil {
		return Answer{}, err
	}
	c.closeTranscript(conn)
	c.tell(TranscriptionStopped{conn.operating(in.Operation)})
	return Answer{}, nil
}

// transcriptOf finds a connection that was set up with a transcript.
func (c *Call) transcriptOf(id ConnectionID) (*Connection, error) {
	conn, err := c.connectedOne(id)
	if err == nil && (conn.Transcript == nil || conn.Transcript.Spec.URL == "") {
		err = refuse(NotSetUp, "Transcription was not set up with this call: createCall, answer and connect take a URL for it.")
	}
	return conn, err
}

// transcribing finds a connection whose transcript is wanted.
func (c *Call) transcribing(id ConnectionID) (*Connection, error) {
	conn, err := c.transcriptOf(id)
	if err == nil && !conn.Transcript.Running {
		err = refuse(Conflict, "The call is not being transcribed.")
	}
	return conn, err
}

// changeTranscript replaces a connection's transcript: what hangs off the state is never
// changed.
func (c *Call) changeTranscript(conn *Connection, change func(*Transcript)) {
	t := *conn.Transcript
	change(&t)
	conn.Transcript = &t
	c.change()
}

func (c *Call) openTranscript(conn *Connection, op Operation, language, model string) {
	c.changeTranscript(conn, func(t *Transcript) {
		t.Running, t.Runs, t.Operation, t.Language, t.Model = true, t.Runs+1, op, language, model
	})
	t := conn.Transcript
	c.ask(OpenTranscript{
		Connection: conn.ID, Subscription: t.Subscription, Run: t.Runs, URL: t.Spec.URL,
		Language: language, Model: model, Intermediate: t.Spec.Intermediate,
	})
}

func (c *Call) closeTranscript(conn *Connection) {
	c.changeTranscript(conn, func(t *Transcript) { t.Running = false })
	c.ask(CloseTranscript{Connection: conn.ID})
}

// transcribed is the connection of a transcript that is wanted, in its last run, or nil.
func (c *Call) transcribed(id ConnectionID, run int) *Connection {
	if conn := c.live(id); conn != nil && conn.Transcript != nil && conn.Transcript.Running && conn.Transcript.Runs == run {
		return conn
	}
	return nil
}

func (c *Call) transcriptOpened(in TranscriptOpened) {
	if conn := c.transcribed(in.Connection, in.Run); conn != nil {
		c.tell(TranscriptionStarted{Recipient: conn.operating(conn.Transcript.Operation), Again: in.Again})
	}
}

func (c *Call) transcriptFailed(in TranscriptFailed) {
	if conn := c.transcribed(in.Connection, in.Run); conn != nil {
		c.changeTranscript(conn, func(t *Transcript) { t.Running = false })
		c.tell(TranscriptionFailed{Recipient: conn.operating(conn.Transcript.Operation), Cause: Cause{Reason: in.Reason, Detail: in.Detail}, Status: in.Status})
	}
}

// endTranscriptOf closes the transcript of a connection that ends.
func (c *Call) endTranscriptOf(conn *Connection, cause Cause) {
	if conn.Transcript == nil || !conn.Transcript.Running {
		return
	}
	c.closeTranscript(conn)
	to := conn.operating(conn.Transcript.Operation)
	if cause.Reason.ofServer() {
		c.tell(TranscriptionFailed{Recipient: to, Cause: cause})
		return
	}
	c.tell(TranscriptionStopped{to})
}

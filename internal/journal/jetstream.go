package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"strowger/internal/call"
)

// Names in the store. They are part of what an installation has on its disk.
const (
	streamName     = "STROWGER_CALLS_%d"
	subjectPrefix  = "strowger.calls.%d."
	documents      = "strowger"
	layoutName     = "layout"
	checkpointName = "checkpoint.%d"
	jottingsName   = "STROWGER_JOTTINGS"
	jotPrefix      = "strowger.jottings."
	probeName      = "probe"

	headerEnded   = "Strowger-Ended"
	headerCarried = "Strowger-Carried"
	headerNode    = "Strowger-Node"
	headerBase    = "Strowger-Base"
	headerBefore  = "Strowger-Before"

	// unnamed is headerCarried of versions whose copies said the same as their originals.
	unnamed = "1"
)

// Codes of JetStream's refusals (server/errors.json).
const (
	codeWrongSequence = 10071
	codeStoreFailed   = 10077 // what it gives for "maximum bytes exceeded"
	codeNoReplicas    = 10074
	codeNoStorage     = 10047
)

const (
	// headersMost is more than our headers and JetStream's have.
	headersMost = 1 << 10
	// messageLeast is the least that a server has to take, which is room for a
	// call of some fifty participants.
	messageLeast = 256 << 10
)

// layout is what an installation decides once.
type layout struct {
	Format  int // layoutFormat
	Streams int
}

const layoutFormat = 1

// jetStream is the store of a running server: streams with one subject per
// call, and a key-value bucket for documents.
type jetStream struct {
	host    *host // the embedded server; nil for an existing cluster
	conn    *nats.Conn
	js      jetstream.JetStream
	kv      jetstream.KeyValue
	streams []jetstream.Stream

	jottings jetstream.Stream
	shelf    jetstream.Stream

	share   int64                 // of the bytes that the journal may have, for each stream
	waiting waiters               // for what comes no more when the connection is lost
	broken  atomic.Pointer[error] // why the embedded server cannot write
	log     *slog.Logger
}

func openJetStream(ctx context.Context, c Config, log *slog.Logger) (*jetStream, error) {
	s := &jetStream{log: log}
	if err := s.open(ctx, c); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *jetStream) open(ctx context.Context, c Config) (err error) {
	if err := s.connect(c); err != nil {
		return err
	}
	if most := s.conn.MaxPayload(); most < messageLeast {
		return fmt.Errorf("the NATS server takes messages of %d bytes: set its max_payload to %d or more", most, messageLeast)
	}
	if s.js, err = jetstream.New(s.conn); err != nil {
		return fmt.Errorf("use JetStream: %w", err)
	}
	if s.kv, err = s.openDocuments(ctx); err != nil {
		return fmt.Errorf("bucket %s: %w", documents, err)
	}
	l, err := s.agreeOnLayout(ctx, layout{Format: layoutFormat, Streams: c.Streams})
	if err != nil {
		return err
	}
	s.share = c.MaxBytes / int64(l.Streams)
	for i := range l.Streams {
		stream, err := s.openStream(ctx, i)
		if err != nil {
			return fmt.Errorf("stream %d: %w", i, err)
		}
		s.streams = append(s.streams, stream)
	}
	if s.jottings, err = s.openJottings(ctx, c.MaxBytes/jottingsShare); err != nil {
		return fmt.Errorf("stream %s: %w", jottingsName, err)
	}
	if s.shelf, err = s.openShelf(ctx); err != nil {
		return fmt.Errorf("stream %s: %w", shelfName, err)
	}
	return nil
}

func (s *jetStream) connect(c Config) (err error) {
	if c.URL != "" {
		s.conn, err = nats.Connect(c.URL, s.options()...)
		return err
	}
	if s.host, err = openHost(c, s.log); err != nil {
		return fmt.Errorf("start the embedded server: %w", err)
	}
	s.conn, err = nats.Connect("", append(s.options(), nats.InProcessServer(s.host), nats.ReconnectWait(50*time.Millisecond), nats.ReconnectJitter(0, 0))...)
	if err != nil {
		return fmt.Errorf("connect to embedded NATS: %w", err)
	}
	return nil
}

// options are those of the connection, which is made again for as long as it takes.
func (s *jetStream) options() []nats.Option {
	return []nats.Option{
		nats.Name("strowger"), nats.MaxReconnects(-1),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { s.waiting.end() }),
	}
}

func (s *jetStream) openDocuments(ctx context.Context) (jetstream.KeyValue, error) {
	var kv jetstream.KeyValue
	err := s.replicated(func(replicas int) (err error) {
		kv, err = s.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: documents, History: 1, MaxBytes: documentsMost, Storage: jetstream.FileStorage, Replicas: replicas,
		})
		return err
	})
	return kv, err
}

// openStream keeps everything until Run removes it, and refuses what it has no
// room for: dropping the oldest would drop the state of calls that still live.
func (s *jetStream) openStream(ctx context.Context, i int) (jetstream.Stream, error) {
	var stream jetstream.Stream
	err := s.replicated(func(replicas int) (err error) {
		stream, err = s.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name:      fmt.Sprintf(streamName, i),
			Subjects:  []string{fmt.Sprintf(subjectPrefix, i) + "*"},
			Retention: jetstream.LimitsPolicy,
			Discard:   jetstream.DiscardNew,
			MaxBytes:  s.share - s.kept(),
			Storage:   jetstream.FileStorage,
			Replicas:  replicas,
		})
		return err
	})
	return stream, err
}

// openJottings keeps what nothing depends on, and so forgets by itself.
func (s *jetStream) openJottings(ctx context.Context, most int64) (jetstream.Stream, error) {
	var stream jetstream.Stream
	err := s.replicated(func(replicas int) (err error) {
		stream, err = s.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name: jottingsName, Subjects: []string{jotPrefix + "*"}, Retention: jetstream.LimitsPolicy,
			Discard: jetstream.DiscardOld, MaxBytes: most, Storage: jetstream.FileStorage, Replicas: replicas,
		})
		return err
	})
	return stream, err
}

func jotSubject(stream int) string { return jotPrefix + strconv.Itoa(stream) }

// Jot is refused as a new call is.
func (s *jetStream) Jot(ctx context.Context, stream int, document []byte) error {
	if err := s.admit(len(document), true); err != nil {
		return err
	}
	_, err := s.js.Publish(ctx, jotSubject(stream), document)
	return err
}

// kept is what a stream keeps of its share for the calls that are there when it is
// full: they have to be able to end.
func (s *jetStream) kept() int64 { return s.share / 8 }

// Widen changes the bound of a stream. NATS drops nothing of one that holds more
// than that. Where an older version has filled all of it, or nats.max_bytes was
// lowered, there is as much room beside it.
func (s *jetStream) Widen(ctx context.Context, stream int, wide bool) error {
	info, err := s.streams[stream].Info(ctx)
	if err != nil {
		return err
	}
	info.Config.MaxBytes = s.share - s.kept()
	if wide {
		info.Config.MaxBytes = max(s.share, int64(info.State.Bytes)+s.kept())
	}
	_, err = s.js.UpdateStream(ctx, info.Config)
	return err
}

// replicated asks an external cluster for three copies, and is content with one
// where there are fewer servers.
func (s *jetStream) replicated(create func(replicas int) error) error {
	if s.host != nil || s.conn.ConnectedClusterName() == "" {
		return create(1)
	}
	err := create(3)
	if code(err) == codeNoReplicas {
		return create(1)
	}
	return err
}

// agreeOnLayout is the layout that the first start chose.
func (s *jetStream) agreeOnLayout(ctx context.Context, wanted layout) (layout, error) {
	document, err := json.Marshal(wanted)
	if err != nil {
		return layout{}, err
	}
	_, err = s.kv.Create(ctx, layoutName, document)
	if err == nil {
		return wanted, nil
	}
	if !errors.Is(err, jetstream.ErrKeyExists) {
		return layout{}, fmt.Errorf("remember the layout: %w", err)
	}
	document, err = s.Get(ctx, layoutName)
	if err != nil {
		return layout{}, fmt.Errorf("read the layout: %w", err)
	}
	var l layout
	if err := json.Unmarshal(document, &l); err != nil || l.Format != layoutFormat || l.Streams < 1 {
		return layout{}, fmt.Errorf("layout %s: %w", document, ErrUnreadable)
	}
	return l, nil
}

func (s *jetStream) Close() {
	if s.conn != nil {
		s.conn.Close()
	}
	if s.host != nil {
		s.host.close()
	}
}

func (s *jetStream) Streams() int { return len(s.streams) }

func subject(stream int, key call.Key) string {
	return fmt.Sprintf(subjectPrefix, stream) + string(key)
}

// BodyMost is the limit of the server that we are connected to now.
func (s *jetStream) BodyMost() int { return int(s.conn.MaxPayload()) - headersMost }

// Append begins a call where it expects nothing. A copy that is made to keep a
// call is no more urgent than that.
func (s *jetStream) Append(ctx context.Context, m Message, expect uint64) (uint64, error) {
	if err := s.admit(len(m.Body), expect == 0 || m.Carried); err != nil {
		return 0, err
	}
	ctx, done := s.waiting.add(ctx)
	defer done()
	msg := nats.NewMsg(subject(m.Stream, m.Key))
	msg.Data = m.Body
	if m.Ended {
		msg.Header.Set(headerEnded, "1")
	}
	if m.Carried {
		msg.Header.Set(headerCarried, m.Original)
	}
	if m.Base != 0 {
		msg.Header.Set(headerBase, strconv.FormatUint(m.Base, 10))
		msg.Header.Set(headerBefore, strconv.FormatUint(m.Before, 10))
	}
	if m.Node != "" {
		msg.Header.Set(headerNode, m.Node)
	}
	ack, err := s.js.PublishMsg(ctx, msg, jetstream.WithExpectLastSequencePerSubject(expect))
	if err != nil {
		return 0, refusal(err)
	}
	return ack.Sequence, nil
}

// admit asks whether n bytes can be written.
func (s *jetStream) admit(n int, begins bool) error {
	if s.host == nil {
		return nil
	}
	if broken := s.broken.Load(); broken != nil {
		return *broken
	}
	return s.host.disk.admit(n, begins)
}

// refusal turns JetStream's answers into the Storage's.
func refusal(err error) error {
	switch {
	case code(err) == codeWrongSequence:
		return ErrUnexpected
	case code(err) == codeStoreFailed && strings.Contains(err.Error(), "maximum bytes"):
		return ErrFull
	case code(err) == codeNoStorage:
		return ErrNoSpace
	case errors.Is(err, nats.ErrMaxPayload):
		return ErrTooLarge
	case errors.Is(err, jetstream.ErrMsgNotFound), errors.Is(err, jetstream.ErrKeyNotFound):
		return ErrNotFound
	}
	return err
}

// code is the number of JetStream's refusal, or 0.
func code(err error) int {
	var refused jetstream.JetStreamError
	if errors.As(err, &refused) && refused.APIError() != nil {
		return int(refused.APIError().ErrorCode)
	}
	return 0
}

// Last asks the stream's leader, not the nearest copy, which may be behind.
func (s *jetStream) Last(ctx context.Context, stream int, key call.Key) (Message, error) {
	m, err := s.streams[stream].GetLastMsgForSubject(ctx, subject(stream, key))
	if err != nil {
		return Message{}, refusal(err)
	}
	found := message(stream, m.Sequence, m.Subject, m.Header, m.Data)
	found.Time = m.Time
	return found, nil
}

func (s *jetStream) At(ctx context.Context, stream int, sequence uint64) (Message, error) {
	m, err := s.streams[stream].GetMsg(ctx, sequence)
	if err != nil {
		return Message{}, refusal(err)
	}
	found := message(stream, m.Sequence, m.Subject, m.Header, m.Data)
	found.Time = m.Time
	return found, nil
}

func message(stream int, sequence uint64, subject string, h nats.Header, body []byte) Message {
	m := Message{
		Stream: stream, Sequence: sequence, Key: call.Key(subject[strings.LastIndexByte(subject, '.')+1:]),
		Ended: h.Get(headerEnded) != "", Node: h.Get(headerNode), Body: body,
		Base: number(h.Get(headerBase)), Before: number(h.Get(headerBefore)),
		Carried: h.Get(headerCarried) != "", Original: h.Get(headerCarried),
	}
	if m.Original == unnamed {
		m.Original = ""
	}
	return m
}

// number is 0 for what is none.
func number(s string) uint64 {
	n, _ := strconv.ParseUint(s, 10, 64)
	return n
}

func (s *jetStream) Extent(ctx context.Context, stream int) (Extent, error) {
	info, err := s.streams[stream].Info(ctx)
	if err != nil {
		return Extent{}, err
	}
	e := Extent{
		First: info.State.FirstSeq, Last: info.State.LastSeq,
		Bytes: int64(info.State.Bytes), Most: info.Config.MaxBytes,
		Wide: info.Config.MaxBytes > s.share-s.kept(), Free: math.MaxInt64,
	}
	if s.host != nil {
		if free, _, err := s.host.disk.space(); err == nil {
			e.Free = free / int64(len(s.streams))
		}
	}
	return e, nil
}

func (s *jetStream) Cut(ctx context.Context, stream int, before uint64) error {
	return s.streams[stream].Purge(ctx, jetstream.WithPurgeSequence(before))
}

func (s *jetStream) Forget(ctx context.Context, stream int, key call.Key, before uint64) error {
	return s.streams[stream].Purge(ctx, jetstream.WithPurgeSubject(subject(stream, key)), jetstream.WithPurgeSequence(before))
}

// Put is refused as a new call is: progress can be noted again later.
func (s *jetStream) Put(ctx context.Context, name string, document []byte) error {
	if err := s.admit(len(document), true); err != nil {
		return err
	}
	_, err := s.kv.Put(ctx, name, document)
	return err
}

// probeTime bounds the proof that the server can write again.
const probeTime = 2 * time.Second

// Tend starts the embedded server again when it cannot write any more, and takes
// that it can for proven when it has written. Meanwhile appends are refused, and
// those that are under way are told that they need not wait.
func (s *jetStream) Tend(ctx context.Context) error {
	if s.host == nil {
		return nil
	}
	low := s.host.disk.check()
	fault := s.host.fault()
	if fault == nil && s.broken.Load() == nil {
		return low
	}
	if fault != nil {
		s.breakOff(fault)
		if err := s.host.restart(fault); err != nil {
			return s.breakOff(err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	if _, err := s.kv.Put(ctx, probeName, nil); err != nil {
		return s.breakOff(err)
	}
	s.broken.Store(nil)
	s.host.well()
	return low
}

// breakOff notes why nothing can be written.
func (s *jetStream) breakOff(fault error) error {
	if !noRoom(fault) {
		fault = fmt.Errorf("%w: %w", ErrUnwritable, fault)
	}
	s.broken.Store(&fault)
	s.waiting.end()
	return fault
}

func (s *jetStream) Get(ctx context.Context, name string) ([]byte, error) {
	entry, err := s.kv.Get(ctx, name)
	if err != nil {
		return nil, refusal(err)
	}
	return entry.Value(), nil
}

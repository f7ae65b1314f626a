package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
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

	headerEnded   = "Strowger-Ended"
	headerCarried = "Strowger-Carried"
	headerNode    = "Strowger-Node"
)

// Codes of JetStream's refusals (server/errors.json).
const (
	codeWrongSequence = 10071
	codeStoreFailed   = 10077 // what it gives for "maximum bytes exceeded"
	codeNoReplicas    = 10074
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
	server  *server.Server // nil for an existing cluster
	unlock  func()         // of the embedded server's directory
	conn    *nats.Conn
	js      jetstream.JetStream
	kv      jetstream.KeyValue
	streams []jetstream.Stream
	readers readers // which end with the connection
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
	for i := range l.Streams {
		stream, err := s.openStream(ctx, i, c.MaxBytes/int64(l.Streams))
		if err != nil {
			return fmt.Errorf("stream %d: %w", i, err)
		}
		s.streams = append(s.streams, stream)
	}
	return nil
}

func (s *jetStream) connect(c Config) (err error) {
	if c.URL != "" {
		s.conn, err = nats.Connect(c.URL, s.options()...)
		return err
	}
	if s.unlock, err = lockDir(c.Dir); err != nil {
		return fmt.Errorf("lock the journal's directory: %w", err)
	}
	if s.server, err = startServer(c, s.log); err != nil {
		return err
	}
	if s.conn, err = nats.Connect("", append(s.options(), nats.InProcessServer(s.server))...); err != nil {
		return fmt.Errorf("connect to embedded NATS: %w", err)
	}
	return nil
}

// options are those of the connection, which is made again for as long as it takes.
func (s *jetStream) options() []nats.Option {
	return []nats.Option{
		nats.Name("strowger"), nats.MaxReconnects(-1),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { s.readers.end() }),
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
func (s *jetStream) openStream(ctx context.Context, i int, most int64) (jetstream.Stream, error) {
	var stream jetstream.Stream
	err := s.replicated(func(replicas int) (err error) {
		stream, err = s.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name:      fmt.Sprintf(streamName, i),
			Subjects:  []string{fmt.Sprintf(subjectPrefix, i) + "*"},
			Retention: jetstream.LimitsPolicy,
			Discard:   jetstream.DiscardNew,
			MaxBytes:  most,
			Storage:   jetstream.FileStorage,
			Replicas:  replicas,
		})
		return err
	})
	return stream, err
}

// replicated asks an external cluster for three copies, and is content with one
// where there are fewer servers.
func (s *jetStream) replicated(create func(replicas int) error) error {
	if s.server != nil || s.conn.ConnectedClusterName() == "" {
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
	if s.server != nil {
		stopServer(s.server)
	}
	if s.unlock != nil {
		s.unlock()
	}
}

func (s *jetStream) Streams() int { return len(s.streams) }

func subject(stream int, key call.Key) string {
	return fmt.Sprintf(subjectPrefix, stream) + string(key)
}

// BodyMost is the limit of the server that we are connected to now.
func (s *jetStream) BodyMost() int { return int(s.conn.MaxPayload()) - headersMost }

func (s *jetStream) Append(ctx context.Context, m Message, expect uint64) (uint64, error) {
	msg := nats.NewMsg(subject(m.Stream, m.Key))
	msg.Data = m.Body
	if m.Ended {
		msg.Header.Set(headerEnded, "1")
	}
	if m.Carried {
		msg.Header.Set(headerCarried, "1")
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

// refusal turns JetStream's answers into the Storage's.
func refusal(err error) error {
	switch {
	case code(err) == codeWrongSequence:
		return ErrUnexpected
	case code(err) == codeStoreFailed && strings.Contains(err.Error(), "maximum bytes"):
		return ErrFull
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
	return Message{
		Stream: stream, Sequence: sequence, Key: call.Key(subject[strings.LastIndexByte(subject, '.')+1:]),
		Ended: h.Get(headerEnded) != "", Carried: h.Get(headerCarried) != "", Node: h.Get(headerNode), Body: body,
	}
}

func (s *jetStream) Extent(ctx context.Context, stream int) (Extent, error) {
	info, err := s.streams[stream].Info(ctx)
	if err != nil {
		return Extent{}, err
	}
	return Extent{
		First: info.State.FirstSeq, Last: info.State.LastSeq,
		Bytes: int64(info.State.Bytes), Most: info.Config.MaxBytes,
	}, nil
}

func (s *jetStream) Cut(ctx context.Context, stream int, before uint64) error {
	return s.streams[stream].Purge(ctx, jetstream.WithPurgeSequence(before))
}

func (s *jetStream) Forget(ctx context.Context, stream int, key call.Key) error {
	return s.streams[stream].Purge(ctx, jetstream.WithPurgeSubject(subject(stream, key)))
}

func (s *jetStream) Put(ctx context.Context, name string, document []byte) error {
	_, err := s.kv.Put(ctx, name, document)
	return err
}

func (s *jetStream) Get(ctx context.Context, name string) ([]byte, error) {
	entry, err := s.kv.Get(ctx, name)
	if err != nil {
		return nil, refusal(err)
	}
	return entry.Value(), nil
}

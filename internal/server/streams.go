package server

import (
	"context"
	"time"

	"strowger/internal/bridge"
	"strowger/internal/call"
	"strowger/internal/media/mixer"
	"strowger/internal/outbound"
	"strowger/internal/stream"
	"strowger/internal/telemetry"
)

const (
	// socketTime bounds how long an application may take to open a socket.
	socketTime = 5 * time.Second
	// socketsMost bounds those that one host has.
	socketsMost = 10_000
)

// buildStreams makes what opens applications' sockets at calls.
func (p *parts) buildStreams(to stream.Signals) {
	c := stream.Config{
		Client:  p.policy.NewClient(outbound.ClientConfig{Timeout: socketTime, ConnectionsMax: socketsMost, WebSocket: true}),
		Token:   func() (string, error) { return p.signer.Token(p.cfg.Resource.ID) },
		Signals: to, Log: p.log,
	}
	p.streams, p.transcripts = stream.New(c), stream.NewTranscripts(c, readersEars{p.recognizer})
}

// runStreams waits for sockets to close when their calls have ended.
func (p *parts) runStreams(ctx context.Context) error {
	<-ctx.Done()
	p.streams.Wait()
	p.transcripts.Wait()
	return nil
}

// sockets are the streams as the bridge sees them.
type sockets struct{ *stream.Streams }

func (s sockets) Open(id call.ID, e call.OpenStream, room *mixer.Room) bridge.Stream {
	return s.Streams.Open(id, e, room)
}

// readers are the transcripts as the bridge sees them.
type readers struct{ *stream.Transcripts }

func (r readers) Open(id call.ID, e call.OpenTranscript, room *mixer.Room) bridge.Transcript {
	return r.Transcripts.Open(id, e, room)
}

func (p *parts) streamFigures() []telemetry.Figure {
	return []telemetry.Figure{
		level("media_streams", "Sockets of applications that hear a call.", float64(p.streams.Live())),
		level("transcriptions", "Sockets of applications that read what is said in a call.", float64(p.transcripts.Live())),
		level("voices_listened_to", "Voices whose words are recognized.", float64(p.recognizer.Live())),
	}
}

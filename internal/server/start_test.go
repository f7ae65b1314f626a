package server

import (
	"encoding/binary"
	"log/slog"
	"testing"

	"strowger/internal/call"
	"strowger/internal/config"
	"strowger/internal/journal"
	"strowger/internal/sip/siptest"
)

const (
	carrierHost = "127.0.0.2"
	trunkNumber = "+14255550142"
)

// fromATrunk lets a carrier at carrierHost call trunkNumber.
func fromATrunk(cfg config.Config) config.Config {
	cfg.Trunks = append(cfg.Trunks, config.Trunk{
		Name: "carrier", Address: "sip:127.0.0.2:5070;transport=udp", Numbers: []string{trunkNumber}, Sources: []string{"127.0.0.2/32"},
	})
	return cfg
}

// crashed leaves calls behind as a process that died with them.
func crashed(t *testing.T, url string, calls int) {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Config{URL: url}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for n := range calls {
		var seed [16]byte
		binary.BigEndian.PutUint32(seed[:], uint32(n+1))
		id := call.NewID(seed)
		if err := j.Begin(id.Key()).Append(t.Context(), call.State{ID: id, Step: 1, Phase: call.Established}, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhoCallsDuringAStartIsNotTakenForACallOfTheLastProcess(t *testing.T) {
	const callers, left = 40, 200
	cfg := fromATrunk(devConfig(t))
	cfg.NATS.URL = cluster(t)
	crashed(t, cfg.NATS.URL, left)
	p, err := build(t.Context(), Config{Config: cfg, Version: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	l := newLife()
	defer l.stop()
	var wires []*siptest.Wire
	for range callers { // they wait in the socket, before anything runs
		w := siptest.NewWire(t, carrierHost, p.agent.Addr("udp"))
		w.Send("INVITE", "sip:"+trunkNumber+"@strowger.local", 1, "", siptest.With(callersOffer)...)
		wires = append(wires, w)
	}
	recovered, err := p.start(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wires {
		w.Await("SIP/2.0 180")
	}
	<-recovered
	if now := p.board.Stats().Calls; now != callers {
		t.Errorf("%d of %d calls that came during the start are there", now, callers)
	}
	live, err := p.journal.Live(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(live) != callers {
		t.Errorf("%d calls are live in the journal, %d came", len(live), callers)
	}
}

const callersOffer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"

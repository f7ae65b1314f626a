package doctor

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/media/codec"
	"strowger/internal/reception"
	"strowger/internal/sip/notice"
	"strowger/internal/sip/sdp"
	"strowger/internal/sip/ua"
)

// standIn listens where the server would, with its reception, and takes no call:
// one that the server would take is refused with 480.
func (w Watch) standIn(ctx context.Context, trunk directory.Trunk, told *teller) error {
	notices := notice.New(nil, time.Now)
	d := directory.New(w.Directory, time.Now)
	admission := reception.NewAdmission(d, time.Now)
	certificate, listen := w.listen(told)
	agent, err := ua.New(ua.Config{
		Listen: listen, ExternalIP: w.Config.SIP.ExternalIP, UserAgent: "strowger doctor", TLS: certificate,
		Admit: admission.Admit, Notices: notices, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	desk, err := reception.New(reception.Config{
		UA: agent, Admission: admission, Domain: w.Config.SIP.Domain, Directory: d, Legs: noLegs{},
		Log: slog.New(slog.NewTextHandler(w.Out, nil)), // how it goes to be registered at trunks
	})
	if err != nil {
		return err
	}
	if err := agent.Listen(); err != nil {
		return fmt.Errorf("%w; find who holds the port with `ss -lnptu`", err)
	}
	told.say("No server is running, so this listens on %s. Calls of trunk %s are expected from %s, to %s. Place one now; Ctrl-C ends this.",
		strings.Join(listen, ", "), trunk.Name, orNothing(prefixes(trunk)), orNothing(trunk.Numbers))
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { _ = desk.Run(ctx) })
	running.Go(func() { _ = agent.Run(ctx, desk) })
	err = told.follow(ctx, func(context.Context) ([]notice.Entry, error) { return notices.Entries(), nil })
	cancel()
	running.Wait()
	told.tell(notices.Entries())
	if err != nil {
		return err
	}
	return told.end()
}

// listen is where SIP is taken, without tls:// when the server would make its
// certificate itself: nothing is made here.
func (w Watch) listen(told *teller) (*tls.Config, []string) {
	files := w.Config.HTTP.TLS
	if pair, err := tls.LoadX509KeyPair(files.Cert, files.Key); err == nil {
		return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, w.Config.SIP.Listen
	}
	var listen []string
	for _, l := range w.Config.SIP.Listen {
		if strings.HasPrefix(l, "tls://") {
			told.say("%s is left out: its certificate is the server's to make (http.tls names none that can be read)", l)
			continue
		}
		listen = append(listen, l)
	}
	return nil, listen
}

func prefixes(t directory.Trunk) (all []string) {
	for _, p := range t.Sources {
		all = append(all, p.String())
	}
	return all
}

func orNothing(list []string) string {
	if len(list) == 0 {
		return "nothing (the settings name none)"
	}
	return strings.Join(list, ", ")
}

// noLegs looks at a call as the legs do, and takes none.
type noLegs struct{}

func (noLegs) Take(in *ua.Incoming, _ directory.Caller, arrived call.LegArrived, _ func()) *ua.Refusal {
	if len(in.Body) > 0 {
		if _, _, err := (&sdp.Negotiation{Codecs: codec.G711}).Answer(in.Body); err != nil {
			return &ua.Refusal{Code: 488, Reason: fmt.Sprintf("its offer cannot be used: %v; have it offer PCMU or PCMA over RTP/AVP", err)}
		}
	}
	return &ua.Refusal{Code: 480, Phrase: "strowger doctor is listening", Reason: fmt.Sprintf(
		"all is well: a running server takes this call from %s to %s; start it", arrived.From, arrived.To)}
}

func (noLegs) TakeOver(*ua.Incoming, directory.Caller, call.LegArrived) *ua.Refusal {
	return &ua.Refusal{Code: 481, Reason: "it wants to replace another call, and there are none here"}
}

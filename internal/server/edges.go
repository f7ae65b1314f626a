package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"strowger/internal/access"
	"strowger/internal/api"
	apiidentity "strowger/internal/api/identity"
	"strowger/internal/chronicle"
	"strowger/internal/deadletter"
	"strowger/internal/listener"
	"strowger/internal/outbound"
	"strowger/internal/recording/catalog"
	"strowger/internal/recording/content"
	"strowger/internal/sip/notice"
	"strowger/internal/telemetry"
	"strowger/internal/usage"
	"strowger/internal/webhook"
	"strowger/internal/webhook/grid"
)

const (
	// callbackTime bounds one try of a callback.
	callbackTime = 10 * time.Second
	// audioTime bounds how long a server may take to begin to send an audio file, and
	// to send each next half second of it.
	audioTime = 30 * time.Second
)

// operator puts what SIP peers send, what happened in calls, what was recorded of them,
// which events were given up and what was used beside the figures.
func (p *parts) operator(figures http.Handler) http.Handler {
	mux := http.NewServeMux()
	calls := chronicle.New(p.journal, p.courier).Handler()
	mux.Handle(notice.Path, p.notices)
	mux.Handle(chronicle.Path, calls)
	mux.Handle(chronicle.Path+"/", calls)
	recorded := catalog.New(p.documents(), p.archive).Handler()
	mux.Handle(catalog.Path, recorded)
	mux.Handle(catalog.Path+"/", recorded)
	given := deadletter.Handler(p.courier)
	mux.Handle(deadletter.Path, given)
	mux.Handle(deadletter.Path+"/", given)
	mux.Handle(usage.Path, p.usage.Handler())
	mux.Handle("/", figures)
	return mux
}

// buildEdges makes what speaks HTTP: callbacks out, the API in.
func (p *parts) buildEdges(version string) error {
	var err error
	if p.signer, err = access.OpenSigner(p.cfg.DataDir, access.SignerConfig{PublicURL: p.info.PublicURL, Now: time.Now}); err != nil {
		return fmt.Errorf("the key that signs callbacks: %w", err)
	}
	sealer, err := access.OpenSealer(p.cfg.DataDir)
	if err != nil {
		return fmt.Errorf("the secret of incoming call contexts: %w", err)
	}
	keys, err := access.ParseKeys(p.cfg.Resource.AccessKeys)
	if err != nil {
		return fmt.Errorf("resource.access_keys: %w", err)
	}
	families := families(sealer, p.policy, p.words, p.recognizer.Hears, apiidentity.Config{
		ResourceID: p.cfg.Resource.ID, Users: p.users.Book, Tokens: p.users.tokens, Now: time.Now,
	})
	p.courier = webhook.New(webhook.Config{
		ResourceID: p.cfg.Resource.ID, PublicURL: p.info.PublicURL,
		Subscriptions: subscriptions(p.cfg), GiveUpAfter: p.cfg.Callbacks.GiveUpAfter, PublishFor: p.cfg.EventGrid.GiveUpAfter,
		Keep:     webhook.Keep{Age: p.cfg.DeadLetter.MaxAge, Events: p.cfg.DeadLetter.MaxEvents, Bytes: p.cfg.DeadLetter.MaxBytes},
		Families: families.told, EventGrid: grid.New(p.cfg.Resource.ID, p.contentsURL(), sealer),
		Journal: p.journal, Signer: p.signer, Log: p.log,
		InFlight: p.budget.Callbacks, Tried: p.tried,
		Client: p.policy.NewClient(outbound.ClientConfig{Timeout: callbackTime, ConnectionsMax: p.budget.Callbacks}),
	})
	verifier := access.NewVerifier(keys, p.issuer(), time.Now)
	served := api.New(api.Config{
		Verifier: verifier, Signer: p.signer, Calls: commands{p.board, p.courier},
		Public: p.info.PublicURL,
		Proven: listener.Proven, Health: p.health, Log: p.log, Families: families.asked,
	})
	p.open(public(served, p.courier.ValidationHandler(), content.New(verifier, p.documents(), p.publicPorts())), p.operator(telemetry.OperatorHandler(p.metrics(version), p.health)))
	return nil
}

// documents are the recordings in the store.
func (p *parts) documents() content.Documents { return content.In(p.contents, p.log) }

// publicPorts are those at which applications reach the API.
func (p *parts) publicPorts() (ports []string) {
	for _, address := range append(slices.Clone(p.info.HTTP), p.info.PublicURL) {
		if u, err := url.Parse(address); err == nil && u.Port() != "" && !slices.Contains(ports, u.Port()) {
			ports = append(ports, u.Port())
		}
	}
	return ports
}

// contentsURL is under which applications fetch recordings: their SDKs do so with TLS
// alone.
func (p *parts) contentsURL() string {
	if u := p.cfg.Recording.PublicURL; u != "" {
		return strings.TrimRight(u, "/")
	}
	return p.info.Endpoint
}

// tried tells of a try that did not go as it should, once, and of its end: that all
// is well goes without saying.
func (p *parts) tried(t webhook.Try) {
	late := t.Outcome == webhook.Taken && t.Number > 1
	first := t.Outcome == webhook.Failed && t.Number == 1
	if p.follower != nil && (late || first || t.Outcome == webhook.GivenUp) {
		p.follower.Tell(chronicle.Try(t))
	}
}

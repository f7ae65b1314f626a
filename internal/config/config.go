package config

import (
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"time"
)

// Config is what strowger.yaml says. The names of its keys are part of the
// public contract; strowger.example.yaml shows and explains all of them.
type Config struct {
	DataDir    string     `yaml:"data_dir"`
	Resource   Resource   `yaml:"resource"`
	HTTP       HTTP       `yaml:"http"`
	Operator   Operator   `yaml:"operator"`
	SIP        SIP        `yaml:"sip"`
	RTP        RTP        `yaml:"rtp"`
	Users      []User     `yaml:"users"`
	Trunks     []Trunk    `yaml:"trunks"`
	EventGrid  EventGrid  `yaml:"event_grid"`
	Callbacks  Callbacks  `yaml:"callbacks"`
	DeadLetter DeadLetter `yaml:"dead_letter"`
	Outbound   Outbound   `yaml:"outbound"`
	NATS       NATS       `yaml:"nats"`
	Recording  Recording  `yaml:"recording"`
	Usage      Usage      `yaml:"usage"`
	Speech     Speech     `yaml:"speech"`
	Log        Log        `yaml:"log"`
	Shutdown   Shutdown   `yaml:"shutdown"`
	Lab        Lab        `yaml:"lab"`
}

// Resource is the identity that applications know us by: the GUID in raw ids
// and the keys of the connection string. EnsureResource makes what is absent.
type Resource struct {
	ID         string   `yaml:"id"`
	AccessKeys []string `yaml:"access_keys"`
	Tokens     Tokens   `yaml:"tokens"`
}

// Tokens says whose access tokens are taken in place of an access key's signature: those
// that an OpenID Connect provider made for one of the audiences. An empty Issuer means
// nobody's.
type Tokens struct {
	Issuer    string   `yaml:"issuer"`
	Audiences []string `yaml:"audiences"`
}

// HTTP is the public surface. An empty PublicURL means the first address of
// Listen that was bound. MaxConnections are those open at once, and
// MaxConnectionsPerSource those of one address among them.
type HTTP struct {
	Listen                  []string `yaml:"listen"`
	PublicURL               string   `yaml:"public_url"`
	TLS                     TLS      `yaml:"tls"`
	MaxConnections          int      `yaml:"max_connections"`
	MaxConnectionsPerSource int      `yaml:"max_connections_per_source"`
}

// TLS names a PEM certificate chain and its key, for https, tls and wss. Both
// empty means a certificate of the local development CA.
type TLS struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

// Operator is the address of metrics and profiles; empty turns it off.
type Operator struct {
	Listen string `yaml:"listen"`
}

// SIP says where we listen for SIP and under which names we are known.
type SIP struct {
	Listen     []string `yaml:"listen"`
	ExternalIP string   `yaml:"external_ip"`
	Domain     string   `yaml:"domain"`
}

// RTP bounds the media ports. A leg that hears nothing for Timeout is ended.
// With NAT, media that do not come from where they were announced are also learnt
// from the address of the signalling.
type RTP struct {
	Ports   PortRange     `yaml:"ports"`
	Timeout time.Duration `yaml:"timeout"`
	NAT     bool          `yaml:"nat"`
}

// User is a person or a bot with a SIP or browser endpoint. Without a password
// the user cannot register by SIP.
type User struct {
	Name        string   `yaml:"name"`
	ID          string   `yaml:"id"`
	Password    string   `yaml:"password"`
	DisplayName string   `yaml:"display_name"`
	MayDial     []string `yaml:"may_dial"`
}

// NoPrefix says that nothing stands before what a prefix could stand before.
const NoPrefix = "none"

// Trunk is a way to the telephone network. Country and the two prefixes say what
// its numbers without a plus mean; empty prefixes are the ITU's, 0 and 00.
type Trunk struct {
	Name                string   `yaml:"name"`
	Address             string   `yaml:"address"`
	Username            string   `yaml:"username"`
	Password            string   `yaml:"password"`
	Register            bool     `yaml:"register"`
	Prefixes            []string `yaml:"prefixes"`
	Numbers             []string `yaml:"numbers"`
	Sources             []string `yaml:"sources"`
	Country             string   `yaml:"country"`
	NationalPrefix      string   `yaml:"national_prefix"`
	InternationalPrefix string   `yaml:"international_prefix"`
	Refer               bool     `yaml:"refer"`
	MaxCalls            int      `yaml:"max_calls"`
	MaxCallsPerSecond   int      `yaml:"max_calls_per_second"`
}

// EventGrid lists who is told about calls that no application holds yet, and for how
// long what is not taken is tried.
type EventGrid struct {
	Subscriptions []Subscription `yaml:"subscriptions"`
	GiveUpAfter   time.Duration  `yaml:"give_up_after"`
}

// Subscription is one webhook. No event types mean all, no To means any callee, no
// From any caller. Without a Name it is called by a digest of its URL.
type Subscription struct {
	Name       string   `yaml:"name"`
	URL        string   `yaml:"url"`
	EventTypes []string `yaml:"event_types"`
	To         []string `yaml:"to"`
	From       []string `yaml:"from"`
}

// DeadLetter bounds what is kept of the events that were given up: the oldest go
// first.
type DeadLetter struct {
	MaxAge    time.Duration `yaml:"max_age"`
	MaxEvents int           `yaml:"max_events"`
	MaxBytes  int64         `yaml:"max_bytes"`
}

// proofMost bounds how long the end of a play waits for reports: most phones send one
// every five seconds or so.
const proofMost = 10 * time.Second

// Callbacks says how long a callback is tried, and what is told beyond the published API.
type Callbacks struct {
	GiveUpAfter time.Duration `yaml:"give_up_after"`
	// ProofOfHearing, when it is not 0, has PlayCompleted say how much of a play each
	// participant was sent and has received. It waits for their reports for so long.
	ProofOfHearing time.Duration `yaml:"proof_of_hearing"`
}

// Outbound lists the networks, beside public addresses, that callbacks, audio,
// storage and WebSockets may be sent to.
type Outbound struct {
	AllowNetworks []string `yaml:"allow_networks"`
	CAFiles       []string `yaml:"ca_files"`
}

// NATS is where the journal lives: embedded under DataDir when URL is empty.
type NATS struct {
	URL      string `yaml:"url"`
	Sync     string `yaml:"sync"`
	MaxBytes int64  `yaml:"max_bytes"`
}

// Values of NATS.Sync.
const (
	SyncAlways   = "always"   // flushed to the disk before it is acknowledged
	SyncInterval = "interval" // flushed by the minute: survives kill -9, not a power cut
)

// Recording says where finished recordings go: DataDir when Storage is empty. They
// are fetched under PublicURL, that of HTTP when it is empty, and deleted after
// Retention, never when that is zero. One goes on in another file after ChunkTime of
// sound, or ChunkBytes; never when they are zero.
type Recording struct {
	Storage    string        `yaml:"storage"`
	PublicURL  string        `yaml:"public_url"`
	Retention  time.Duration `yaml:"retention"`
	ChunkTime  time.Duration `yaml:"chunk_time"`
	ChunkBytes int64         `yaml:"chunk_bytes"`
}

// Usage bounds what is kept of the usage of legs, seats and recordings: the oldest
// goes first.
type Usage struct {
	Keep     time.Duration `yaml:"keep"`
	MaxBytes int64         `yaml:"max_bytes"`
}

// Speech names the engines that speak and listen for us.
type Speech struct {
	Synthesizer Synthesizer `yaml:"synthesizer"`
	Recognizer  Recognizer  `yaml:"recognizer"`
}

// Synthesizer turns text into sound. What its engine does not use is empty.
type Synthesizer struct {
	Engine    string   `yaml:"engine"`
	URL       string   `yaml:"url"`
	Model     string   `yaml:"model"`
	Voice     string   `yaml:"voice"`
	Key       string   `yaml:"key"`
	Command   []string `yaml:"command"`
	Languages []string `yaml:"languages"`
}

// Recognizer turns sound into text. What its engine does not use is empty.
type Recognizer struct {
	Engine    string   `yaml:"engine"`
	URL       string   `yaml:"url"`
	Model     string   `yaml:"model"`
	Key       string   `yaml:"key"`
	Command   []string `yaml:"command"`
	Languages []string `yaml:"languages"`
}

// Log says how much is written and in which form.
type Log struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

// Shutdown is the time that live calls are given after SIGTERM.
type Shutdown struct {
	Grace time.Duration `yaml:"grace"`
}

// Lab is the stand-in for the telephone network. Listen is empty outside `dev`
// and tests; a trunk must point to it for its numbers to be reached.
type Lab struct {
	Listen string `yaml:"listen"`
}

// Default is the configuration of the empty file.
func Default() Config {
	return Config{
		DataDir:  "./strowger-data",
		Resource: Resource{Tokens: Tokens{Audiences: []string{"https://communication.azure.com", "https://communication.azure.com/"}}},
		HTTP: HTTP{
			Listen: []string{"http://127.0.0.1:8080"}, MaxConnections: 4096, MaxConnectionsPerSource: 1024,
		},
		SIP: SIP{
			Listen: []string{"udp://127.0.0.1:5060", "tcp://127.0.0.1:5060"},
			Domain: "strowger.local",
		},
		RTP:        RTP{Ports: PortRange{First: 20000, Last: 29999}, Timeout: time.Minute},
		EventGrid:  EventGrid{GiveUpAfter: 24 * time.Hour},
		Callbacks:  Callbacks{GiveUpAfter: 5 * time.Minute},
		DeadLetter: DeadLetter{MaxAge: 7 * 24 * time.Hour, MaxEvents: 10_000, MaxBytes: 64 << 20},
		NATS:       NATS{Sync: SyncAlways, MaxBytes: 4 << 30},
		Usage:      Usage{Keep: 400 * 24 * time.Hour, MaxBytes: 1 << 30},
		Speech: Speech{
			Synthesizer: Synthesizer{Engine: "local"},
			Recognizer:  Recognizer{Engine: "pocketsphinx"},
		},
		Log:      Log{Level: "info", Format: "json"},
		Shutdown: Shutdown{Grace: 30 * time.Second},
	}
}

// CADir is where the development CA is kept.
func (c Config) CADir() string { return filepath.Join(c.DataDir, "ca") }

// Encrypted reports whether any listener needs a certificate.
func (c Config) Encrypted() bool {
	for key, l := range c.listeners() {
		if slices.Contains([]string{"https", "tls", "wss"}, l.Scheme) || key == "http.listen" && l.SpeaksTLS() {
			return true
		}
	}
	return false
}

// SpeaksTLS says whether an HTTP listener takes TLS: one for https does, and
// one for plain HTTP on this machine alone does so too (decision 008).
func (l Listener) SpeaksTLS() bool {
	return l.Scheme == "https" || l.Scheme == "http" && l.Loopback()
}

// CertificateHosts are the names that a certificate of ours should carry
// beside those of this machine: those of the public URLs, the SIP domain, and the addresses
// that are listened on.
func (c Config) CertificateHosts() []string {
	hosts := []string{c.SIP.Domain}
	for key, l := range c.listeners() {
		ip, err := netip.ParseAddr(l.Host)
		if key == "http.listen" && !(err == nil && ip.IsUnspecified()) {
			hosts = append(hosts, l.Host)
		}
	}
	for _, public := range []string{c.HTTP.PublicURL, c.Recording.PublicURL} {
		if u, err := url.Parse(public); err == nil && u.Hostname() != "" {
			hosts = append(hosts, u.Hostname())
		}
	}
	if c.SIP.ExternalIP != "" {
		hosts = append(hosts, c.SIP.ExternalIP)
	}
	return hosts
}

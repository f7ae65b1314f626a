package server

import (
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"

	"strowger/test/port"
)

// AccessKey is the key of every server in tests.
const AccessKey = "dGhlLXRlc3RzLW93bi1hY2Nlc3Mta2V5LW5vLXNlY3JldA=="

// ResourceID is the resource of every server in tests.
const ResourceID = "9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11"

// Domain is the SIP domain of every server in tests.
const Domain = "strowger.test"

// User is a person with a softphone. Every user's password is "secret".
type User struct {
	Name    string
	ID      string
	MayDial []string
}

// RawID is the user's identifier in the API.
func (u User) RawID() string { return "8:acs:" + ResourceID + "_" + u.ID }

// Password is what a user's phone registers with.
const Password = "secret"

// Trunk is a way to and from the telephone network.
type Trunk struct {
	Name      string
	Address   string // host:port of the peer
	Transport string // udp where empty
	Prefixes  []string
	Numbers   []string
	Sources   []string
	// Username and Password are what we prove to the peer.
	Username, Password string
	Register           bool
	Refer              bool // it takes REFER, and its own is served
}

// Config is what a test wants to be different from the smallest server.
type Config struct {
	Users  []User
	Trunks []Trunk
	// EventGrid are the webhooks that Event Grid events go to.
	EventGrid []Subscription
	// Lab starts the numbers +15550100 to +15550106.
	Lab bool
	// TLS adds a TLS listener for SIP.
	TLS bool
	// HTTPS adds a listener with a certificate of the development CA.
	HTTPS bool
	// MediaTimeout ends a leg that sends nothing, as "2s".
	MediaTimeout string
	// RTPPorts is how many ports there are for media; 400 where 0.
	RTPPorts int
	// Grace is how long live calls get at SIGTERM, as "5s"; 100ms where empty.
	Grace string
	// Storage is where recordings go; files under DataDir where empty.
	Storage string
	// RecordingHost is under which name, over HTTPS, recordings are fetched; that of
	// everything else where empty.
	RecordingHost string
	// DataDir is where the data is; a folder of the server's own where empty.
	DataDir string
	// Environment is added to the server's environment.
	Environment []string
}

// Subscription is one Event Grid webhook.
type Subscription struct {
	URL        string
	EventTypes []string
	To         []string
}

const mostRTPPorts = 400

type ports struct {
	http, operator, sip, lab, rtp int
}

func choosePorts() ports {
	// TLS listens one above SIP, and HTTPS one above HTTP.
	return ports{http: port.Range(2), operator: port.Free(), sip: port.Range(2), lab: port.Range(2), rtp: port.Range(mostRTPPorts)}
}

type object = map[string]any

// write makes the configuration file, whose keys strowger.example.yaml explains.
func (c Config) write(path, dataDir string, p ports) error {
	file := object{
		"data_dir": dataDir,
		"resource": object{"id": ResourceID, "access_keys": []string{AccessKey}},
		"http": object{
			"listen":     c.httpListeners(p),
			"public_url": fmt.Sprintf("http://127.0.0.1:%d", p.http),
		},
		"operator": object{"listen": fmt.Sprintf("http://127.0.0.1:%d", p.operator)},
		"sip":      object{"listen": c.sipListeners(p), "domain": Domain},
		"rtp":      c.rtp(p),
		"users":    c.users(),
		"trunks":   c.trunks(p),
		"event_grid": object{
			"subscriptions": c.subscriptions(),
		},
		"outbound": object{"allow_networks": []string{"127.0.0.0/8"}},
	}
	recording := object{"storage": c.Storage}
	if c.RecordingHost != "" {
		recording["public_url"] = fmt.Sprintf("https://%s:%d", c.RecordingHost, p.http+1)
	}
	file["recording"] = recording
	if c.Lab {
		file["lab"] = object{"listen": fmt.Sprintf("udp://127.0.0.1:%d", p.lab)}
	}
	// Tests end with calls still up, and do not wait for them.
	file["shutdown"] = object{"grace": "100ms"}
	if c.Grace != "" {
		file["shutdown"] = object{"grace": c.Grace}
	}
	text, err := yaml.Marshal(file)
	if err != nil {
		return fmt.Errorf("encode the configuration: %w", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return nil
}

func (c Config) httpListeners(p ports) []string {
	listeners := []string{fmt.Sprintf("http://127.0.0.1:%d", p.http)}
	if c.HTTPS {
		listeners = append(listeners, fmt.Sprintf("https://127.0.0.1:%d", p.http+1))
	}
	return listeners
}

func (c Config) sipListeners(p ports) []string {
	listeners := []string{fmt.Sprintf("udp://127.0.0.1:%d", p.sip), fmt.Sprintf("tcp://127.0.0.1:%d", p.sip)}
	if c.TLS {
		listeners = append(listeners, fmt.Sprintf("tls://127.0.0.1:%d", p.sip+1))
	}
	return listeners
}

func (c Config) rtp(p ports) object {
	count := c.RTPPorts
	if count == 0 {
		count = mostRTPPorts
	}
	rtp := object{"ports": fmt.Sprintf("%d-%d", p.rtp, p.rtp+count-1)}
	if c.MediaTimeout != "" {
		rtp["timeout"] = c.MediaTimeout
	}
	return rtp
}

func (c Config) users() []object {
	users := []object{}
	for _, u := range c.Users {
		users = append(users, object{"name": u.Name, "id": u.ID, "password": Password, "display_name": u.Name, "may_dial": u.MayDial})
	}
	return users
}

func (c Config) trunks(p ports) []object {
	all := c.Trunks
	if c.Lab {
		all = append(all[:len(all):len(all)], Trunk{
			Name: "lab", Address: fmt.Sprintf("127.0.0.1:%d", p.lab), Prefixes: []string{"+1555010"}, Sources: []string{"127.0.0.9/32"},
		})
	}
	trunks := []object{}
	for _, t := range all {
		transport := t.Transport
		if transport == "" {
			transport = "udp"
		}
		sources := t.Sources
		if sources == nil {
			sources = []string{"127.0.0.1/32"}
		}
		trunks = append(trunks, object{
			"name": t.Name, "address": "sip:" + t.Address + ";transport=" + transport,
			"prefixes": orEmpty(t.Prefixes), "numbers": orEmpty(t.Numbers), "sources": sources,
			"username": t.Username, "password": t.Password, "register": t.Register, "refer": t.Refer,
		})
	}
	return trunks
}

func (c Config) subscriptions() []object {
	subscriptions := []object{}
	for _, s := range c.EventGrid {
		subscriptions = append(subscriptions, object{"url": s.URL, "event_types": orEmpty(s.EventTypes), "to": orEmpty(s.To)})
	}
	return subscriptions
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

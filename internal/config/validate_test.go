package config

import (
	"strings"
	"testing"
	"time"
)

const (
	guidA = "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01"
	guidB = "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c02"
)

var carrier = Trunk{Name: "carrier", Address: "sip:192.0.2.1"}

// mistakes are single wrong settings, and what Validate says of each.
var mistakes = []struct {
	spoil func(*Config)
	want  string
}{
	{func(c *Config) { c.DataDir = "" }, "data_dir: is empty; name a directory"},
	{func(c *Config) { c.Resource.ID = "mine" }, `resource.id: "mine" is not a GUID`},
	{func(c *Config) { c.Resource.AccessKeys = []string{DevAccessKey, DevAccessKey, DevAccessKey} }, "resource.access_keys: there are 3; two at most"},
	{func(c *Config) { c.Resource.AccessKeys = []string{"s3cret!"} }, "resource.access_keys[0]: is not base64"},
	{func(c *Config) { c.Resource.AccessKeys = []string{"c2hvcnQ="} }, "resource.access_keys[0]: is not base64 of 16 bytes"},
	{func(c *Config) { c.HTTP.Listen = nil }, "http.listen: is empty"},
	{func(c *Config) { c.HTTP.Listen = []string{"127.0.0.1:80"} }, `http.listen[0]: "127.0.0.1:80": write http:// or https://address:port`},
	{func(c *Config) { c.HTTP.Listen = []string{"http://example.org:80"} }, "is not an IP address of this machine"},
	{func(c *Config) { c.HTTP.Listen = []string{"http://127.0.0.1"} }, "is not address:port"},
	{func(c *Config) { c.HTTP.Listen = []string{"http://127.0.0.1:65536"} }, "is not a port (0 to 65535)"},
	{func(c *Config) { c.HTTP.PublicURL = "calls.example.org" }, "http.public_url: "},
	{func(c *Config) { c.HTTP.PublicURL = "https://me:pw@calls.example.org" }, "carries a user name"},
	{func(c *Config) { c.HTTP.TLS.Cert = "c.pem" }, "http.tls: cert and key belong together"},
	{func(c *Config) { c.Operator.Listen = "https://127.0.0.1:1" }, "operator.listen: "},
	{func(c *Config) { c.Operator.Listen = "http://127.0.0.1:8080" }, "operator.listen: \"tcp 127.0.0.1:8080\" is already at http.listen"},
	{func(c *Config) { c.SIP.Listen = nil }, "sip.listen: is empty"},
	{func(c *Config) { c.SIP.Listen = []string{"sip://127.0.0.1:5060"} }, "write udp:// or tcp:// or tls:// or ws:// or wss://"},
	{func(c *Config) { c.SIP.ExternalIP = "0.0.0.0" }, "sip.external_ip: "},
	{func(c *Config) { c.SIP.Domain = "a b" }, "sip.domain: "},
	{func(c *Config) { c.RTP.Ports = PortRange{30000, 20000} }, "rtp.ports: 30000-20000 is not a range"},
	{func(c *Config) { c.RTP.Ports = PortRange{0, 20000} }, "rtp.ports: "},
	{func(c *Config) { c.RTP.Ports = PortRange{20001, 20002} }, "rtp.ports: 20001-20002 is not a range between 1024 and 65535 with an even port"},
	{func(c *Config) { c.RTP.Timeout = 0 }, "rtp.timeout: 0s is not a time to wait"},
	{func(c *Config) { c.Users = []User{{Name: "al ice", ID: guidA}} }, `users[0].name: "al ice" is not a user name`},
	{func(c *Config) { c.Users = []User{{Name: guidB, ID: guidA}} }, "users[0].name: "},
	{func(c *Config) { c.Users = []User{{Name: "alice", ID: "1"}} }, `users[0].id: "1" is not a GUID`},
	{func(c *Config) { c.Users = []User{{Name: "alice", ID: guidA}, {Name: "Alice", ID: guidB}} }, `users[1].name: "alice" is already at users[0].name`},
	{func(c *Config) {
		c.Users = []User{{Name: "alice", ID: guidA}, {Name: "bob", ID: strings.ToUpper(guidA)}}
	}, "users[1].id: "},
	{func(c *Config) { c.Users = []User{{Name: "alice", ID: guidA, MayDial: []string{"+1x"}}} }, "users[0].may_dial[0]: "},
	{func(c *Config) { c.Trunks = []Trunk{{Address: "sip:192.0.2.1"}} }, "trunks[0].name: is empty"},
	{func(c *Config) { c.Trunks = []Trunk{{Name: "a", Address: "192.0.2.1:5060"}} }, "trunks[0].address: \"192.0.2.1:5060\": is not a SIP address; write sip:host:port;transport=udp"},
	{func(c *Config) { c.Trunks = []Trunk{carrier, carrier} }, `trunks[1].name: "carrier" is already at trunks[0].name`},
	{func(c *Config) { c.Trunks = []Trunk{{Name: "a", Address: "sip:a", Register: true}} }, "trunks[0].username: is empty, but register is true"},
	{func(c *Config) { c.Trunks = []Trunk{{Name: "a", Address: "sip:a", Prefixes: []string{""}}} }, "trunks[0].prefixes[0]: "},
	{func(c *Config) { c.Trunks = []Trunk{{Name: "a", Address: "sip:a", Country: "+49"}} }, `trunks[0].country: "+49" is not a country code such as 49`},
	{func(c *Config) { c.Trunks = []Trunk{{Name: "a", Address: "sip:a", NationalPrefix: "zero"}} }, `trunks[0].national_prefix: "zero" is not what is dialled before a number`},
	{func(c *Config) { c.Trunks = []Trunk{{Name: "a", Address: "sip:a", InternationalPrefix: "+"}} }, `trunks[0].international_prefix: "+" is not what is dialled before a number`},
	{func(c *Config) {
		c.Trunks = []Trunk{{Name: "a", Address: "sip:a", Prefixes: []string{"+1"}}, {Name: "b", Address: "sip:b", Prefixes: []string{"+1"}}}
	}, `trunks[1].prefixes[0]: "+1" is already at trunks[0].prefixes[0]`},
	{func(c *Config) { c.Trunks = []Trunk{{Name: "a", Address: "sip:a", Numbers: []string{"14255550100"}}} }, `trunks[0].numbers[0]: "14255550100" is not an E.164 number`},
	{func(c *Config) {
		c.Trunks = []Trunk{{Name: "a", Address: "sip:a", Numbers: []string{"+1425", "+1425"}}}
	}, "trunks[0].numbers[1]: "},
	{func(c *Config) { c.Trunks = []Trunk{{Name: "a", Address: "sip:a", Sources: []string{"10.0.0.5"}}} }, `trunks[0].sources[0]: "10.0.0.5" is an address; write the network 10.0.0.5/32`},
	{func(c *Config) { c.Trunks = []Trunk{{Name: "a", Address: "sip:a", MaxCalls: -1}} }, "trunks[0].max_calls: -1 is negative"},
	{func(c *Config) { c.EventGrid.Subscriptions = []Subscription{{URL: "ftp://x"}} }, "event_grid.subscriptions[0].url: "},
	{func(c *Config) {
		c.EventGrid.Subscriptions = []Subscription{{URL: "http://x", EventTypes: []string{"IncomingCall"}}}
	}, `event_grid.subscriptions[0].event_types[0]: "IncomingCall" is not one of Microsoft.Communication.IncomingCall`},
	{func(c *Config) { c.EventGrid.Subscriptions = []Subscription{{URL: "http://x", To: []string{"alice"}}} }, "event_grid.subscriptions[0].to[0]: "},
	{func(c *Config) { c.EventGrid.Subscriptions = []Subscription{{URL: "http://x", To: []string{"+14*25"}}} }, `event_grid.subscriptions[0].to[0]: "+14*25" is neither a number`},
	{func(c *Config) {
		c.EventGrid.Subscriptions = []Subscription{{URL: "http://x", To: []string{"+1425", "alice*"}}}
	}, `event_grid.subscriptions[0].to[1]: "alice*" is not how numbers begin, such as +1425*`},
	{func(c *Config) { c.EventGrid.Subscriptions = []Subscription{{URL: "http://x", From: []string{"*"}}} }, `event_grid.subscriptions[0].from[0]: "*" is everybody; leave event_grid.subscriptions[0].from out for that`},
	{func(c *Config) { c.EventGrid.Subscriptions = []Subscription{{Name: "a b", URL: "http://x"}} }, "event_grid.subscriptions[0].name: "},
	{func(c *Config) {
		c.EventGrid.Subscriptions = []Subscription{{Name: "a", URL: "http://x"}, {Name: "A", URL: "http://y"}}
	}, `event_grid.subscriptions[1].name: "a" is already at event_grid.subscriptions[0].name`},
	{func(c *Config) { c.EventGrid.Subscriptions = []Subscription{{URL: "http://x"}, {URL: "http://x"}} }, `event_grid.subscriptions[1].url: "http://x" is already at event_grid.subscriptions[0].url`},
	{func(c *Config) { c.EventGrid.GiveUpAfter = 0 }, "event_grid.give_up_after: "},
	{func(c *Config) { c.DeadLetter.MaxAge = 0 }, "dead_letter.max_age: "},
	{func(c *Config) { c.DeadLetter.MaxEvents = 0 }, "dead_letter.max_events: 0 keeps nothing"},
	{func(c *Config) { c.DeadLetter.MaxBytes = 1 }, "dead_letter.max_bytes: 1 is too small"},
	{func(c *Config) { c.Callbacks.GiveUpAfter = -time.Second }, "callbacks.give_up_after: "},
	{func(c *Config) { c.Callbacks.ProofOfHearing = time.Minute }, "callbacks.proof_of_hearing: "},
	{func(c *Config) { c.Outbound.AllowNetworks = []string{"10.1.2.3/8"} }, `outbound.allow_networks[0]: "10.1.2.3/8" has bits beyond its mask; write 10.0.0.0/8`},
	{func(c *Config) { c.Outbound.AllowNetworks = []string{"everything"} }, "outbound.allow_networks[0]: "},
	{func(c *Config) { c.NATS.URL = "10.0.0.5:4222" }, "nats.url: "},
	{func(c *Config) { c.NATS.Sync = "never" }, `nats.sync: "never" is not one of always, interval`},
	{func(c *Config) { c.NATS.MaxBytes = 1 }, "nats.max_bytes: "},
	{func(c *Config) { c.Recording.Storage = "/var/recordings" }, `recording.storage: "/var/recordings" is not a bucket`},
	{func(c *Config) { c.Recording.Storage = "s3://?region=eu-west-1" }, `recording.storage: "s3:" names no bucket`},
	{func(c *Config) { c.Recording.Storage = "file://srv/recordings" }, `recording.storage: "file://srv/recordings" is not an absolute path`},
	{func(c *Config) { c.Recording.Storage = "s3://a b" }, "recording.storage: it is not a URL"},
	{func(c *Config) { c.Recording.PublicURL = "recordings.example.org" }, "recording.public_url: "},
	{func(c *Config) { c.Recording.PublicURL = "https://recordings.example.org?a=b" }, "recording.public_url: "},
	{func(c *Config) { c.Recording.Retention = -time.Hour }, "recording.retention: -1h0m0s is negative"},
	{func(c *Config) { c.Recording.ChunkTime = -time.Second }, "recording.chunk_time: -1s is too short"},
	{func(c *Config) { c.Recording.ChunkTime = time.Millisecond }, "recording.chunk_time: 1ms is too short"},
	{func(c *Config) { c.Recording.ChunkBytes = -1 }, "recording.chunk_bytes: -1 is too small"},
	{func(c *Config) { c.Speech.Synthesizer.Engine = "festival" }, "speech.synthesizer.engine: "},
	{func(c *Config) { c.Speech.Synthesizer.Engine = "wyoming" }, `speech.synthesizer.url: "" is not the address of the wyoming engine; write for example tcp://127.0.0.1:10200`},
	{func(c *Config) { c.Speech.Synthesizer = Synthesizer{Engine: "wyoming", URL: "tcp://piper"} }, `speech.synthesizer.url: "tcp://piper" is not`},
	{func(c *Config) { c.Speech.Synthesizer.Engine = "process" }, "speech.synthesizer.command: is empty"},
	{func(c *Config) { c.Speech.Synthesizer.Languages = []string{"en", "English please"} }, `speech.synthesizer.languages[1]: "English please" is not a language`},
	{func(c *Config) { c.Speech.Recognizer.Engine = "whisper" }, `speech.recognizer.engine: "whisper" is not one of http, none, pocketsphinx, process, websocket, wyoming`},
	{func(c *Config) { c.Speech.Recognizer.Engine = "http" }, "speech.recognizer.url: "},
	{func(c *Config) { c.Speech.Recognizer = Recognizer{Engine: "websocket", URL: "http://127.0.0.1:2700"} }, `speech.recognizer.url: "http://127.0.0.1:2700" is not the address of the websocket engine; write for example ws://127.0.0.1:2700`},
	{func(c *Config) { c.Speech.Recognizer = Recognizer{Engine: "process", Command: []string{""}} }, "speech.recognizer.command: is empty"},
	{func(c *Config) { c.Log.Level = "loud" }, "log.level: "},
	{func(c *Config) { c.Log.Format = "xml" }, "log.format: "},
	{func(c *Config) { c.Shutdown.Grace = -1 }, "shutdown.grace: "},
	{func(c *Config) { c.Lab.Listen = "tcp://127.0.0.1:5080" }, "lab.listen: "},
	{func(c *Config) { c.Lab.Listen = "udp://127.0.0.1:5060" }, "lab.listen: \"udp 127.0.0.1:5060\" is already at sip.listen"},
}

func TestValidationNamesTheKeyAndSaysWhatWouldBeRight(t *testing.T) {
	for _, m := range mistakes {
		cfg := Default()
		m.spoil(&cfg)
		requireError(t, cfg.Validate(), m.want)
	}
}

func TestEachEngineOfSpeechCanBeConfigured(t *testing.T) {
	for _, speech := range []Speech{
		{Synthesizer{Engine: "espeak-ng"}, Recognizer{Engine: "none"}},
		{Synthesizer{Engine: "http", URL: "http://127.0.0.1:8000/v1/audio/speech"}, Recognizer{Engine: "http", URL: "https://127.0.0.1/v1/audio/transcriptions", Model: "tiny", Languages: []string{"en", "pt-BR"}}},
		{Synthesizer{Engine: "wyoming", URL: "tcp://[::1]:10200"}, Recognizer{Engine: "wyoming", URL: "tcp://whisper:10300"}},
		{Synthesizer{Engine: "process", Command: []string{"piper"}}, Recognizer{Engine: "process", Command: []string{"whisper", "-"}}},
		{Synthesizer{Engine: "local"}, Recognizer{Engine: "websocket", URL: "wss://vosk.example/"}},
	} {
		cfg := Default()
		cfg.Speech = speech
		if err := cfg.Validate(); err != nil {
			t.Error(err)
		}
	}
}

func TestSubscriptionsMayNameTheBeginningOfAParty(t *testing.T) {
	cfg := Default()
	parties := []string{"+14255550100", "4:+14255550100", "+1425*", "4:+1*", "+*", "8:acs:*", "8:ACS:" + guidA + "_*", "8:ACS:" + guidA + "_" + guidA}
	cfg.EventGrid.Subscriptions = []Subscription{{
		Name: "ivr", URL: "http://x", EventTypes: []string{"microsoft.communication.incomingcall"}, To: parties, From: parties,
	}, {URL: "http://x"}}
	if err := cfg.Validate(); err != nil {
		t.Error(err)
	}
}

func TestAMistakeInTheStorageOfRecordingsShowsNoCredentials(t *testing.T) {
	cfg := Default()
	cfg.Recording.Storage = "ftp://recordings?key=secret"
	err := cfg.Validate()
	requireError(t, err, "recording.storage: ")
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("it is in the error: %v", err)
	}
}

func TestNoSubscriptionHasTheNameThatStandsForCallbacks(t *testing.T) {
	cfg := Default()
	cfg.EventGrid.Subscriptions = []Subscription{{Name: "Callbacks", URL: "http://x"}}
	requireError(t, cfg.Validate(), "event_grid.subscriptions[0].name: ", "strowger events")
}

func TestEverythingWrongIsReportedAtOnce(t *testing.T) {
	cfg := Default()
	cfg.DataDir, cfg.Log.Level, cfg.SIP.Domain = "", "loud", ""
	requireError(t, cfg.Validate(), "data_dir: ", "log.level: ", "sip.domain: ")
}

func TestPortZeroMayBeAskedForTwice(t *testing.T) {
	cfg := Default()
	cfg.HTTP.Listen = []string{"http://127.0.0.1:0", "https://127.0.0.1:0"}
	cfg.SIP.Listen = []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0", "tls://127.0.0.1:0"}
	if err := cfg.Validate(); err != nil {
		t.Error(err)
	}
}

func TestATrunkAddressIsTakenApart(t *testing.T) {
	good := map[string]SIPTarget{
		"sip:192.0.2.1":                        {"192.0.2.1", 5060, "udp"},
		"sip:192.0.2.1:5070;transport=udp":     {"192.0.2.1", 5070, "udp"},
		"sip:sbc.example.org;transport=tcp":    {"sbc.example.org", 5060, "tcp"},
		"sip:sbc.example.org;transport=tls":    {"sbc.example.org", 5061, "tls"},
		"sips:sbc.example.org":                 {"sbc.example.org", 5061, "tls"},
		"sip:[2001:db8::1]":                    {"2001:db8::1", 5060, "udp"},
		"sip:[2001:db8::1]:5080;transport=tcp": {"2001:db8::1", 5080, "tcp"},
	}
	for text, want := range good {
		if got, err := ParseSIPTarget(text); err != nil || got != want {
			t.Errorf("%s is %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "sip:", "sip:a b", "sip:a:0", "sip:a:x", "sip:a;transport=sctp", "sip:a;lr", "sips:a;transport=udp", "sip:user@a", "tel:+1", "sip:-a"} {
		if got, err := ParseSIPTarget(text); err == nil {
			t.Errorf("%q was taken for %+v", text, got)
		}
	}
}

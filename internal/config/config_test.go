package config

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

const example = "../../strowger.example.yaml"

func TestTheEmptyFileIsTheDefault(t *testing.T) {
	for _, text := range []string{"", "# only a comment\n", "http:\nsip:\n  # nothing yet\n"} {
		cfg, err := Load(write(t, text), nil)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if !reflect.DeepEqual(cfg, Default()) {
			t.Errorf("%q gives %+v, want the default", text, cfg)
		}
	}
}

func TestTheDefaultHasNobodyAndReachesNoPrivateNetwork(t *testing.T) {
	cfg := Default()
	if len(cfg.Users)+len(cfg.Trunks)+len(cfg.EventGrid.Subscriptions)+len(cfg.Outbound.AllowNetworks) != 0 {
		t.Errorf("the default lets somebody in or out: %+v", cfg)
	}
}

func TestTheExampleShowsEveryKey(t *testing.T) {
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	requireKeys(t, "", reflect.TypeFor[Config](), document.Content[0])
}

// requireKeys walks the type and the document together.
func requireKeys(t *testing.T, path string, section reflect.Type, node *yaml.Node) {
	t.Helper()
	present := map[string]*yaml.Node{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		present[node.Content[i].Value] = node.Content[i+1]
	}
	for f := range fields(section) {
		key := f.Tag.Get("yaml")
		value, ok := present[key]
		if !ok {
			t.Errorf("strowger.example.yaml does not show %s%s", path, key)
			continue
		}
		switch {
		case isSection(f.Type):
			requireKeys(t, path+key+".", f.Type, value)
		case f.Type.Kind() == reflect.Slice && isSection(f.Type.Elem()):
			if len(value.Content) == 0 {
				t.Errorf("strowger.example.yaml shows no element of %s%s", path, key)
				continue
			}
			requireKeys(t, path+key+"[0].", f.Type.Elem(), value.Content[0])
		}
	}
}

func TestTheExampleIsValidAndShowsTheDefaults(t *testing.T) {
	cfg, err := Load(example, nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Users, cfg.Trunks, cfg.EventGrid.Subscriptions = nil, nil, nil // shown, and said to be none by default
	want := Default()
	got, wanted := render(t, cfg), render(t, want)
	if got != wanted {
		t.Errorf("the example says\n%s\nthe default is\n%s", got, wanted)
	}
}

func render(t *testing.T, cfg Config) string {
	t.Helper()
	text, err := yaml.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "null", "[]")
}

func TestAnUnknownKeyIsRefusedWithItsLine(t *testing.T) {
	_, err := Load(write(t, "http:\n  listn: [x]\nspeach: {}\n"), nil)
	requireError(t, err,
		`strowger.yaml: line 2: unknown key "listn"; the keys here are listen, public_url, tls`,
		`line 3: unknown key "speach"; the keys here are data_dir, resource, http,`)
}

func TestBadYAMLIsRefusedWithItsLine(t *testing.T) {
	cases := map[string]string{
		"http: [":                        "line 1",
		"rtp:\n  ports: 5\n":             "line 2",
		"shutdown:\n  grace: soon\n":     "line 2",
		"data_dir: a\ndata_dir: b\n":     "already defined",
		"data_dir: a\n---\nhttp: {}\n":   "more than one YAML document",
		"trunks:\n  - max_calls: many":   "line 2",
		"users:\n  - {nam: alice}":       `unknown key "nam"; the keys here are name, id, password, display_name, may_dial`,
		"rtp: {ports: 70000-70001}":      "is not a port range; write 20000-29999",
		"http: {listen: {a: b}}":         "line 1",
		"event_grid: {subscription: []}": `unknown key "subscription"`,
	}
	for text, want := range cases {
		_, err := Load(write(t, text), nil)
		requireError(t, err, want)
	}
}

func TestAMissingFileIsNamed(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.yaml"), nil)
	requireError(t, err, "none.yaml")
}

func TestTheFileOverridesTheDefaultAndTheEnvironmentTheFile(t *testing.T) {
	path := write(t, "sip:\n  domain: file.example\n  external_ip: 192.0.2.1\nrtp:\n  timeout: 10s\n")
	cfg, err := Load(path, []string{"STROWGER_SIP_DOMAIN=environment.example", "PATH=/bin"})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.SIP.Domain != "environment.example" || cfg.SIP.ExternalIP != "192.0.2.1" || cfg.RTP.Timeout != 10*time.Second {
		t.Errorf("got %+v %+v", cfg.SIP, cfg.RTP)
	}
	if !reflect.DeepEqual(cfg.SIP.Listen, Default().SIP.Listen) {
		t.Errorf("an untouched key lost its default: %v", cfg.SIP.Listen)
	}
}

func TestEveryValueOutsideTheTablesCanBeOverridden(t *testing.T) {
	key := DevAccessKey
	environ := []string{
		"STROWGER_DATA_DIR=/srv/strowger",
		"STROWGER_RESOURCE_ID=9F4B0D6E-0C1A-4A57-9D5B-5F6F0A4C2B11",
		"STROWGER_RESOURCE_ACCESS_KEYS=" + key + ", " + key,
		"STROWGER_HTTP_LISTEN=http://127.0.0.1:1,https://127.0.0.1:2",
		"STROWGER_HTTP_PUBLIC_URL=https://calls.example.org",
		"STROWGER_HTTP_TLS_CERT=/c.pem", "STROWGER_HTTP_TLS_KEY=/k.pem",
		"STROWGER_HTTP_MAX_CONNECTIONS=100", "STROWGER_HTTP_MAX_CONNECTIONS_PER_SOURCE=20",
		"STROWGER_RESOURCE_TOKENS_ISSUER=https://login.example.org", "STROWGER_RESOURCE_TOKENS_AUDIENCES=api://calls",
		"STROWGER_OPERATOR_LISTEN=http://127.0.0.1:3",
		"STROWGER_SIP_LISTEN=tls://[::1]:5061", "STROWGER_SIP_EXTERNAL_IP=2001:db8::1", "STROWGER_SIP_DOMAIN=example.org",
		"STROWGER_RTP_PORTS=30000-30099", "STROWGER_RTP_TIMEOUT=90s", "STROWGER_RTP_NAT=true",
		"STROWGER_CALLBACKS_GIVE_UP_AFTER=1h", "STROWGER_EVENT_GRID_GIVE_UP_AFTER=2h",
		"STROWGER_CALLBACKS_PROOF_OF_HEARING=6s",
		"STROWGER_DEAD_LETTER_MAX_AGE=24h", "STROWGER_DEAD_LETTER_MAX_EVENTS=5", "STROWGER_DEAD_LETTER_MAX_BYTES=2097152",
		"STROWGER_OUTBOUND_ALLOW_NETWORKS=10.0.0.0/8,192.168.0.0/16", "STROWGER_OUTBOUND_CA_FILES=/ca.pem",
		"STROWGER_NATS_URL=nats://10.0.0.5:4222", "STROWGER_NATS_SYNC=interval", "STROWGER_NATS_MAX_BYTES=1073741824",
		"STROWGER_RECORDING_STORAGE=s3://calls", "STROWGER_RECORDING_PUBLIC_URL=https://recordings.example.org",
		"STROWGER_RECORDING_RETENTION=24h", "STROWGER_RECORDING_CHUNK_TIME=30m", "STROWGER_RECORDING_CHUNK_BYTES=1048576",
		"STROWGER_USAGE_KEEP=48h", "STROWGER_USAGE_MAX_BYTES=2097152",
		"STROWGER_SPEECH_SYNTHESIZER_ENGINE=http", "STROWGER_SPEECH_SYNTHESIZER_URL=http://10.0.0.6/say",
		"STROWGER_SPEECH_SYNTHESIZER_VOICE=en-GB", "STROWGER_SPEECH_SYNTHESIZER_KEY=0123", "STROWGER_SPEECH_SYNTHESIZER_MODEL=tts",
		"STROWGER_SPEECH_SYNTHESIZER_COMMAND=piper,-m,joe", "STROWGER_SPEECH_SYNTHESIZER_LANGUAGES=en,de",
		"STROWGER_SPEECH_RECOGNIZER_ENGINE=websocket", "STROWGER_SPEECH_RECOGNIZER_URL=ws://10.0.0.7/", "STROWGER_SPEECH_RECOGNIZER_KEY=k",
		"STROWGER_SPEECH_RECOGNIZER_MODEL=small", "STROWGER_SPEECH_RECOGNIZER_COMMAND=whisper,-", "STROWGER_SPEECH_RECOGNIZER_LANGUAGES=en-GB",
		"STROWGER_LOG_LEVEL=debug", "STROWGER_LOG_FORMAT=text",
		"STROWGER_SHUTDOWN_GRACE=2m", "STROWGER_LAB_LISTEN=udp://127.0.0.1:5080",
	}
	cfg, err := Load("", environ)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(overridable(&cfg)); got != len(environ) {
		t.Errorf("%d keys can be overridden, this test sets %d", got, len(environ))
	}
	want := Default()
	untouched := overridable(&want)
	for name, field := range overridable(&cfg) {
		if reflect.DeepEqual(field.Interface(), untouched[name].Interface()) {
			t.Errorf("%s changed nothing", name)
		}
	}
	if cfg.Speech.Synthesizer.Key != "0123" || cfg.RTP.Ports != (PortRange{30000, 30099}) || cfg.NATS.MaxBytes != 1<<30 {
		t.Errorf("misread: %+v", cfg)
	}
}

func TestAVariableThatOverridesNothingIsRefused(t *testing.T) {
	_, err := Load("", []string{"STROWGER_HTTP_LISTN=x", "STROWGER_USERS=alice", "STROWGER_SIP_SERVICE_HOST=10.0.0.1"})
	requireError(t, err,
		"STROWGER_HTTP_LISTN overrides nothing; in this section there are STROWGER_HTTP_LISTEN, STROWGER_HTTP_MAX_CONNECTIONS,",
		"STROWGER_USERS: users is set in the file only",
		"STROWGER_SIP_SERVICE_HOST overrides nothing", "enableServiceLinks: false")
}

func TestAVariableOfNoSectionOfOursIsLeftAlone(t *testing.T) {
	if _, err := Load("", []string{"STROWGER_SERVICE_HOST=10.0.0.1", "STROWGER_CONFIG=x.yaml", "STROWGERX=1"}); err != nil {
		t.Error(err)
	}
}

func TestAVariableThatCannotBeReadIsNamed(t *testing.T) {
	_, err := Load("", []string{"STROWGER_SHUTDOWN_GRACE=soon", "STROWGER_RTP_PORTS=1", "STROWGER_NATS_MAX_BYTES=lots"})
	requireError(t, err,
		`STROWGER_SHUTDOWN_GRACE: cannot read "soon" as a duration such as 30s or 24h`,
		`STROWGER_RTP_PORTS: cannot read "1" as a port range such as 20000-29999`,
		`STROWGER_NATS_MAX_BYTES: cannot read "lots" as a whole number`)
}

// FuzzLoad: no text makes the reader panic, and what it accepts is valid.
func FuzzLoad(f *testing.F) {
	text, err := os.ReadFile(example)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("http: {listen: [\"http://[::1]:0\"]}")
	f.Add("rtp: {ports: 1-2}\ntrunks: [{address: \"sip:[::1];transport=tcp\"}]")
	f.Fuzz(func(t *testing.T, text string) {
		cfg := Default()
		if decode([]byte(text), &cfg) != nil || cfg.Validate() != nil {
			return
		}
		for _, trunk := range cfg.Trunks {
			if target, err := ParseSIPTarget(trunk.Address); err != nil || target.Port == 0 {
				t.Errorf("accepted trunk %q: %v %v", trunk.Address, target, err)
			}
		}
	})
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "strowger.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func requireError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error\n%v\ndoes not say %q", err, part)
		}
	}
}

func TestACertificateIsForEveryNameThatIsPublished(t *testing.T) {
	c := Default()
	c.HTTP.PublicURL, c.Recording.PublicURL = "https://calls.example.org:8443", "https://recordings.calls.asm.skype.com:8443"
	hosts := c.CertificateHosts()
	for _, want := range []string{"calls.example.org", "recordings.calls.asm.skype.com", c.SIP.Domain} {
		if !slices.Contains(hosts, want) {
			t.Errorf("%s is not among %v", want, hosts)
		}
	}
}

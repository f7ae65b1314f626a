package phone

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"strowger/test/port"
)

// Transport is how a phone speaks SIP.
type Transport string

// The transports that baresip knows.
const (
	UDP Transport = "udp"
	TCP Transport = "tcp"
	TLS Transport = "tls"
)

// Config says what kind of phone to start.
type Config struct {
	// Name is the user part of the phone's address: a user's name, or the
	// number that a trunk phone stands for.
	Name string
	// Password makes the phone a registered user; without one it is a peer
	// that neither registers nor authenticates.
	Password string
	// Domain is the user's SIP domain; 127.0.0.1 where empty.
	Domain string
	// Server is the host:port to which a registered phone sends everything.
	Server string
	// Transport is UDP where empty.
	Transport Transport
	// ToneHz is what the phone says; 0 is silence.
	ToneHz int
	// Says is a WAV file that the phone says in place of a tone, from its answer on:
	// 16 bits, mono, at 8 kHz. It is silent when that ends.
	Says string
	// Codecs in order of preference; PCMU then PCMA where empty.
	Codecs string
	// AutoAnswer makes the phone pick up at once.
	AutoAnswer bool
	// ExpectRefusal starts a phone whose registration is to fail.
	ExpectRefusal bool
	// Vacant is a phone that is nobody's until somebody enters (Phone.Enter).
	Vacant bool
}

const modules = "/usr/lib/baresip/modules"

// desk is what a phone stands on: a folder and ports of this machine.
type desk struct {
	dir     string
	sip     int
	control int
}

// choosePlaces leaves the port above SIP free: baresip listens for TLS there.
func newDesk(dir string) desk {
	return desk{dir: dir, sip: port.Range(2), control: port.Free()}
}

func (c Config) write(d desk) error {
	if err := os.WriteFile(filepath.Join(d.dir, "config"), []byte(c.settings(d)), 0o600); err != nil {
		return fmt.Errorf("write the phone's settings: %w", err)
	}
	// A phone that registers gets its account once we listen to it: the
	// registrar may well answer before that.
	account := c.account() + "\n"
	if c.Password != "" || c.Vacant {
		account = ""
	}
	if err := os.WriteFile(filepath.Join(d.dir, "accounts"), []byte(account), 0o600); err != nil {
		return fmt.Errorf("write the phone's account: %w", err)
	}
	// An empty contact list, or baresip writes one of its own.
	if err := os.WriteFile(filepath.Join(d.dir, "contacts"), nil, 0o600); err != nil {
		return fmt.Errorf("write the phone's contacts: %w", err)
	}
	return nil
}

func (c Config) settings(d desk) string {
	rtp := port.Range(20)
	return strings.Join([]string{
		"poll_method epoll",
		fmt.Sprintf("sip_listen 127.0.0.1:%d", d.sip),
		"net_interface 127.0.0.1",
		"call_local_timeout 120",
		"call_max_calls 50",
		"audio_source " + c.source(),
		fmt.Sprintf("ausrc_srate %d", c.sourceRate()),
		fmt.Sprintf("ausrc_channels %d", c.sourceChannels()),
		"ausrc_format s16",
		"auplay_format s16",
		"auenc_format s16",
		"audec_format s16",
		"audio_buffer 20-160",
		"audio_level no",
		fmt.Sprintf("rtp_ports %d-%d", rtp, rtp+19),
		"jitter_buffer_delay 1-5",
		"module_path " + modules,
		"module g711.so",
		"module sndfile.so",
		"module ausine.so",
		"module aufile.so",
		"module_tmp uuid.so",
		"module_tmp account.so",
		"module_app menu.so",
		"module_app ctrl_tcp.so",
		fmt.Sprintf("ctrl_tcp_listen 127.0.0.1:%d", d.control),
		"snd_path " + d.dir,
		"menu_bell no",
		"ringback_disabled yes",
		"statmode_default off",
	}, "\n") + "\n"
}

func (c Config) source() string {
	if c.Says != "" {
		return "aufile," + c.Says
	}
	if c.ToneHz > 0 {
		return fmt.Sprintf("ausine,%d", c.ToneHz)
	}
	return fmt.Sprintf("ausine,%d", Inaudible)
}

// ausine makes 48 kHz stereo and nothing else.
func (c Config) sourceRate() int {
	if c.Says != "" {
		return 8000
	}
	return 48000
}

func (c Config) sourceChannels() int {
	if c.Says != "" {
		return 1
	}
	return 2
}

// address is the phone's address of record.
func (c Config) address() string {
	domain := c.Domain
	if domain == "" {
		domain = "127.0.0.1"
	}
	return "sip:" + c.Name + "@" + domain
}

func (c Config) account() string {
	transport := c.Transport
	if transport == "" {
		transport = UDP
	}
	codecs := c.Codecs
	if codecs == "" {
		codecs = "pcmu,pcma"
	}
	line := fmt.Sprintf("<%s;transport=%s>;audio_codecs=%s", c.address(), transport, codecs)
	if c.Password != "" {
		line += fmt.Sprintf(";auth_user=%s;auth_pass=%s;regint=60", c.Name, c.Password)
	} else {
		line += ";regint=0"
	}
	if c.Server != "" {
		line += fmt.Sprintf(";outbound=\"sip:%s;transport=%s\"", c.Server, transport)
	}
	if c.AutoAnswer {
		line += ";answermode=auto"
	} else {
		line += ";answermode=manual"
	}
	return line
}

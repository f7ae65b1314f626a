package transport

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
	"go.uber.org/goleak"

	"strowger/internal/sip/message"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestResponsesOverUDPGoWhereTheViaSays(t *testing.T) {
	f := udpFlow{remote: netip.MustParseAddrPort("192.0.2.7:1234")}
	for via, want := range map[string]string{
		"SIP/2.0/UDP 10.0.0.1:5090;branch=z9hG4bK1;rport": "192.0.2.7:1234", // RFC 3581 4
		"SIP/2.0/UDP 10.0.0.1:5090;branch=z9hG4bK1":       "192.0.2.7:5090", // RFC 3261 18.2.2
		"SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1":            "192.0.2.7:5060",
	} {
		msg, err := sip.ParseMessage([]byte("OPTIONS sip:x SIP/2.0\r\nVia: " + via + "\r\n\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := f.ReplyTo(msg.Via()).Remote().String(); got != want {
			t.Errorf("%s: reply goes to %s, want %s", via, got, want)
		}
	}
}

func TestTheSourceIsWrittenIntoTheVia(t *testing.T) {
	f := udpFlow{remote: netip.MustParseAddrPort("192.0.2.7:1234")}
	for via, want := range map[string]string{
		"SIP/2.0/UDP 192.0.2.7:5060;branch=b":   "SIP/2.0/UDP 192.0.2.7:5060;branch=b",
		"SIP/2.0/UDP pc.example;branch=b":       "SIP/2.0/UDP pc.example;branch=b;received=192.0.2.7",
		"SIP/2.0/UDP 10.0.0.1;branch=b;rport":   "SIP/2.0/UDP 10.0.0.1;branch=b;rport=1234;received=192.0.2.7",
		"SIP/2.0/UDP 192.0.2.7;rport;branch=b2": "SIP/2.0/UDP 192.0.2.7;rport=1234;branch=b2;received=192.0.2.7",
	} {
		msg, err := sip.ParseMessage([]byte("OPTIONS sip:x SIP/2.0\r\nVia: " + via + "\r\n\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		markVia(msg.(*sip.Request), f)
		if got := msg.Via().Value(); got != want {
			t.Errorf("%s became %s, want %s", via, got, want)
		}
	}
}

func TestTheSocketOfTheRightFamilyAndScopeIsUsed(t *testing.T) {
	l := &Layer{}
	for _, a := range []string{"127.0.0.1:5060", "192.0.2.1:5060", "[2001:db8::1]:5060"} {
		l.udp = append(l.udp, &udpSocket{layer: l, addr: netip.MustParseAddrPort(a)})
	}
	for remote, want := range map[string]string{
		"127.0.0.1:9": "127.0.0.1:5060", "198.51.100.1:9": "192.0.2.1:5060", "[2001:db8::9]:9": "[2001:db8::1]:5060",
		"[::ffff:198.51.100.1]:9": "192.0.2.1:5060",
	} {
		f, err := l.udpFlow(netip.MustParseAddrPort(remote))
		if err != nil || f.(udpFlow).socket.addr.String() != want {
			t.Errorf("%s is reached by %v (%v), want %s", remote, f, err, want)
		}
	}
}

func TestAddressesAreReadAndRefused(t *testing.T) {
	for address, want := range map[string]string{
		"example.org": "example.org:5060", "example.org:7": "example.org:7", "[::1]:8": "[::1]:8", "[::1]": "[::1]:5060",
		"": "", ":5060": "", "x:0": "", "x:99999": "", "x:y": "",
	} {
		host, port, err := splitAddress(address, 5060)
		got := ""
		if err == nil {
			got = hostPort(host, port)
		}
		if got != want {
			t.Errorf("%q is %q (%v), want %q", address, got, err, want)
		}
	}
}

func TestMessagesForANameThatCannotBeFoundAreToldSo(t *testing.T) {
	l, err := New(Config{Receive: func(sip.Message, Flow) {}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := l.Flow("udp", "nowhere.invalid")
	if err != nil {
		t.Fatal(err)
	}
	var got error
	f.Send([]byte("x"), func(err error) { got = err }) // the layer does not run, so nobody looks
	if !errors.Is(got, errStopped) {
		t.Errorf("got %v", got)
	}
}

// Whatever arrives, only whole messages and requests to refuse come out.
func FuzzDatagramsAndStreams(f *testing.F) {
	const good = "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 2\r\n\r\nab"
	f.Add([]byte(good), 10)
	f.Add([]byte(good+good), 100)
	f.Add([]byte(strings.Replace(good, "Length: 2", "Length: 4294967295", 1)), 1)
	f.Add([]byte(strings.Replace(good, "CSeq: 1", "CSeq: x", 1)), 7)
	f.Add([]byte("\r\n\r\n\r\n"+good), 3)
	f.Add([]byte("SIP/2.0 200 OK\r\nVia:,,,\r\n\r\n"), 5)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		l, err := New(Config{
			Receive: func(msg sip.Message, _ Flow) {
				if msg == nil {
					t.Error("no message came out")
				}
				_ = msg.String()
			},
			Malformed: func(msg sip.Message, err error, _ Flow) {
				if _, isResponse := msg.(*sip.Response); isResponse || err == nil {
					t.Errorf("%v is malformed: %v", msg, err)
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		remote := netip.MustParseAddrPort("192.0.2.7:1234")
		msg, err := message.ReadDatagram(data)
		l.deliver(msg, err, udpFlow{socket: &udpSocket{layer: l, conn: blackHole{}}, remote: remote})

		s := l.newStream("tcp", Trusted)
		s.remote = remote
		var messages message.Stream
		for len(data) > 0 {
			n := min(len(data), 1+max(cut, 0)%64)
			if _, err := l.parseStream(&messages, data[:n], s); err != nil {
				break
			}
			data = data[n:]
		}
	})
}

type blackHole struct{ PacketConn }

func (blackHole) WriteToUDPAddrPort(b []byte, _ netip.AddrPort) (int, error) { return len(b), nil }
func (blackHole) LocalAddr() net.Addr                                        { return &net.UDPAddr{} }

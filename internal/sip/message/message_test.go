package message

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/message/messagetest"
)

// What RFC 4475 says of its messages: "" for those that are read, else a part of
// what is wrong. What is liberal here is what it allows to be.
var torture = map[string]string{
	"wsinv": "", "intmeth": "", "esc01": "", "escnull": "", "esc02": "", "lwsdisp": "", "longreq": "", "dblreq": "",
	"semiuri": "", "transports": "", "mpart01": "", "unreason": "", "noreason": "",

	"badinv01": "Via", "clerr": "9999", "ncl": "-999", "scalar02": "CSeq", "scalarlg": "CSeq", "quotbal": "quotes",
	"ltgtruri": "angle brackets", "lwsruri": "characters", "lwsstart": "", "trws": "", "escruri": "header fields",
	"baddate": "", "regbadct": "angle brackets", "badaspec": "", "baddn": "", "badvers": "", "mismatch01": "method",
	"mismatch02": "method", "bigcode": "status code",

	"badbranch": "", "insuf": "From", "unkscm": "", "novelsc": "", "unksm2": "", "bext01": "", "invut": "", "regaut01": "",
	"multi01": "more than one", "mcl01": "more than one", "bcast": "", "zeromf": "", "cparam01": "", "cparam02": "",
	"regescrt": "", "sdp01": "", "inv2543": "",
}

func TestTheMessagesOfRFC4475AreReadAsItSays(t *testing.T) {
	if len(torture) != len(messagetest.Tortures()) {
		t.Errorf("%d messages, %d are known", len(messagetest.Tortures()), len(torture))
	}
	for _, name := range messagetest.Tortures() {
		msg, err := ReadDatagram([]byte(messagetest.Torture(name)))
		want := torture[name]
		switch {
		case want == "" && (err != nil || msg == nil):
			t.Errorf("%s: %v", name, err)
		case want == "":
			rewritten(t, name, msg)
		case err == nil || !strings.Contains(err.Error(), want):
			t.Errorf("%s: %v, want something about %q", name, err, want)
		case strings.HasPrefix(messagetest.Torture(name), "SIP/") != (msg == nil):
			t.Errorf("%s comes with %v", name, msg)
		}
	}
}

// rewritten proves that what was read is written in a form that means the same.
func rewritten(t *testing.T, name string, msg sip.Message) {
	t.Helper()
	again, err := ReadDatagram([]byte(msg.String()))
	if err != nil {
		t.Errorf("%s as we write it: %v\n%s", name, err, msg)
		return
	}
	if once, twice := msg.String(), again.String(); once != twice {
		t.Errorf("%s was written\n%s\nand then\n%s", name, once, twice)
	}
}

func TestWhatWhiteSpaceAndFoldingSurroundIsRead(t *testing.T) {
	msg, err := ReadDatagram([]byte(messagetest.Torture("wsinv")))
	if err != nil {
		t.Fatal(err)
	}
	req := msg.(*sip.Request)
	var vias []string
	for _, h := range req.GetHeaders("Via") {
		vias = append(vias, h.Value())
	}
	for what, pair := range map[string][2]string{
		"To tag":   {req.To().Params.GetOr("tag", ""), "1918181833n"},
		"To":       {req.To().Address.String(), "sip:vivekg@chair-dnrc.example.com"},
		"From":     {req.From().DisplayName, `J Rosenberg \\\"`},
		"From tag": {req.From().Params.GetOr("tag", ""), "98asjd8"},
		"CSeq":     {req.CSeq().Value(), "9 INVITE"},
		"Vias": {strings.Join(vias, "|"), "SIP/2.0/UDP 192.0.2.2;branch=390skdjuw|SIP/2.0/TCP spindle.example.com;branch=z9hG4bK9ikj8|" +
			"SIP/2.0/UDP 192.168.255.111;branch=z9hG4bK30239"},
		"Contact": {req.Contact().Value(), `"Quoted string \"\"" <sip:jdrosen@example.com>;newparam=newvalue;secondparam;q=0.33`},
		"Subject": {req.GetHeader("Subject").Value(), ""},
		"new":     {req.GetHeader("NewFangledHeader").Value(), "newfangled value continued newfangled value"},
		"unusual": {req.GetHeader("UnknownHeaderWithUnusualValue").Value(), ";;,,;;,;"},
		"route":   {req.Route().Address.String(), "sip:services.example.com;lr;unknownwith=value;unknown-no-value"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
		}
	}
}

// options is a small request with these lines in it.
func options(lines ...string) string {
	return "OPTIONS sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n" +
		strings.Join(append(lines, "Content-Length: 0", "", ""), "\r\n")
}

func TestAddressesAndParametersAreReadInEveryForm(t *testing.T) {
	for written, want := range map[string]string{
		`sip:a@h;tag=1`:                            `<sip:a@h>;tag=1`,
		`<sip:a@h;lr>;tag=1`:                       `<sip:a@h;lr>;tag=1`,
		`"A, \"B\"; <C>" <sip:a@h>;tag=1`:          `"A, \"B\"; <C>" <sip:a@h>;tag=1`,
		`A B<sip:a@h>`:                             `"A B" <sip:a@h>`,
		`O"Neil <sip:a@h>`:                         `"O\"Neil" <sip:a@h>`,
		`"A" sip:a@h;tag=1`:                        `"A" <sip:a@h>;tag=1`,
		`<tel:+1-425>;TAG=1`:                       `<tel:+1-425>;tag=1`,
		`<sip:a@h>;x="a;b,c";y="a b";tag=1`:        `<sip:a@h>;x="a;b,c";y="a b";tag=1`,
		`<sip:a@h> ; tag = 1 ;`:                    `<sip:a@h>;tag=1`,
		`<sip:a@[2001:db8::1]:5060;Transport=TCP>`: `<sip:a@[2001:db8::1]:5060;transport=TCP>`,
		`<sip:a;phone-context=+1@h>`:               `<sip:a;phone-context=+1@h>`,
	} {
		msg, err := ReadDatagram([]byte(strings.Replace(options(), "<sip:c@d>", written, 1)))
		if err != nil {
			t.Errorf("%s: %v", written, err)
		} else if got := msg.To().Value(); got != want {
			t.Errorf("%s is read as %s, want %s", written, got, want)
		}
	}
	for _, bad := range []string{"", `"A <sip:a@h>`, `<sip:a@h`, `<sip:a@h>, <sip:b@h>`, `*`, `<*>`, `<sip:>`, `<sip:a b@h>`, `sip:a@h?x=y`, `<sip:a@h> x`, `<sip:a@h>;x="y`, `<sip:a@h:99999>`, `noscheme`} {
		if msg, err := ReadDatagram([]byte(strings.Replace(options(), "<sip:c@d>", bad, 1))); err == nil {
			t.Errorf("%s is read as %s", bad, msg.To().Value())
		}
	}
}

func TestListsAreTakenApart(t *testing.T) {
	msg, err := ReadDatagram([]byte(options(`m: "A, B" <sip:a@h>;q=1, sip:b@h;expires=5 , <sip:c@h>`, `Record-Route: "Edge, east" <sip:p;lr>, <sip:q;lr>`,
		`v: SIP/2.0/TCP [::1]:5 ;x="a,b", SIP/2.0/TLS h2`, `k: 100rel`)))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Contact":      `"A, B" <sip:a@h>;q=1|<sip:b@h>;expires=5|<sip:c@h>`,
		"Record-Route": `<sip:p;lr>|<sip:q;lr>`,
		"Via":          `SIP/2.0/UDP h;branch=z9hG4bK1|SIP/2.0/TCP [::1]:5;x="a,b"|SIP/2.0/TLS h2`,
		"Supported":    "100rel",
	} {
		var got []string
		for _, h := range msg.GetHeaders(name) {
			got = append(got, h.Value())
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%s is %s, want %s", name, s, want)
		}
	}
}

func TestAResponseIsLostOnlyForWhatFindsItsRequest(t *testing.T) {
	const res = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n"
	msg, err := ReadDatagram([]byte(res + "Contact: <nonsense\r\nRecord-Route: ,\r\nContent-Length: 0\r\n\r\n"))
	if err != nil || len(msg.GetHeaders("Contact")) != 0 {
		t.Errorf("%v, %v", msg, err)
	}
	if msg, err := ReadDatagram([]byte(strings.Replace(res, "1 INVITE", "x INVITE", 1) + "\r\n")); err == nil || msg != nil {
		t.Errorf("%v, %v", msg, err)
	}
}

func TestADatagramEndsWhereItsBodyDoes(t *testing.T) {
	for data, want := range map[string]string{
		"\r\n\r\n" + options(): "",
		strings.Replace(options(), "Length: 0", "Length: 2", 1) + "abcd":    "ab",
		strings.Replace(options(), "Content-Length: 0\r\n", "", 1) + "abcd": "abcd",
		strings.ReplaceAll(options(), "\r\n", "\n"):                         "",
	} {
		msg, err := ReadDatagram([]byte(data))
		if err != nil || string(msg.Body()) != want {
			t.Errorf("%q: body %q, %v", data, msg.Body(), err)
		}
	}
	for _, keepAlive := range []string{"", "\r\n", "\r\n\r\n", "\x00\x00"} {
		if msg, err := ReadDatagram([]byte(keepAlive)); msg != nil || err != nil {
			t.Errorf("%q is %v, %v", keepAlive, msg, err)
		}
	}
	for _, bad := range []string{"GET / HTTP/1.1\r\n\r\n", "hello", strings.TrimSuffix(options(), "\r\n"), "SIP/2.0\r\n\r\n"} {
		if _, err := ReadDatagram([]byte(bad)); err == nil {
			t.Errorf("%q is a message", bad)
		}
	}
}

// comesOut lists what a stream gives when data comes in pieces of this size.
func comesOut(s *Stream, data string, size int) (got []string) {
	for data != "" {
		n := min(size, len(data))
		s.Write([]byte(data[:n]))
		data = data[n:]
		for {
			msg, err := s.Next()
			var fault *Fault
			switch {
			case errors.Is(err, ErrKeepAlive):
				got = append(got, "ping")
			case errors.As(err, &fault):
				got = append(got, fmt.Sprintf("fault %v %v", msg != nil, fault.Unframed))
				if fault.Unframed {
					return got
				}
			case msg != nil:
				got = append(got, fmt.Sprintf("message %s", msg.Body()))
			default:
				goto more
			}
		}
	more:
	}
	return got
}

func TestAStreamIsCutIntoMessagesHoweverItComes(t *testing.T) {
	withBody := strings.Replace(options(), "Length: 0", "Length: 6", 1) + "\r\n\r\nab"
	bad := strings.Replace(options(), "<sip:a@b>", "<sip:a@b", 1)
	for data, want := range map[string]string{
		options():                                      "message ",
		options() + options():                          "message |message ",
		withBody + options():                           "message \r\n\r\nab|message ",
		"\r\n\r\n" + options():                         "ping|message ",
		"\r\n" + options() + "\r\n":                    "message ",
		options() + "\r\n\r\n\r\n\r\n":                 "message |ping|ping",
		bad + options():                                "fault true false|message ",
		messagetest.Torture("ncl"):                     "fault true true",
		"GET / HTTP/1.1\r\n\r\nOPTIONS":                "fault false true",
		strings.Repeat("a", most+2):                    "fault false true",
		options("X: " + strings.Repeat("a", most-200)): "message ",
		strings.Replace(options(), "Content-Length: 0\r\n", "", 1):     "fault true true",
		strings.Replace(options(), "Length: 0", "Length: 70000", 1):    "fault true true",
		strings.Replace(options(), "From: <sip:a@b>;tag=1\r\n", "", 1): "fault true false",
	} {
		for _, size := range []int{1, 2, 3, 7, 100, 4096, 1 << 20} {
			var s Stream
			if got := strings.Join(comesOut(&s, data, size), "|"); got != want {
				t.Errorf("%.80q in pieces of %d: %s, want %s", data, size, got, want)
			}
			if s.Partial() && !strings.HasSuffix(want, "true") {
				t.Errorf("%.80q: something is left", data)
			}
		}
	}
}

// Whatever comes, nothing breaks, a stream and a datagram agree, and what is
// read is written in a form that is read alike.
func FuzzReading(f *testing.F) {
	for _, name := range messagetest.Tortures() {
		f.Add([]byte(messagetest.Torture(name)), 7)
	}
	f.Add([]byte("\r\n\r\n"+options(`Contact: "\`, "Via: SIP/2.0/UDP [::ffff:1.2.3.4]:1;a=\" ;\"")), 1)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		msg, err := ReadDatagram(data)
		if err == nil && msg != nil {
			rewritten(t, "it", msg)
		}
		var s Stream
		comesOut(&s, string(data), 1+abs(size)%200)
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}

const typical = "INVITE sip:+14255550100@192.0.2.10:5060;user=phone SIP/2.0\r\n" +
	"Record-Route: <sip:192.0.2.1;r2=on;lr;ftag=gK0c5c2a>\r\n" +
	"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK3a2.1d7f0a31b5c2d6a1ed5d4f57d1a9a1d2.0;rport\r\n" +
	"Via: SIP/2.0/UDP 198.51.100.7:5060;received=198.51.100.7;branch=z9hG4bK0cB2f4a5b6c7d8e9\r\n" +
	"Max-Forwards: 69\r\n" +
	"From: \"Somebody\" <sip:+12065550123@carrier.example;user=phone>;tag=gK0c5c2a\r\n" +
	"To: <sip:+14255550100@192.0.2.10;user=phone>\r\n" +
	"Call-ID: 201344_126581932@198.51.100.7\r\n" +
	"CSeq: 33171 INVITE\r\n" +
	"Contact: \"Somebody\" <sip:+12065550123@198.51.100.7:5060>\r\n" +
	"Allow: INVITE,ACK,CANCEL,BYE,REGISTER,REFER,INFO,SUBSCRIBE,NOTIFY,PRACK,UPDATE,OPTIONS,MESSAGE,PUBLISH\r\n" +
	"Supported: timer,100rel,precondition,replaces\r\nSession-Expires: 1800\r\nMin-SE: 90\r\n" +
	"P-Asserted-Identity: \"Somebody\" <sip:+12065550123@carrier.example>\r\n" +
	"Content-Disposition: session; handling=required\r\nContent-Type: application/sdp\r\nContent-Length:   167\r\n\r\n" +
	"v=0\r\no=Sonus_UAC 12345 1 IN IP4 198.51.100.7\r\ns=SIP Media Capabilities\r\nc=IN IP4 198.51.100.8\r\nt=0 0\r\nm=audio 12344 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n"

func BenchmarkReadDatagram(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadDatagram([]byte(typical)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadStream(b *testing.B) {
	b.ReportAllocs()
	var s Stream
	for b.Loop() {
		s.Write([]byte(typical))
		if msg, err := s.Next(); msg == nil || err != nil {
			b.Fatal(err)
		}
	}
}

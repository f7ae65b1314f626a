package e2e

import (
	"bufio"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"testing"

	"github.com/icholy/digest"

	"strowger/test/server"
)

// baresip knows MD5 only, so this phone is a few lines of our own.
func TestAPhoneRegistersWithEitherDigest(t *testing.T) {
	w := start(t, threeUsers)
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		t.Run(algorithm, func(t *testing.T) {
			if got := registerWith(t, w.SIP, algorithm, server.Password); got != "200" {
				t.Errorf("the right password got %s", got)
			}
			if got := registerWith(t, w.SIP, algorithm, "wrong"); got != "401" && got != "403" {
				t.Errorf("a wrong password got %s", got)
			}
		})
	}
}

// registerWith registers alice, asked or not, and returns the last status.
func registerWith(t *testing.T, address, algorithm, password string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	id, in := newID(), textproto.NewReader(bufio.NewReader(conn))
	send := func(sequence int, authorization string) (string, textproto.MIMEHeader) {
		t.Helper()
		fmt.Fprintf(conn, "REGISTER sip:%[1]s SIP/2.0\r\nVia: SIP/2.0/TCP %[2]s;branch=z9hG4bK%[3]s%[4]d\r\nFrom: <sip:alice@%[1]s>;tag=%[3]s\r\nTo: <sip:alice@%[1]s>\r\n"+
			"Call-ID: %[3]s\r\nCSeq: %[4]d REGISTER\r\nContact: <sip:alice@%[2]s;transport=tcp>\r\nMax-Forwards: 70\r\n%[5]sContent-Length: 0\r\n\r\n",
			server.Domain, conn.LocalAddr(), id, sequence, authorization)
		line, err := in.ReadLine()
		if err != nil {
			t.Fatalf("read the response: %v", err)
		}
		header, err := in.ReadMIMEHeader()
		if err != nil {
			t.Fatalf("read the response's headers: %v", err)
		}
		return strings.Fields(line)[1], header
	}
	status, header := send(1, "")
	if status != "401" {
		t.Fatalf("a phone without credentials got %s, want 401", status)
	}
	for _, text := range header.Values("WWW-Authenticate") {
		challenge, err := digest.ParseChallenge(text)
		if err != nil || challenge.Algorithm != algorithm {
			continue
		}
		credentials, err := digest.Digest(challenge, digest.Options{
			Method: "REGISTER", URI: "sip:" + server.Domain, Username: "alice", Password: password, Count: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
		status, _ = send(2, "Authorization: "+credentials.String()+"\r\n")
		return status
	}
	t.Fatalf("%s is not offered: %q", algorithm, header.Values("WWW-Authenticate"))
	return ""
}

package server

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"strowger/internal/sip/notice"
)

func TestTheOperatorSeesWhatSIPPeersSend(t *testing.T) {
	serve(t, devConfig(t), func(info Info) {
		peer, err := net.Dial("udp", strings.TrimPrefix(info.SIP[0], "udp://"))
		if err != nil {
			t.Fatal(err)
		}
		defer peer.Close()
		if _, err := peer.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(20 * time.Second)
		for {
			response, err := http.Get(info.Operator + notice.Path)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err == nil && strings.Contains(string(body), peer.LocalAddr().String()) && strings.Contains(string(body), "it cannot be read") {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("it sees %s %s", response.Status, body)
			}
			<-time.After(10 * time.Millisecond)
		}
	})
}

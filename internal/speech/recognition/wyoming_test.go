package recognition

import (
	"bufio"
	"net"
	"reflect"
	"slices"
	"testing"

	"strowger/internal/speech/wyoming"
)

// assistant serves one connection after the other as a server of Wyoming does: it
// hears until the sound stops, and answers.
func assistant(t *testing.T, answer func(conn net.Conn, asked wyoming.Event, said []int16)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serveAssistant(conn, answer)
		}
	}()
	return "tcp://" + listener.Addr().String()
}

func serveAssistant(conn net.Conn, answer func(conn net.Conn, asked wyoming.Event, said []int16)) {
	defer func() { _ = conn.Close() }()
	var asked wyoming.Event
	var said []int16
	reader := bufio.NewReader(conn)
	for {
		e, err := wyoming.Read(reader)
		if err != nil {
			return
		}
		switch e.Type {
		case wyoming.Transcribe:
			asked = e
		case wyoming.AudioChunk:
			part, _ := e.Samples()
			said = append(said, part...)
		case wyoming.AudioStop:
			answer(conn, asked, said)
			return
		}
	}
}

func TestAnAssistantsServerHears(t *testing.T) {
	said := ramp(40_000)
	asked := make(chan wyoming.Data, 1)
	url := assistant(t, func(conn net.Conn, a wyoming.Event, got []int16) {
		asked <- a.Data
		if !slices.Equal(got, said) {
			t.Error("it hears another sound")
		}
		_ = wyoming.Write(conn, wyoming.Event{Type: "transcript-start"})
		_ = wyoming.Write(conn, wyoming.Event{Type: wyoming.Transcript, Data: wyoming.Data{Text: " Hello, world.\n"}})
	})
	h, err := hear(t, &Wyoming{URL: url, Model: "tiny"}, Task{Language: "en-US", Phrases: []string{"hello world"}}, said)
	if err != nil || h.Text != "Hello, world." {
		t.Errorf("it hears %+v, %v", h, err)
	}
	if got, want := <-asked, (wyoming.Data{Language: "en", Model: "tiny", Terms: []string{"hello world"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("it is asked %+v", got)
	}
}

func TestWhyAnAssistantsServerHearsNothing(t *testing.T) {
	for says, answer := range map[string]func(net.Conn, wyoming.Event, []int16){
		"EOF": func(net.Conn, wyoming.Event, []int16) {},
		"no model": func(c net.Conn, _ wyoming.Event, _ []int16) {
			_ = wyoming.Write(c, wyoming.Event{Type: wyoming.Failed, Data: wyoming.Data{Text: "no model"}})
		},
		"JSON": func(c net.Conn, _ wyoming.Event, _ []int16) { _, _ = c.Write([]byte("what?\n")) },
	} {
		_, err := hear(t, &Wyoming{URL: assistant(t, answer)}, Task{}, ramp(100))
		expectFailure(t, err, Broken, says)
	}
	_, err := hear(t, &Wyoming{URL: "tcp://127.0.0.1:1"}, Task{}, ramp(100))
	expectFailure(t, err, Broken, "cannot be reached")
}

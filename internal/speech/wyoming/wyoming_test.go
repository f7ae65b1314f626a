package wyoming

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestEventsAreReadAsTheyWereWritten(t *testing.T) {
	var wire bytes.Buffer
	events := []Event{
		{Type: Transcribe, Data: Data{Language: "en", Model: "tiny", Terms: []string{"yes", "no"}}},
		{Type: AudioChunk, Data: Data{RateHz: 16000, Width: 2, Channels: 1}, Payload: []byte{1, 0, 2, '\n'}},
		{Type: Synthesize, Data: Data{Text: "Grüß Gott\n", Voice: &Voice{Name: "joe"}}},
	}
	for _, e := range events {
		if err := Write(&wire, e); err != nil {
			t.Fatal(err)
		}
	}
	reader := bufio.NewReader(&wire)
	for _, want := range events {
		if got, err := Read(reader); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v is read as %+v, %v", want, got, err)
		}
	}
	if _, err := Read(reader); err != io.EOF {
		t.Errorf("after the last comes %v", err)
	}
}

// TestEventsThatServersSend has them as version 1.10 of the public server writes them.
func TestEventsThatServersSend(t *testing.T) {
	reader := bufio.NewReader(strings.NewReader(
		`{"type": "transcript", "version": "1.10.2", "data_length": 54}` + "\n" +
			`{"text": " Hello.", "language": "en", "context": null}` +
			`{"type": "audio-chunk", "data": {"rate": 22050}, "version": "1.10.2", "data_length": 46, "payload_length": 4}` + "\n" +
			`{"width": 2, "channels": 1, "timestamp": null}` + "ab\nc"))
	if e, err := Read(reader); err != nil || e.Type != Transcript || e.Data.Text != " Hello." || e.Data.Language != "en" {
		t.Errorf("the transcript is read as %+v, %v", e, err)
	}
	if e, err := Read(reader); err != nil || e.Data.RateHz != 22050 || e.Data.Width != 2 || string(e.Payload) != "ab\nc" {
		t.Errorf("the sound is read as %+v, %v", e, err)
	}
}

func TestWhatIsNoEventIsRefused(t *testing.T) {
	for wire, want := range map[string]string{
		"GET / HTTP/1.1\r\n":                                           "no line of JSON",
		`{"type":"transcript"`:                                         "unexpected EOF",
		`{"type":"x","data_length":1000000000}` + "\n":                 "longer",
		`{"type":"x","payload_length":1000000000}` + "\n":              "longer",
		`{"type":"x","payload_length":-1}` + "\n":                      "longer",
		`{"type":"x","payload_length":3}` + "\nab":                     "unexpected EOF",
		`{"type":"x","data":{"rate":"fast"}}` + "\n":                   "the data of an event",
		`{"type":"` + strings.Repeat("x", lineMost) + `"}` + "\n":      "longer",
		`{"type":"transcript","data_length":4}` + "\n" + `"hi"` + "\n": "the data of an event",
	} {
		if _, err := Read(bufio.NewReader(strings.NewReader(wire))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q is refused with %v, want %q", wire, err, want)
		}
	}
}

func TestSoundGoesAndComes(t *testing.T) {
	sound := make([]int16, 10000)
	for i := range sound {
		sound[i] = int16(i - 5000)
	}
	events := Sound(sound, 16000)
	if events[0].Type != AudioStart || events[len(events)-1].Type != AudioStop || len(events) != 5 {
		t.Fatalf("%d events carry it", len(events))
	}
	var got []int16
	for _, e := range events[1 : len(events)-1] {
		part, err := e.Samples()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, part...)
	}
	if !slices.Equal(got, sound) {
		t.Error("it is not what went in")
	}
	stereo := Event{Data: Data{RateHz: 22050, Width: 2, Channels: 2}, Payload: []byte{10, 0, 20, 0, 1}}
	if got, err := stereo.Samples(); err != nil || !slices.Equal(got, []int16{15}) {
		t.Errorf("two channels become %v, %v", got, err)
	}
	for _, odd := range []Data{{}, {RateHz: 16000, Width: 4, Channels: 1}, {RateHz: 1, Width: 2, Channels: 1}} {
		if _, err := (Event{Data: odd}).Samples(); err == nil {
			t.Errorf("%+v is understood", odd)
		}
	}
}

func TestAPeerThatSaysNothingIsLeftWithTheContext(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	peer, err := Dial(ctx, listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	cancel()
	if _, err := peer.Next(); err == nil {
		t.Error("it is waited for")
	}
}

func TestAFailureComesAsAnError(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			_ = Write(conn, Event{Type: Failed, Data: Data{Text: "no model"}})
		}
	}()
	peer, err := Dial(t.Context(), listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	failed := new(FailedError)
	if _, err := peer.Next(); !errors.As(err, &failed) || failed.Text != "no model" {
		t.Errorf("it comes as %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"type":"transcript","data":{"text":"hello"}}` + "\n"))
	f.Add([]byte(`{"type":"audio-chunk","data_length":37,"payload_length":4}` + "\n" + `{"rate":22050,"width":2,"channels":1}abcd`))
	f.Fuzz(func(t *testing.T, wire []byte) {
		reader := bufio.NewReader(bytes.NewReader(wire))
		for {
			e, err := Read(reader)
			if err != nil {
				return
			}
			_, _ = e.Samples()
			var again bytes.Buffer
			if err := Write(&again, e); err != nil {
				t.Fatal(err)
			}
			if got, err := Read(bufio.NewReader(&again)); err != nil || got.Type != e.Type || got.Data.Text != e.Data.Text || !bytes.Equal(got.Payload, e.Payload) {
				t.Fatalf("%+v is read again as %+v, %v", e, got, err)
			}
		}
	})
}

package pocketsphinx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

func TestAMessageArrivesAsItWasSent(t *testing.T) {
	var pipe bytes.Buffer
	sent := Request{Cepstra: make([][cepstraCount]float32, 3), Phrases: [][]string{{"yes"}, {"not", "now"}}}
	sent.Cepstra[1][2] = -1.5
	for range 2 {
		if err := send(&pipe, &sent); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		var got Request
		if err := receive(&pipe, &got); err != nil || !reflect.DeepEqual(got, sent) {
			t.Errorf("%+v arrives, %v", got, err)
		}
	}
	if err := receive(&pipe, &Request{}); err != io.EOF {
		t.Errorf("the end is %v", err)
	}
}

func TestAMessageThatIsTooLongIsNotSent(t *testing.T) {
	var pipe bytes.Buffer
	if err := send(&pipe, Response{Failure: strings.Repeat("x", messageMost)}); err == nil || pipe.Len() > 0 {
		t.Errorf("%d bytes are sent, %v", pipe.Len(), err)
	}
	if err := receive(bytes.NewReader(binary.BigEndian.AppendUint32(nil, messageMost+1)), &Request{}); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("its length is taken: %v", err)
	}
}

func TestARequestIsBounded(t *testing.T) {
	for want, q := range map[string]Request{
		"the request is too large": {Cepstra: make([][cepstraCount]float32, framesMost+1)},
		"a phrase is too long":     {Phrases: [][]string{make([]string, wordsMost+1)}},
	} {
		if err := q.check(); err == nil || err.Error() != want {
			t.Errorf("%q is %v", want, err)
		}
	}
	if err := (&Request{Phrases: make([][]string, phrasesMost+1)}).check(); err == nil {
		t.Error("any number of phrases is taken")
	}
}

func FuzzReceive(f *testing.F) {
	var message bytes.Buffer
	if err := send(&message, Request{Phrases: [][]string{{"yes"}}}); err != nil {
		f.Fatal(err)
	}
	f.Add(message.Bytes())
	f.Add(message.Bytes()[:7])
	f.Add([]byte{0, 0, 0, 1, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		var q Request
		if err := receive(bytes.NewReader(data), &q); err == nil {
			var again bytes.Buffer
			if err := send(&again, &q); err != nil && !errors.Is(err, io.EOF) {
				t.Errorf("what was received cannot be sent: %v", err)
			}
		}
	})
}

package e2e

import (
	"testing"
	"time"

	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/server"
)

// The smallest of these tests; docs/testing.md explains it line by line.
func TestAPromptIsHeardOnAPhone(t *testing.T) {
	w := start(t, server.Config{Users: []server.User{alice}})
	p := w.phoneOf(alice, phone.Config{AutoAnswer: true})
	beep := w.app.Serve("/beep.wav", heard.MakeWAV(
		heard.Format{RateHz: 16000, Channels: 1, Bits: 16},
		heard.Part{Hz: promptHz, Length: time.Second}))

	connection := w.connected(user(alice))
	p.AwaitAudio()
	expectResult(t, w.play(connection, beep, nil), "PlayCompleted", "200/0")
	w.end(connection)

	p.AwaitHeard(promptHz, 800*time.Millisecond)
	p.AwaitClosed(1)
}

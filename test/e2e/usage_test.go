package e2e

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/phone"
	"strowger/test/server"
	"strowger/test/wait"
)

// used is one line of `strowger usage`.
type used struct {
	ID, Call, Kind, Direction, Address, Trunk, Endpoint, Codec string
	Start, Answer, End                                         time.Time
	Seconds                                                    float64
	Cause                                                      string
}

// usage asks until there are so many lines, and holds that no leg, seat or recording has two.
func (w *world) usage(lines int, args ...string) (all []used) {
	w.t.Helper()
	args = append([]string{"usage", "--operator", w.OperatorURL}, args...)
	err := wait.Until(server.Patience, nil, func() bool {
		all = nil
		in := json.NewDecoder(strings.NewReader(w.strowger(args...)))
		for in.More() {
			var u used
			if err := in.Decode(&u); err != nil {
				w.t.Fatal(err)
			}
			all = append(all, u)
		}
		return len(all) >= lines
	})
	if err != nil || len(all) != lines {
		w.t.Fatalf("%d lines of usage, want %d: %+v", len(all), lines, all)
	}
	seen := map[string]bool{}
	for _, u := range all {
		if seen[u.ID] {
			w.t.Errorf("%s is there twice", u.ID)
		}
		seen[u.ID] = true
	}
	return all
}

// A call of an application with a user and a number, which is recorded: each leg, the seat
// and the recording are there once, as lines and as a table.
func TestEachLegSeatAndRecordingOfACallIsUsedOnce(t *testing.T) {
	w := start(t, server.Config{Users: []server.User{alice}, Lab: true})
	w.phoneOf(alice, phone.Config{AutoAnswer: true})
	connection := w.connected(user(alice))
	expect(t, w.api.AddParticipant(connection, number("+15550104"), client.Object{"operationContext": "more"}), 202)
	w.app.AwaitResult("more", "AddParticipantSucceeded")
	recording := w.recorded(w.api.Get(connection).Text("serverCallId"), client.Object{"recordingFormatType": "wav", "recordingContentType": "audio"})
	<-time.After(2 * time.Second) // to be billed
	w.end(connection)

	by := map[string]used{}
	for _, u := range w.usage(4, "--since", "1h") {
		by[u.Kind] = u
	}
	for kind, fits := range map[string]func(used) bool{
		"voip": func(u used) bool {
			return u.Address == alice.RawID() && u.Direction == "outbound" && strings.HasPrefix(u.Endpoint, "udp:127.") && u.Codec != ""
		},
		"pstn":        func(u used) bool { return u.Address == "4:+15550104" && u.Trunk != "" && u.Codec != "" },
		"application": func(u used) bool { return u.ID == connection },
		"recording":   func(u used) bool { return u.ID == recording },
	} {
		u := by[kind]
		if !fits(u) || u.Seconds < 1.5 || u.Seconds > 60 || u.Cause == "" || u.End.Before(u.Answer) || u.Answer.Before(u.Start) || u.Start.IsZero() {
			t.Errorf("%s: %+v", kind, u)
		}
	}
	table, err := csv.NewReader(strings.NewReader(w.strowger("usage", "--operator", w.OperatorURL, "--format", "csv", "--kind", "pstn"))).ReadAll()
	if err != nil || len(table) != 2 || table[0][0] != "position" || table[1][5] != "4:+15550104" {
		t.Errorf("the table is %v %v", table, err)
	}
	if sums := w.strowger("usage", "--operator", w.OperatorURL, "--sum"); strings.Count(sums, "\n") != 4 || !strings.Contains(sums, `"kind":"recording"`) {
		t.Errorf("the sums are\n%s", sums)
	}
}

// Calls are cut off by kill -9, again and again, one of them recorded, and just as they end:
// what they used is there once, up to about the time of the kill.
func TestUsageIsThereOnceHoweverOftenTheServerIsKilled(t *testing.T) {
	w := start(t, withLab)
	const rounds = 3
	for round := range rounds {
		cut := []string{w.connected(number("+15550104")), w.connected(number("+15550104"))}
		ended := w.connected(number("+15550104"))
		recording := w.recorded(w.api.Get(cut[0]).Text("serverCallId"), client.Object{"recordingContentType": "audio", "recordingFormatType": "wav"})
		<-time.After(time.Second) // to be recorded
		expect(t, w.api.Terminate(ended), 204)
		w.Kill()
		killed := time.Now()
		w.Restart()
		for _, connection := range cut {
			w.app.AwaitEvent(connection, "CallDisconnected")
		}
		for _, u := range w.usage(w.rounds()+round+1, "--since", "1h") {
			if u.End.After(killed.Add(3 * time.Second)) {
				t.Errorf("%s ended %v after the server", u.ID, u.End.Sub(killed))
			}
			if u.ID == recording && (u.Kind != "recording" || u.Seconds < 0.4) {
				t.Errorf("the recording is %+v", u)
			}
		}
	}
}

// rounds is how many lines the calls of the rounds so far leave, but for recordings: a leg
// and a seat each.
func (w *world) rounds() int {
	seats := map[string]bool{}
	for _, d := range w.app.All() {
		if d.Type == "CallConnected" {
			seats[d.Connection()] = true
		}
	}
	return 2 * len(seats)
}

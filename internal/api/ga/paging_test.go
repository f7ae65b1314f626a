package ga_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"strowger/internal/call"
)

// crowd is a call of as many numbers, all of which have answered.
func (s scene) crowd(n int) (call.ConnectionID, call.ID) {
	s.t.Helper()
	var targets []string
	for i := range n {
		targets = append(targets, fmt.Sprintf(`{"rawId":"4:+1425556%04d"}`, i))
	}
	connection, id := s.created(`{"targets":[` + strings.Join(targets, ",") + `],"sourceCallerIdNumber":{"value":"+14255550100"},"callbackUri":"https://app.example/cb"}`)
	for i := range n {
		s.Calls.Signal(id, call.LegAnswered{Leg: call.NewLegID(id, i+1)})
	}
	return connection, id
}

// page follows a link as clients do: as it is.
func (s scene) page(link string) (who []string, next string) {
	s.t.Helper()
	target, ours := strings.CutPrefix(link, s.URL)
	if !ours {
		s.t.Fatalf("the link %q does not lead to %s", link, s.URL)
	}
	got := s.Send("GET", target, "")
	var list struct {
		Value []struct {
			Identifier struct{ RawID string }
		}
		NextLink string
	}
	if err := json.Unmarshal([]byte(got.Body), &list); err != nil || got.Status != 200 {
		s.t.Fatalf("%d %s", got.Status, got.Body)
	}
	for _, p := range list.Value {
		who = append(who, p.Identifier.RawID)
	}
	return who, list.NextLink
}

func TestALongRosterIsListedInPages(t *testing.T) {
	s := stage(t)
	connection, _ := s.crowd(250)
	var all, sizes []string
	for link := s.URL + root + "/" + string(connection) + "/participants?api-version=2025-06-15"; link != ""; {
		var who []string
		who, link = s.page(link)
		all, sizes = append(all, who...), append(sizes, fmt.Sprint(len(who)))
		if link != "" && !strings.Contains(link, "api-version=2025-06-15") {
			t.Errorf("the link %q forgets the version", link)
		}
	}
	if strings.Join(sizes, " ") != "100 100 50" {
		t.Errorf("the pages have %s", sizes)
	}
	if slices.Sort(all); len(slices.Compact(all)) != 250 {
		t.Errorf("%d of 250 were listed", len(slices.Compact(all)))
	}
}

func TestPagesStayTrueWhilePeopleComeAndGo(t *testing.T) {
	s := stage(t)
	connection, id := s.crowd(250)
	path := root + "/" + string(connection) + "/participants"
	first, next := s.page(s.URL + path + "?api-version=2026-03-12")
	for _, leg := range []int{1, 50, 100, 101} { // also the one after whom the next page begins
		s.Calls.Signal(id, call.LegEnded{Leg: call.NewLegID(id, leg)})
	}
	if got := s.post(path+":add", `{"participantToAdd":{"rawId":"`+alice+`"}}`); got.Status != 202 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	s.Calls.Signal(id, call.LegAnswered{Leg: call.NewLegID(id, 251)})
	all := first
	for next != "" {
		var who []string
		who, next = s.page(next)
		all = append(all, who...)
	}
	if n := len(all); n != 250 || all[100] != "4:+14255560101" || all[n-1] != alice {
		t.Errorf("%d were listed, the 101st is %s, the last %s", n, all[100], all[n-1])
	}
	if slices.Sort(all); len(slices.Compact(all)) != 250 {
		t.Error("somebody was listed twice")
	}
}

func TestAPageThatNobodyWasPointedToIsRefused(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	for _, token := range []string{"x", "-1", "0", "1.5", "99999999999999999999"} {
		got := s.Send("GET", root+"/"+string(connection)+"/participants?api-version=2026-03-12&continuationToken="+token, "")
		s.wantRefused(got, 400, "8523", "continuationToken", "is not one that this server has given")
	}
}

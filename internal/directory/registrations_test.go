package directory

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var phone = Flow{Transport: "udp", Local: netip.MustParseAddrPort("127.0.0.1:5060"), Remote: netip.MustParseAddrPort("192.0.2.1:5060")}

// register binds a contact for an hour with a Call-ID of its own.
func register(t *testing.T, d *Directory, user, uri string) {
	t.Helper()
	_, err := d.Register(user, Registration{CallID: "call of " + uri, CSeq: 1, Flow: phone, Contacts: []Contact{{uri, 1000, time.Hour}}})
	if err != nil {
		t.Fatal(err)
	}
}

func contacts(bindings []Binding) []string {
	var uris []string
	for _, b := range bindings {
		uris = append(uris, b.Contact)
	}
	return uris
}

func requireContacts(t *testing.T, d *Directory, user string, want ...string) {
	t.Helper()
	if got := contacts(d.Bindings(user)); !reflect.DeepEqual(got, want) {
		t.Errorf("registered at %v, want %v", got, want)
	}
}

func TestABindingEndsWhenItsTimeIsUp(t *testing.T) {
	d, c := newDirectory()
	bindings, err := d.Register(aliceID, Registration{CallID: "1", CSeq: 1, Flow: phone, UserAgent: "baresip", Contacts: []Contact{{"sip:a@192.0.2.1", 1000, 90 * time.Second}}})
	if err != nil || len(bindings) != 1 || !bindings[0].Expires.Equal(c.Now().Add(90*time.Second)) || bindings[0].Flow != phone || bindings[0].UserAgent != "baresip" {
		t.Fatalf("got %+v, %v", bindings, err)
	}
	c.advance(90*time.Second - 1)
	requireContacts(t, d, strings.ToUpper(aliceID), "sip:a@192.0.2.1")
	if n := d.Registered(); n != 1 {
		t.Errorf("%d users are registered, want 1", n)
	}
	c.advance(1)
	requireContacts(t, d, aliceID)
	if n := d.Registered(); n != 0 {
		t.Errorf("%d users are registered, want none", n)
	}
}

func TestARefreshProlongsTheSameBinding(t *testing.T) {
	d, c := newDirectory()
	reg := Registration{CallID: "1", CSeq: 1, Contacts: []Contact{{"sip:a@Phone.example;transport=TCP;ob", 1000, time.Minute}}}
	mustRegister(t, d, reg)
	c.advance(30 * time.Second)
	reg.CSeq++
	reg.Contacts[0].URI = "SIP:a@phone.EXAMPLE;OB;transport=tcp"
	mustRegister(t, d, reg)
	c.advance(45 * time.Second)
	requireContacts(t, d, aliceID, "SIP:a@phone.EXAMPLE;OB;transport=tcp")
}

func TestAnOldRequestChangesNothing(t *testing.T) {
	d, _ := newDirectory()
	mustRegister(t, d, Registration{CallID: "1", CSeq: 7, Contacts: []Contact{{"sip:a@192.0.2.1", 1000, time.Hour}}})
	late := []Registration{
		{CallID: "1", CSeq: 7, Contacts: []Contact{{"sip:a@192.0.2.1", 1000, 0}}},
		{CallID: "1", CSeq: 6, RemoveAll: true},
		{CallID: "1", CSeq: 7, Contacts: []Contact{{"sip:new@192.0.2.1", 1000, time.Hour}, {"sip:a@192.0.2.1", 1, time.Hour}}},
	}
	for _, reg := range late {
		if _, err := d.Register(aliceID, reg); !errors.Is(err, ErrOutOfOrder) {
			t.Errorf("%+v answers %v, want %v", reg, err, ErrOutOfOrder)
		}
		requireContacts(t, d, aliceID, "sip:a@192.0.2.1")
	}
}

func TestAPhoneThatRestartedIsBelieved(t *testing.T) {
	d, _ := newDirectory()
	mustRegister(t, d, Registration{CallID: "before", CSeq: 100, Contacts: []Contact{{"sip:a@192.0.2.1", 1000, time.Hour}}})
	mustRegister(t, d, Registration{CallID: "after", CSeq: 1, Contacts: []Contact{{"sip:a@192.0.2.1", 1000, 0}}})
	requireContacts(t, d, aliceID)
}

func TestAStarTakesAllBindingsAway(t *testing.T) {
	d, _ := newDirectory()
	register(t, d, aliceID, "sip:a@192.0.2.1")
	register(t, d, aliceID, "sip:a@192.0.2.2")
	register(t, d, bobID, "sip:b@192.0.2.3")
	mustRegister(t, d, Registration{CallID: "new", CSeq: 1, RemoveAll: true})
	requireContacts(t, d, aliceID)
	requireContacts(t, d, bobID, "sip:b@192.0.2.3")
}

func TestAQuestionChangesNothing(t *testing.T) {
	d, _ := newDirectory()
	register(t, d, aliceID, "sip:a@192.0.2.1")
	bindings, err := d.Register(aliceID, Registration{CallID: "call of sip:a@192.0.2.1", CSeq: 1})
	if err != nil || len(bindings) != 1 {
		t.Errorf("got %v, %v", bindings, err)
	}
}

func TestLifetimesHaveBounds(t *testing.T) {
	d, c := newDirectory()
	_, err := d.Register(aliceID, Registration{CallID: "1", CSeq: 1, Contacts: []Contact{{"sip:a@192.0.2.1", 1000, MinExpiry - time.Second}}})
	if !errors.Is(err, ErrTooBrief) {
		t.Errorf("too brief a registration answers %v", err)
	}
	bindings := mustRegister(t, d, Registration{CallID: "1", CSeq: 2, Contacts: []Contact{{"sip:a@192.0.2.1", 1000, 24 * time.Hour}}})
	if !bindings[0].Expires.Equal(c.Now().Add(MaxExpiry)) {
		t.Errorf("a day became %s", bindings[0].Expires.Sub(c.Now()))
	}
}

func TestAContactThatCannotBeReachedIsRefusedWithTheRest(t *testing.T) {
	d, _ := newDirectory()
	for _, uri := range []string{"", "tel:+1", "sip:", "sip:a@", "alice", "sip:a@" + strings.Repeat("x", 2000)} {
		_, err := d.Register(aliceID, Registration{CallID: "1", CSeq: 1, Contacts: []Contact{{"sip:good@192.0.2.1", 1000, time.Hour}, {uri, 1000, time.Hour}}})
		if !errors.Is(err, ErrBadContact) {
			t.Errorf("%.40q answers %v", uri, err)
		}
		requireContacts(t, d, aliceID)
	}
}

func TestThePreferredContactComesFirst(t *testing.T) {
	d, c := newDirectory()
	mustRegister(t, d, Registration{CallID: "1", CSeq: 1, Contacts: []Contact{{"sip:desk@192.0.2.1", 700, time.Hour}, {"sip:mobile@192.0.2.2", 1000, time.Hour}}})
	c.advance(time.Second)
	mustRegister(t, d, Registration{CallID: "2", CSeq: 1, Contacts: []Contact{{"sip:browser@192.0.2.3", 1000, time.Hour}}})
	requireContacts(t, d, aliceID, "sip:browser@192.0.2.3", "sip:mobile@192.0.2.2", "sip:desk@192.0.2.1")
}

func TestTheStalestBindingGivesWay(t *testing.T) {
	d, c := newDirectory()
	for i := range MaxBindings + 1 {
		register(t, d, aliceID, fmt.Sprintf("sip:a@192.0.2.1:%d", 5000+i))
		c.advance(time.Second)
	}
	got := contacts(d.Bindings(aliceID))
	if len(got) != MaxBindings || got[0] != fmt.Sprintf("sip:a@192.0.2.1:%d", 5000+MaxBindings) || got[MaxBindings-1] != "sip:a@192.0.2.1:5001" {
		t.Errorf("registered at %v", got)
	}
	if _, err := d.Register(aliceID, Registration{CallID: "x", Contacts: make([]Contact, MaxBindings+1)}); !errors.Is(err, ErrTooMany) {
		t.Errorf("too many contacts at once answer %v", err)
	}
}

func TestALostConnectionTakesItsBindingsAway(t *testing.T) {
	d, _ := newDirectory()
	tcp := phone
	tcp.Transport = "tcp"
	mustRegister(t, d, Registration{CallID: "1", CSeq: 1, Flow: tcp, Contacts: []Contact{{"sip:a@192.0.2.1;transport=tcp", 1000, time.Hour}}})
	register(t, d, aliceID, "sip:a@192.0.2.1")
	d.FlowLost(tcp)
	requireContacts(t, d, aliceID, "sip:a@192.0.2.1")
}

// Whatever phones send, in any order: a refused registration changes nothing,
// and a user never has more bindings than the bound, two equal ones, or one
// that has expired.
func TestAnyOrderOfRegistrationsKeepsThePromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, c := newDirectory()
		t.Repeat(map[string]func(*rapid.T){
			"register": func(t *rapid.T) {
				reg := Registration{
					CallID:    rapid.SampledFrom([]string{"a", "b"}).Draw(t, "Call-ID"),
					CSeq:      rapid.Uint32Range(0, 9).Draw(t, "CSeq"),
					RemoveAll: rapid.IntRange(0, 9).Draw(t, "star") == 0,
				}
				for range rapid.IntRange(0, 3).Draw(t, "contacts") {
					reg.Contacts = append(reg.Contacts, Contact{
						URI:     fmt.Sprintf("sip:a@192.0.2.1:%d", rapid.IntRange(1, 20).Draw(t, "port")),
						Q:       rapid.IntRange(0, 1000).Draw(t, "q"),
						Expires: time.Duration(rapid.IntRange(0, 200).Draw(t, "expires")) * time.Second,
					})
				}
				before := d.Bindings(aliceID)
				if _, err := d.Register(aliceID, reg); err != nil && !reflect.DeepEqual(before, d.Bindings(aliceID)) {
					t.Fatalf("refused with %v, and yet %v became %v", err, before, d.Bindings(aliceID))
				}
			},
			"wait": func(t *rapid.T) { c.advance(time.Duration(rapid.IntRange(1, 100).Draw(t, "seconds")) * time.Second) },
			"": func(t *rapid.T) {
				seen := map[string]bool{}
				for _, b := range d.Bindings(aliceID) {
					if seen[b.Contact] || !c.Now().Before(b.Expires) {
						t.Fatalf("%+v at %s among %v", b, c.Now(), seen)
					}
					seen[b.Contact] = true
				}
				if len(seen) > MaxBindings {
					t.Fatalf("%d bindings", len(seen))
				}
			},
		})
	})
}

func TestPhonesRegisterWhileCallsAreResolved(t *testing.T) {
	d := New(Config{ResourceID: resource, Users: []User{alice, bob}, Trunks: []Trunk{carrier}}, time.Now)
	var workers sync.WaitGroup
	for i := range 4 {
		workers.Go(func() {
			for n := range 100 {
				d.Register(aliceID, Registration{CallID: fmt.Sprint(i), CSeq: uint32(n), Flow: phone, Contacts: []Contact{{fmt.Sprintf("sip:%d@192.0.2.1", i), 1000, time.Hour}}})
				d.Resolve(ByUser(bob), d.Address(aliceID))
				d.FlowLost(phone)
				if release, err := d.Take("carrier"); err == nil {
					release()
				}
			}
		})
	}
	workers.Wait()
	if n := d.InUse("carrier"); n != 0 {
		t.Errorf("%d calls still count", n)
	}
}

func mustRegister(t *testing.T, d *Directory, reg Registration) []Binding {
	t.Helper()
	bindings, err := d.Register(aliceID, reg)
	if err != nil {
		t.Fatal(err)
	}
	return bindings
}

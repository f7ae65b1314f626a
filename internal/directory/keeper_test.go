package directory

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var somebody = User{Name: "alice", ID: "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01", Password: "wonder"}

// keeping opens a directory of one user with its keeper. stop is a crash that
// leaves the disk as it is.
func keeping(t *testing.T, path string) (d *Directory, stop func()) {
	t.Helper()
	d = New(Config{ResourceID: "r", Users: []User{somebody}}, time.Now)
	k, err := OpenKeeper(d, path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = k.Run(ctx) })
	return d, func() { cancel(); wg.Wait() }
}

func bind(t *testing.T, d *Directory, transport string, contacts ...Contact) {
	t.Helper()
	flow := Flow{Transport: transport, Local: netip.MustParseAddrPort("192.0.2.1:5060"), Remote: netip.MustParseAddrPort("198.51.100.7:4242")}
	if _, err := d.Register(somebody.ID, Registration{CallID: fmt.Sprint(time.Now().UnixNano()), CSeq: 1, Flow: flow, Contacts: contacts}); err != nil {
		t.Fatal(err)
	}
}

func TestAPhoneIsReachedAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registrations")
	d, stop := keeping(t, path)
	bind(t, d, "udp", Contact{URI: "sip:a@10.0.0.1", Q: 700, Expires: time.Hour}, Contact{URI: "sip:b@10.0.0.1", Q: 1000, Expires: time.Hour})
	bind(t, d, "tcp", Contact{URI: "sip:c@10.0.0.1;transport=tcp", Q: 1000, Expires: time.Hour})
	bind(t, d, "udp", Contact{URI: "sip:a@10.0.0.1", Q: 700, Expires: 0})
	bind(t, d, "udp", Contact{URI: "sip:d@10.0.0.1", Q: 500, Expires: time.Hour})
	before := d.Bindings(somebody.ID)
	stop()
	for range 2 { // and after another one, before which nothing has changed
		d, stop = keeping(t, path)
		after := d.Bindings(somebody.ID)
		if len(after) != 2 || after[0].Contact != "sip:b@10.0.0.1" || after[1].Contact != "sip:d@10.0.0.1" {
			t.Fatalf("bound is %+v", after)
		}
		if b, a := before[1], after[0]; a.Flow != b.Flow || !a.Expires.Equal(b.Expires) || a.CallID != b.CallID || a.CSeq != b.CSeq {
			t.Errorf("%+v has become %+v", b, a)
		}
		stop()
	}
}

func TestWhatIsOverOrWhoseUserIsGoneIsNotTakenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "registrations")
		d, stop := keeping(t, path)
		bind(t, d, "udp", Contact{URI: "sip:a@10.0.0.1", Expires: time.Hour})
		stop()
		others := New(Config{ResourceID: "r"}, time.Now)
		if _, err := OpenKeeper(others, path, slog.New(slog.DiscardHandler)); err != nil || others.Registered() != 0 {
			t.Errorf("%d are registered: %v", others.Registered(), err)
		}
		time.Sleep(time.Hour)
		d, stop = keeping(t, path)
		defer stop()
		if b := d.Bindings(somebody.ID); len(b) != 0 {
			t.Errorf("bound is %+v", b)
		}
	})
}

func TestATornLineCostsNothingButItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registrations")
	d, stop := keeping(t, path)
	bind(t, d, "udp", Contact{URI: "sip:a@10.0.0.1", Expires: time.Hour})
	stop()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(f, "\n{\"User\":%q,\"Bindings\":[{\"Cont", somebody.ID)
	f.Close()
	d, stop = keeping(t, path)
	bind(t, d, "udp", Contact{URI: "sip:b@10.0.0.1", Expires: time.Hour})
	stop()
	d, stop = keeping(t, path)
	defer stop()
	if b := d.Bindings(somebody.ID); len(b) != 2 {
		t.Errorf("bound is %+v", b)
	}
}

func TestTheFileOfRegistrationsIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "registrations")
		d, stop := keeping(t, path)
		defer stop()
		long := strings.Repeat("x", 900)
		for n := range 3000 { // 2.7 MB
			bind(t, d, "udp", Contact{URI: fmt.Sprintf("sip:%d%s@10.0.0.1", n%2, long), Expires: time.Hour})
			time.Sleep(time.Millisecond)
			synctest.Wait()
		}
		if info, err := os.Stat(path); err != nil || info.Size() > 2*keptGrowth {
			t.Errorf("it has %d bytes: %v", info.Size(), err)
		}
	})
}

func TestADiskThatFailsIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "later")
		path := filepath.Join(dir, "registrations")
		d, stop := keeping(t, path)
		bind(t, d, "udp", Contact{URI: "sip:a@10.0.0.1", Expires: time.Hour})
		synctest.Wait()
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * keptRetry)
		synctest.Wait()
		stop()
		d, stop = keeping(t, path)
		defer stop()
		if b := d.Bindings(somebody.ID); len(b) != 1 {
			t.Errorf("bound is %+v", b)
		}
	})
}

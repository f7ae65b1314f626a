package directory

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	// keptLine bounds what is kept of one user, in bytes.
	keptLine = 64 << 10
	// keptGrowth is by how much the file may outgrow what it has to say before it is
	// written anew.
	keptGrowth = 1 << 20
	// keptRetry is how long a disk that failed is left alone.
	keptRetry = time.Second
)

// Keeper writes registrations down as they change, so that phones are reached
// after a restart before they register again. Each line of its file is one user
// with all bindings; the last one counts. Nothing waits for the disk, and nothing
// is flushed to it: a power cut may take the newest.
//
// Only UDP bindings are kept. A connection dies with its process, and the phone
// behind it notices and registers again.
type Keeper struct {
	of      *Registrations
	path    string
	log     *slog.Logger
	written int // bytes in the file
	needed  int // of them, when it was written anew
}

type kept struct {
	User     string
	Bindings []keptBinding
}

type keptBinding struct {
	Contact   string
	Local     netip.AddrPort
	Remote    netip.AddrPort
	Q         int
	Expires   time.Time
	CallID    string
	CSeq      uint32
	UserAgent string
	Refreshed time.Time
}

// OpenKeeper takes up the registrations of d's users in a file, which need not be
// there yet. A line that cannot be read is passed over.
func OpenKeeper(d *Directory, path string, log *slog.Logger) (*Keeper, error) {
	k := &Keeper{of: d.Registrations, path: path, log: log}
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read registrations: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(content))
	lines.Buffer(nil, keptLine)
	for lines.Scan() {
		var one kept
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			continue
		}
		if u, known := d.withID(one.User); known {
			k.of.restore(one.since(u.Since))
		}
	}
	k.of.mu.Lock()
	k.of.changed, k.of.wake = map[string]bool{}, make(chan struct{}, 1)
	k.of.mu.Unlock()
	return k, nil
}

// Run writes until ctx is done, and then what is left.
func (k *Keeper) Run(ctx context.Context) error {
	k.rewrite() // else what there is grows on
	for {
		select {
		case <-ctx.Done():
			k.write()
			return nil
		case <-k.of.wake:
		}
		if k.write() {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(keptRetry):
			k.of.stir()
		}
	}
}

// write appends what has changed. What could not be written stays changed.
func (k *Keeper) write() bool {
	users := k.of.taken()
	if len(users) == 0 {
		return true
	}
	if k.written > k.needed+keptGrowth {
		return k.rewrite()
	}
	text := k.lines(users)
	err := appendTo(k.path, text)
	if err != nil {
		k.of.put(users)
		k.log.Warn("registrations cannot be written down", "error", err)
		return false
	}
	k.written += len(text)
	return true
}

// rewrite makes the file anew, without what is over.
func (k *Keeper) rewrite() bool {
	changed, text := k.of.taken(), k.lines(k.of.everybody())
	if err := replace(k.path, text); err != nil {
		k.of.put(changed)
		k.log.Warn("registrations cannot be written down", "error", err)
		return false
	}
	k.written, k.needed = len(text), len(text)
	return true
}

func (k *Keeper) lines(users []string) []byte {
	var text bytes.Buffer
	for _, user := range users {
		line, err := json.Marshal(keep(user, k.of.Bindings(user)))
		if err != nil || len(line) >= keptLine {
			k.log.Warn("a registration is too large to be written down", "user", user, "bytes", len(line))
			continue
		}
		text.Write(append(line, '\n'))
	}
	return text.Bytes()
}

func keep(user string, bindings []Binding) kept {
	k := kept{User: user}
	for _, b := range bindings {
		if b.Flow.Transport == "udp" {
			k.Bindings = append(k.Bindings, keptBinding{
				Contact: b.Contact, Local: b.Flow.Local, Remote: b.Flow.Remote, Q: b.Q, Expires: b.Expires,
				CallID: b.CallID, CSeq: b.CSeq, UserAgent: b.UserAgent, Refreshed: b.refreshed,
			})
		}
	}
	return k
}

// appendTo begins with an end of line: the last one may be torn.
func appendTo(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append([]byte{'\n'}, text...))
	return errors.Join(err, f.Close())
}

func replace(path string, text []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(path), ".new-*") // CreateTemp makes files 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.Write(text)
	if err = errors.Join(err, draft.Close()); err != nil {
		return err
	}
	return os.Rename(draft.Name(), path)
}

// since leaves out what was void already when it was written down, or has become so
// since: the file is behind the facts.
func (k kept) since(at time.Time) kept {
	k.Bindings = slices.DeleteFunc(k.Bindings, func(b keptBinding) bool { return b.Refreshed.Before(at) })
	return k
}

// restore takes up a user's bindings, those that are over too: nobody sees them.
func (r *Registrations) restore(one kept) {
	bindings := map[string]Binding{}
	for _, b := range one.Bindings[:min(len(one.Bindings), MaxBindings)] {
		key, err := canonical(b.Contact)
		if err != nil {
			continue
		}
		bindings[key] = Binding{
			Contact: b.Contact, Flow: Flow{Transport: "udp", Local: b.Local, Remote: b.Remote}, Q: b.Q, Expires: b.Expires,
			CallID: b.CallID, CSeq: b.CSeq, UserAgent: b.UserAgent, refreshed: b.Refreshed,
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.users[one.User] = bindings
}

// change notes for the keeper, if there is one, that a user's bindings have
// changed. The mutex is held.
func (r *Registrations) change(user string) {
	if r.changed != nil {
		r.changed[user] = true
		r.ring()
	}
}

func (r *Registrations) ring() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// stir has the keeper look again.
func (r *Registrations) stir() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ring()
}

func (r *Registrations) put(users []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, user := range users {
		r.changed[user] = true
	}
}

func (r *Registrations) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var users []string
	for user := range r.changed {
		users = append(users, user)
	}
	clear(r.changed)
	slices.Sort(users)
	return users
}

func (r *Registrations) everybody() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var users []string
	for user, bindings := range r.users {
		if len(bindings) > 0 {
			users = append(users, user)
		}
	}
	slices.Sort(users)
	return users
}

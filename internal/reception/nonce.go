package reception

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math"
	"net/netip"
	"sync"
	"time"
)

// How long a nonce is good for, and how many are remembered.
const (
	nonceLife  = 5 * time.Minute
	noncesMost = 8192
)

// spent is the count of a nonce that is good for nothing more.
const spent = math.MaxInt

// nonces makes nonces and knows them again. Each carries the address that asked
// for it, its time, and a seal, so challenges cost no memory and only who gets
// what is sent there has one. What is remembered is bounded: the last count of
// nonces that were used.
type nonces struct {
	now func() time.Time
	key [32]byte

	mu     sync.Mutex
	counts map[string]nonceUse
}

type nonceUse struct {
	count   int
	expires time.Time
}

// issued is what a nonce of ours says.
type issued struct {
	to      netip.Addr
	expires time.Time
}

func newNonces(now func() time.Time) *nonces {
	n := &nonces{now: now, counts: map[string]nonceUse{}}
	rand.Read(n.key[:]) // never fails: crypto/rand ends the program instead
	return n
}

// A nonce is 8 bytes of time, 8 of chance, the address, and their seal.
const (
	nonceHead = 16
	nonceSeal = 16
)

// issue makes a nonce for who asks from an address.
func (n *nonces) issue(to netip.Addr) string {
	b := make([]byte, nonceHead, 64)
	binary.BigEndian.PutUint64(b[:8], uint64(n.now().UnixNano()))
	rand.Read(b[8:])
	b = append(b, to.Unmap().AsSlice()...)
	return base64.RawURLEncoding.EncodeToString(append(b, n.seal(b)...))
}

func (n *nonces) seal(b []byte) []byte {
	mac := hmac.New(sha256.New, n.key[:])
	mac.Write(b)
	return mac.Sum(nil)[:nonceSeal]
}

// read reports whether a nonce is ours and young. It costs no memory.
func (n *nonces) read(nonce string) (issued, bool) {
	if len(nonce) > 96 {
		return issued{}, false
	}
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) < nonceHead+nonceSeal {
		return issued{}, false
	}
	said, seal := b[:len(b)-nonceSeal], b[len(b)-nonceSeal:]
	if !hmac.Equal(seal, n.seal(said)) {
		return issued{}, false
	}
	to, _ := netip.AddrFromSlice(said[nonceHead:])
	i := issued{to: to, expires: time.Unix(0, int64(binary.BigEndian.Uint64(said[:8]))).Add(nonceLife)}
	return i, n.now().Before(i.expires)
}

// unused reports whether a nonce was not used with this count yet. Without qop
// there is no count, and it is good once.
func (n *nonces) unused(nonce string, count int) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	last, used := n.counts[nonce]
	return !used || count > last.count
}

// use remembers that a nonce of ours was used with a count, and reports whether
// that was new.
func (n *nonces) use(nonce string, count int) bool {
	i, _ := n.read(nonce)
	now := n.now()
	n.mu.Lock()
	defer n.mu.Unlock()
	last, used := n.counts[nonce]
	if used && count <= last.count {
		return false
	}
	if !used {
		makeRoom(n.counts, noncesMost, func(u nonceUse) bool { return !now.Before(u.expires) })
	}
	n.counts[nonce] = nonceUse{count, i.expires}
	return true
}

// carried reports whether a packet from an address has a nonce that was issued
// there and is good for something still. It looks at the first few only.
func (n *nonces) carried(packet []byte, from netip.Addr) bool {
	for range 4 {
		_, after, found := bytes.Cut(packet, []byte(`nonce="`)) // a cnonce ends so too
		if !found {
			return false
		}
		packet = after
		nonce, _, _ := bytes.Cut(after[:min(len(after), 97)], []byte(`"`))
		if i, ok := n.read(string(nonce)); ok && i.to == from.Unmap() && n.unused(string(nonce), spent-1) {
			return true
		}
	}
	return false
}

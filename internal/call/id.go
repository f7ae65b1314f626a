package call

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// ID names a call: a lower-case GUID. It is also the call's correlationId.
type ID string

// ConnectionID names one application's seat in a call (callConnectionId): a
// lower-case GUID that begins with the Key of its call.
type ConnectionID string

// LegID names the signalling and media toward one participant: the call's ID,
// a slash and a number that is never used twice in a call.
type LegID string

// OperationID numbers the media operations of one call.
type OperationID int

// TimerID numbers the timers of one call; an ID is never used again, so a
// timer that fires late finds no owner and is ignored.
type TimerID int

// IncomingID numbers the incoming calls that one call is to applications.
type IncomingID int

// Key is what the identifiers of a call and of all its connections share:
// their first 16 hexadecimal digits. Whoever holds any of them can find the
// call's owner and its journal without an index.
type Key string

const keyDigits = 16

// NewID makes a call's ID from 16 bytes, random or derived.
func NewID(seed [16]byte) ID {
	return ID(guid(seed))
}

// NewConnectionID makes the ID of a connection in the call that k belongs to.
func NewConnectionID(k Key, seed [8]byte) (ConnectionID, error) {
	var b [16]byte
	if n, err := hex.Decode(b[:8], []byte(k)); err != nil || n != 8 {
		return "", fmt.Errorf("call: %q is not a key", string(k))
	}
	copy(b[8:], seed[:])
	return ConnectionID(guid(b)), nil
}

// NewLegID makes the ID of the n-th leg of a call.
func NewLegID(id ID, n int) LegID { return LegID(fmt.Sprintf("%s/%d", id, n)) }

// Number is which leg of its call it is, or 0 when l is no leg's name.
func (l LegID) Number() int {
	_, number, _ := strings.Cut(string(l), "/")
	n, _ := strconv.Atoi(number)
	return n
}

// ParticipantID is the participantId of who is reached over the leg: the ID of the
// call, with the leg's number in place of its last eight digits.
func (l LegID) ParticipantID() string {
	id := string(l.Call())
	if !isGUID(id) {
		return ""
	}
	return fmt.Sprintf("%s%08x", id[:len(id)-8], l.Number())
}

// participantID is the participantId of the application that has the seat: a GUID of the
// call's Key, from which nobody learns the seat's own.
func (c ConnectionID) participantID() string {
	sum := sha256.Sum256([]byte("strowger participant of " + c))
	id, err := NewConnectionID(c.Key(), [8]byte(sum[:8]))
	if err != nil {
		return ""
	}
	return string(id)
}

// Call is the call that the leg belongs to.
func (l LegID) Call() ID {
	id, _, _ := strings.Cut(string(l), "/")
	return ID(id)
}

// Key is the call's key.
func (id ID) Key() Key { return key(string(id)) }

// Key is the key of the connection's call, or empty when c is no GUID.
func (c ConnectionID) Key() Key { return key(string(c)) }

// guid formats 16 bytes as an RFC 9562 version 4 GUID.
func guid(b [16]byte) string {
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func key(guid string) Key {
	if !isGUID(guid) {
		return ""
	}
	return Key(strings.ReplaceAll(guid, "-", "")[:keyDigits])
}

func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, r := range s {
		switch i {
		case 8, 13, 18, 23:
			if r != '-' {
				return false
			}
		default:
			if !strings.ContainsRune("0123456789abcdef", r) {
				return false
			}
		}
	}
	return true
}

// conversation is what a serverCallId holds in front of the call's ID. The
// cloud's serverCallIds are base64 of a URL; applications treat them as opaque.
const conversation = "https://conv.strowger.invalid/conv/"

// ServerCall is the call that a serverCallId names; ok is false when it names none
// of this server's.
func ServerCall(serverCallID string) (id ID, ok bool) {
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(serverCallID, "="))
	if err != nil {
		return "", false
	}
	guid, ok := strings.CutPrefix(string(text), conversation)
	return ID(guid), ok && isGUID(guid)
}

// GroupKey is the key of the call that the clients of a group call share. It is
// made of the group's ID, a GUID in any case of letters, so that nothing has to
// remember which call that is.
func GroupKey(group string) (k Key, ok bool) {
	group = strings.ToLower(group)
	if !isGUID(group) {
		return "", false
	}
	sum := sha256.Sum256([]byte("strowger group call " + group))
	return NewID([16]byte(sum[:16])).Key(), true
}

// groupCallID is the ID of the call that a seat opens for a group. It is a new one
// each time, with the key of the group: what a group has said and recorded before is
// another call's.
func groupCallID(first ConnectionID) ID {
	sum := sha256.Sum256([]byte("strowger call opened by " + first))
	id, err := NewConnectionID(first.Key(), [8]byte(sum[:8]))
	if err != nil {
		panic("call: " + err.Error()) // a seat's ID is always a GUID
	}
	return ID(id)
}

// ServerCallID is the serverCallId: the name of the call to everyone. It is
// safe in a URL path and in a SIP header.
func (id ID) ServerCallID() string {
	return base64.RawURLEncoding.EncodeToString([]byte(conversation + string(id)))
}

package message

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// field is a header field that is read further than its name.
type field int

// The fields that a message must have come first.
const (
	via field = iota
	from
	to
	callID
	cseq
	contact
	route
	recordRoute
	contentType
	contentLength
	fields
)

var fieldNames = [fields]string{
	"Via", "From", "To", "Call-ID", "CSeq", "Contact", "Route", "Record-Route", "Content-Type", "Content-Length",
}

func (f field) String() string { return fieldNames[f] }

// byName finds a field by its name in lower case, or by its compact name (RFC
// 3261 7.3.3).
var byName = map[string]field{
	"via": via, "v": via, "from": from, "f": from, "to": to, "t": to, "call-id": callID, "i": callID, "cseq": cseq,
	"contact": contact, "m": contact, "route": route, "record-route": recordRoute,
	"content-type": contentType, "c": contentType, "content-length": contentLength, "l": contentLength,
}

// longNames are those of the other compact names (IANA's registry).
var longNames = map[byte]string{
	'a': "Accept-Contact", 'b': "Referred-By", 'd': "Request-Disposition", 'e': "Content-Encoding", 'j': "Reject-Contact",
	'k': "Supported", 'n': "Identity-Info", 'o': "Event", 'r': "Refer-To", 's': "Subject", 'u': "Allow-Events",
	'x': "Session-Expires", 'y': "Identity",
}

func (r *reader) headerLine(line string) {
	name, value, ok := strings.Cut(line, ":")
	name, value = strings.TrimRight(name, " \t"), trim(value)
	if !ok || !isToken(name) {
		r.fail(faultf("%s is no header field", shown(line)))
		return
	}
	f, known := lookUp(name)
	if !known {
		if len(name) == 1 {
			if long, compact := longNames[name[0]|0x20]; compact {
				name = long
			}
		}
		r.msg.AppendHeader(sip.NewHeader(name, value))
		return
	}
	if r.counts[f]++; r.counts[f] > 1 && f.single() {
		// The first one counts: it is what the response copies.
		r.broken(f, errorf("there is more than one"))
		return
	}
	if err := r.value(f, value); err != nil {
		r.broken(f, err)
	}
}

// lookUp finds a field without regard to case, and without allocating.
func lookUp(name string) (field, bool) {
	var lower [16]byte
	if len(name) > len(lower) {
		return 0, false
	}
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		lower[i] = c
	}
	f, known := byName[string(lower[:len(name)])]
	return f, known
}

func (f field) single() bool {
	switch f {
	case from, to, callID, cseq, contentType, contentLength:
		return true
	}
	return false
}

// broken is a field that cannot be read. A response goes on without it, unless
// its request is found by it.
func (r *reader) broken(f field, err error) {
	if r.request == nil && f > cseq && f != contentLength {
		return
	}
	r.fail(faultf("%s: %v", f, err))
}

// value reads a field and adds it to the message.
func (r *reader) value(f field, s string) error {
	switch f {
	case via:
		return r.vias(s)
	case from:
		h := &sip.FromHeader{}
		return r.add(h, readOne(s, &h.DisplayName, &h.Address, &h.Params))
	case to:
		h := &sip.ToHeader{}
		return r.add(h, readOne(s, &h.DisplayName, &h.Address, &h.Params))
	case callID:
		h := sip.CallIDHeader(s)
		return r.add(&h, notEmpty(s))
	case cseq:
		h := &sip.CSeqHeader{}
		return r.add(h, readCSeq(s, h))
	case contact:
		return r.contacts(s)
	case route, recordRoute:
		return r.routes(f, s)
	case contentType:
		h := sip.ContentTypeHeader(s)
		return r.add(&h, notEmpty(s))
	default:
		return r.contentLength(s)
	}
}

func (r *reader) add(h sip.Header, err error) error {
	if err == nil {
		r.msg.AppendHeader(h)
	}
	return err
}

func (r *reader) vias(s string) error {
	for more := true; more; {
		h := &sip.ViaHeader{}
		var err error
		s, more, err = readVia(s, h)
		if err = r.add(h, err); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) contacts(s string) error {
	if s == "*" {
		r.msg.AppendHeader(&sip.ContactHeader{Address: sip.Uri{Host: "*", Wildcard: true}})
		return nil
	}
	for more := true; more; {
		h := &sip.ContactHeader{}
		var err error
		s, more, err = readAddress(s, &h.DisplayName, &h.Address, &h.Params)
		if err = r.add(h, err); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) routes(f field, s string) error {
	for more := true; more; {
		var uri sip.Uri
		var name string
		var params sip.HeaderParams
		var err error
		if s, more, err = readAddress(s, &name, &uri, &params); err != nil {
			return err
		}
		if f == route {
			r.msg.AppendHeader(&sip.RouteHeader{Address: uri})
		} else {
			r.msg.AppendHeader(&sip.RecordRouteHeader{Address: uri})
		}
	}
	return nil
}

func (r *reader) contentLength(s string) error {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		r.length = -1
		return errorf("%s is no number of bytes", shown(s))
	}
	r.length = int(n)
	h := sip.ContentLengthHeader(n)
	return r.add(&h, nil)
}

func notEmpty(s string) error {
	if s == "" {
		return errorf("it is empty")
	}
	return nil
}

// readCSeq reads a number and a method (RFC 3261 20.16). The number is below 2³¹
// (8.1.1.5).
func readCSeq(s string, h *sip.CSeqHeader) error {
	end := strings.IndexAny(s, " \t")
	if end < 0 {
		return errorf("%s is no number and method", shown(s))
	}
	n, err := strconv.ParseUint(s[:end], 10, 31)
	if err != nil {
		return errorf("%s is no number below 2³¹", shown(s[:end]))
	}
	method := trim(s[end:])
	if !isToken(method) {
		return errorf("%s is no method", shown(method))
	}
	h.SeqNo, h.MethodName = uint32(n), sip.RequestMethod(method)
	return nil
}

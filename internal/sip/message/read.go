package message

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// reader reads the head of one message: start line and header fields. It goes on
// after a fault, so that the request can be answered by what else there is.
type reader struct {
	msg     sip.Message
	request *sip.Request // msg, when it is one
	fault   *Fault       // the first
	length  int          // Content-Length
	counts  [fields]int  // how often each field is there
}

// read takes a head that ends with its empty line, or where the message ends. A
// mistake in the reading, sipgo's of URIs included, costs no more than the message
// that found it.
func read(head string) (r reader) {
	defer func() {
		if mistake := recover(); mistake != nil {
			r.fail(unframed("reading it failed: %v", mistake))
		}
	}()
	line, rest := cutLine(head)
	if !r.startLine(strings.TrimRight(line, " \t")) {
		return r
	}
	for rest != "" {
		if line, rest = cutField(rest); line == "" {
			break
		}
		r.headerLine(line)
	}
	r.complete()
	return r
}

// result is the message, or the fault with what there is of a request.
func (r *reader) result() (sip.Message, error) {
	switch {
	case r.fault == nil:
		return r.msg, nil
	case r.request == nil:
		return nil, r.fault
	}
	return r.request, r.fault
}

func (r *reader) fail(f *Fault) {
	if r.fault == nil {
		r.fault = f
	}
}

// bodyLength is what Content-Length says, if it can be understood.
func (r *reader) bodyLength() (length int, known bool) {
	return r.length, r.counts[contentLength] > 0 && r.length >= 0
}

// cutLine takes a line without its end, which is CRLF; LF alone is seen too.
func cutLine(s string) (line, rest string) {
	line, rest, _ = strings.Cut(s, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

// cutField takes a header field with all its lines: one that begins with a blank
// continues the one before, and is read as if there were only the blank (RFC
// 3261 7.3.1).
func cutField(s string) (field, rest string) {
	field, rest = cutLine(s)
	if field == "" || rest == "" || !isBlank(rest[0]) {
		return field, rest
	}
	var all strings.Builder
	all.WriteString(strings.TrimRight(field, " \t"))
	for rest != "" && isBlank(rest[0]) {
		var more string
		more, rest = cutLine(rest)
		if more = trim(more); more != "" {
			all.WriteByte(' ')
			all.WriteString(more)
		}
	}
	return all.String(), rest
}

// startLine reads a request line or status line (RFC 3261 7.1, 7.2). It reports
// false when the message is not SIP at all.
func (r *reader) startLine(line string) bool {
	first, rest, _ := strings.Cut(line, " ")
	if isVersion(first) {
		r.statusLine(first, rest)
		return r.msg != nil
	}
	last := strings.LastIndexByte(line, ' ')
	if last <= len(first) || !isVersion(line[last+1:]) {
		r.fail(faultf("the first line is not SIP: %s", shown(line)))
		return false
	}
	// One blank each is what the grammar has; RFC 4475 3.1.2.9 lets us see more.
	uri := trim(line[len(first):last])
	r.request = sip.NewRequest(sip.RequestMethod(first), sip.Uri{})
	r.request.SipVersion = line[last+1:]
	r.msg = r.request
	switch err := readURI(uri, &r.request.Recipient); {
	case !isToken(first):
		r.fail(faultf("the method %s is no token", shown(first)))
	case strings.HasPrefix(uri, "<"):
		r.fail(faultf("the Request-URI stands in angle brackets"))
	case err != nil:
		r.fail(faultf("the Request-URI: %v", err))
	case r.request.Recipient.Wildcard:
		r.fail(faultf(`the Request-URI is "*"`))
	case len(r.request.Recipient.Headers) > 0: // RFC 3261 19.1.1, table 1
		r.fail(faultf("the Request-URI has header fields in it"))
	}
	return true
}

func (r *reader) statusLine(version, rest string) {
	code, phrase, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	status, err := strconv.ParseUint(code, 10, 16)
	if err != nil || len(code) != 3 || status < 100 || status > 699 {
		r.fail(faultf("%s is no status code", shown(code)))
		return
	}
	res := sip.NewResponse(int(status), phrase)
	res.SipVersion = version
	r.msg = res
}

func isVersion(s string) bool {
	const name = "SIP/"
	return len(s) > len(name) && strings.EqualFold(s[:len(name)], name)
}

// complete sees to what every message must have (RFC 3261 8.1.1).
func (r *reader) complete() {
	for f := via; f <= cseq; f++ {
		if r.counts[f] == 0 {
			r.fail(faultf("there is no %s", f))
		}
	}
	if r.fault == nil && r.request != nil && r.request.CSeq().MethodName != r.request.Method {
		r.fail(faultf("CSeq names the method %s, the first line %s", shown(string(r.request.CSeq().MethodName)), shown(string(r.request.Method))))
	}
}

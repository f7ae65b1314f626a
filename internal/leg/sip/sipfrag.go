package sip

import (
	"errors"
	"fmt"
	"mime"
	"strconv"
	"strings"

	"strowger/internal/sip/ua"
)

// report is what a NOTIFY of a referral says (RFC 3515 2.4): the status line of
// the response that the referred side has got last.
type report struct {
	code   int
	phrase string
	id     string // of the subscription: the CSeq of its REFER, empty when it is not said
	over   bool   // no other follows
}

// typeSIPFrag is a part of a SIP message (RFC 3420).
const typeSIPFrag = "message/sipfrag"

// headers and body are the report as a NOTIFY.
func (r report) headers() ua.Headers {
	state := "active;expires=60"
	if r.over {
		state = "terminated;reason=noresource"
	}
	return ua.Headers{
		{Name: "Event", Value: "refer;id=" + r.id}, {Name: "Subscription-State", Value: state},
		{Name: "Content-Type", Value: typeSIPFrag + ";version=2.0"},
	}
}

func (r report) body() []byte { return fmt.Appendf(nil, "SIP/2.0 %d %s\r\n", r.code, r.phrase) }

var errOtherEvent = errors.New("it is of another event package")

// readReport reads a NOTIFY. One that ends the subscription may have no body.
func readReport(m ua.Message) (report, error) {
	event, params, _ := strings.Cut(m.Headers.Get("Event"), ";")
	if !strings.EqualFold(strings.TrimSpace(event), "refer") {
		return report{}, errOtherEvent
	}
	var r report
	for param := range strings.SplitSeq(params, ";") {
		if name, value, _ := strings.Cut(param, "="); strings.EqualFold(strings.TrimSpace(name), "id") {
			r.id = strings.TrimSpace(value)
		}
	}
	state, _, _ := strings.Cut(m.Headers.Get("Subscription-State"), ";")
	r.over = strings.EqualFold(strings.TrimSpace(state), "terminated")
	if len(m.Body) == 0 && r.over {
		return r, nil
	}
	kind, _, _ := mime.ParseMediaType(m.Headers.Get("Content-Type"))
	if kind != typeSIPFrag {
		return report{}, fmt.Errorf("its body is %q in place of %s", kind, typeSIPFrag)
	}
	err := r.readStatus(string(m.Body))
	return r, err
}

func (r *report) readStatus(body string) error {
	line, _, _ := strings.Cut(strings.TrimLeft(body, "\r\n "), "\n")
	rest, ok := strings.CutPrefix(strings.ToUpper(line), "SIP/2.0 ")
	code, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.Atoi(code)
	if !ok || err != nil || n < 100 || n > 699 {
		return errors.New("its body begins with no status line")
	}
	r.code = n
	_, phrase, _ := strings.Cut(line[len("SIP/2.0 "):], " ")
	r.phrase = strings.TrimSpace(phrase)
	return nil
}

package sip

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"strowger/internal/directory"
	"strowger/internal/sip/ua"
)

// register is the registrar (RFC 3261 10.3): a user who has proven who they are
// says where they can be reached.
func (r reception) register(req *ua.Request) {
	who, no := r.identify(req.Message, "REGISTER")
	switch {
	case no != nil:
	case who.user == nil:
		// A trunk's source has no account to register for.
		no = r.challenge(req.Message, false)
	case !r.owns(*who.user, req.To.URI):
		no = &answer{code: 403, phrase: "not your address"}
	}
	if no != nil {
		req.Respond(no.code, no.phrase, no.headers, nil)
		return
	}
	reg, err := registrationOf(req)
	if err == nil {
		reg.Flow.Local = r.x.ua.Addr(req.Transport)
		var bindings []directory.Binding
		if bindings, err = r.x.cfg.Directory.Register(who.user.ID, reg); err == nil {
			r.x.log.Info("registered", "user", who.user.Name, "source", req.Source.String(), "places", len(bindings))
			req.Respond(200, "", r.bindings(bindings), nil)
			return
		}
	}
	no = registerRefusal(err)
	r.x.log.Info("registration refused", "user", who.user.Name, "source", req.Source.String(), "error", err)
	req.Respond(no.code, no.phrase, no.headers, nil)
}

// owns reports whether an address of record is the user's own.
func (r reception) owns(u directory.User, uri string) bool {
	p, ok := placeOf(uri)
	if !ok || !r.x.ours(p.host) {
		return false
	}
	to, err := r.x.cfg.Directory.Dialled(p.user)
	return err == nil && to == r.x.cfg.Directory.Address(u.ID)
}

var errWildcard = errors.New(`"Contact: *" needs "Expires: 0" and nothing beside it`)

// registrationOf reads a REGISTER.
func registrationOf(req *ua.Request) (directory.Registration, error) {
	reg := directory.Registration{
		CallID: req.CallID, CSeq: req.CSeq, UserAgent: req.Headers.Get("User-Agent"),
		Flow: directory.Flow{Transport: req.Transport, Remote: req.Source},
	}
	expires := directory.DefaultExpiry
	asked := req.Headers.Get("Expires")
	if asked != "" {
		expires = seconds(asked)
	}
	for _, header := range req.Headers.Values("Contact") {
		for _, value := range list(header) {
			if value == "*" {
				reg.RemoveAll = true
				continue
			}
			c, err := parseContact(value)
			if err != nil {
				return reg, fmt.Errorf("%w: %w", directory.ErrBadContact, err)
			}
			if c.expires < 0 {
				c.expires = expires
			}
			reg.Contacts = append(reg.Contacts, directory.Contact{URI: c.uri, Q: c.q, Expires: c.expires})
		}
	}
	// RFC 3261 10.3, step 6
	if reg.RemoveAll && (len(reg.Contacts) > 0 || asked == "" || expires != 0) {
		return reg, errWildcard
	}
	return reg, nil
}

func registerRefusal(err error) *answer {
	switch {
	case errors.Is(err, directory.ErrTooBrief):
		least := strconv.Itoa(int(directory.MinExpiry / time.Second))
		return &answer{code: 423, headers: ua.Headers{{Name: "Min-Expires", Value: least}}}
	case errors.Is(err, directory.ErrOutOfOrder):
		return &answer{code: 500, phrase: "out of order"}
	case errors.Is(err, directory.ErrTooMany):
		return &answer{code: 403, phrase: "too many contacts"}
	}
	return &answer{code: 400, phrase: "Bad Contact"}
}

// bindings are the Contact headers of a 200: all that are bound, each with the
// time that it has left.
func (r reception) bindings(bindings []directory.Binding) ua.Headers {
	var hs ua.Headers
	for _, b := range bindings {
		left := int(math.Ceil(b.Expires.Sub(r.x.now()).Seconds()))
		hs = append(hs, ua.Header{Name: "Contact", Value: fmt.Sprintf("<%s>;expires=%d", b.Contact, max(left, 0))})
	}
	return append(hs, ua.Header{Name: "Date", Value: r.x.now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")})
}

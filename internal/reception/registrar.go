package reception

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"strowger/internal/directory"
	"strowger/internal/number"
	"strowger/internal/sip/address"
	"strowger/internal/sip/ua"
)

// register is the registrar (RFC 3261 10.3): a user who has proven who they are
// says where they can be reached.
func (r *Reception) register(who visitor, req *ua.Request) {
	var no *refusal
	switch {
	case who.user == nil:
		// A trunk's source has no account to register for.
		no = r.challenge(req.Message, r.guesser(req.Source.Addr(), ""), absent)
		no.Reason = "a trunk has no account to register for; its calls come in without"
	case !r.owns(*who.user, req.To.URI):
		no = &refusal{Refusal: ua.Refusal{Code: 403, Phrase: "not your address", Reason: fmt.Sprintf(
			"user %s registers the address %s, which is not theirs; correct user name and domain in the phone", who.user.Name, req.To.URI)}}
	case !who.pass.MayRegister:
		no = &refusal{Refusal: ua.Refusal{Code: 403, Phrase: "not allowed to register", Reason: fmt.Sprintf(
			"user %s registers with a token that has neither the scope voip nor voip.join; give the phone one that has", who.user.Name)}}
	}
	if no != nil {
		r.refuse(no, req.Message, req.Refuse)
		return
	}
	reg, err := registrationOf(req)
	if err == nil {
		reg.Flow.Local, reg.Until = r.cfg.UA.Addr(req.Transport), who.pass.Expires
		var bindings []directory.Binding
		if bindings, err = r.enter(who, reg); err == nil {
			r.log.Info("registered", "user", who.user.Name, "source", req.Source.String(), "bindings", len(bindings))
			req.Respond(200, "", r.bindings(bindings), nil)
			return
		}
	}
	refused := registerRefusal(err)
	refused.Reason = fmt.Sprintf("user %s cannot be registered: %v; correct the phone's settings", who.user.Name, err)
	req.Refuse(refused)
}

var errRevoked = errors.New("the token has been revoked")

// enter registers a user, unless the pass was taken back in this moment: who takes
// it back after that takes the registration too.
func (r *Reception) enter(who visitor, reg directory.Registration) ([]directory.Binding, error) {
	bindings, err := r.cfg.Directory.Register(who.user.ID, reg)
	if err == nil && who.user.Made && !r.cfg.Directory.Stands(*who.user, who.pass) {
		r.cfg.Directory.Forget(who.user.ID)
		return nil, errRevoked
	}
	return bindings, err
}

// owns reports whether an address of record is the user's own.
func (r *Reception) owns(u directory.User, uri string) bool {
	a, ok := address.Parse(uri)
	if !ok || !r.ours(a.Host) {
		return false
	}
	to, err := r.cfg.Directory.Dialled(number.ITU, directory.SIPName(a.User, a.Password), a.Context)
	return err == nil && to == r.cfg.Directory.Address(u.ID)
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
		expires = address.Seconds(asked)
	}
	for _, header := range req.Headers.Values("Contact") {
		for _, value := range address.List(header) {
			if value == "*" {
				reg.RemoveAll = true
				continue
			}
			c, err := address.ParseContact(value)
			if err != nil {
				return reg, fmt.Errorf("%w: %w", directory.ErrBadContact, err)
			}
			if c.Expires < 0 {
				c.Expires = expires
			}
			reg.Contacts = append(reg.Contacts, directory.Contact{URI: c.URI, Q: c.Q, Expires: c.Expires})
		}
	}
	// RFC 3261 10.3, step 6
	if reg.RemoveAll && (len(reg.Contacts) > 0 || asked == "" || expires != 0) {
		return reg, errWildcard
	}
	return reg, nil
}

func registerRefusal(err error) ua.Refusal {
	switch {
	case errors.Is(err, directory.ErrTooBrief):
		least := strconv.Itoa(int(directory.MinExpiry / time.Second))
		return ua.Refusal{Code: 423, Headers: ua.Headers{{Name: "Min-Expires", Value: least}}}
	case errors.Is(err, directory.ErrOutOfOrder):
		return ua.Refusal{Code: 500, Phrase: "out of order"}
	case errors.Is(err, errRevoked):
		return ua.Refusal{Code: 403, Phrase: "token revoked"}
	case errors.Is(err, directory.ErrTooMany):
		return ua.Refusal{Code: 403, Phrase: "too many contacts"}
	}
	return ua.Refusal{Code: 400, Phrase: "Bad Contact"}
}

// bindings are the Contact headers of a 200: all that are bound, each with the
// time that it has left.
func (r *Reception) bindings(bindings []directory.Binding) ua.Headers {
	var hs ua.Headers
	for _, b := range bindings {
		left := int(math.Ceil(b.Expires.Sub(r.cfg.Now()).Seconds()))
		hs = append(hs, ua.Header{Name: "Contact", Value: fmt.Sprintf("<%s>;expires=%d", b.Contact, max(left, 0))})
	}
	return append(hs, ua.Header{Name: "Date", Value: r.cfg.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")})
}

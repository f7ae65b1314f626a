package siptest

import "strowger/internal/sip/ua"

// observer writes down what the user agent tells a call.
type observer struct{ events chan<- Event }

func (o observer) Progress(code int, body []byte, d ua.Dialog) {
	o.events <- Event{What: Progress, Code: code, SDP: body, Dialog: d}
}

func (o observer) Answered(body []byte, d ua.Dialog) {
	o.events <- Event{What: Answered, SDP: body, Dialog: d}
}

func (o observer) Offer(offer *ua.Offer) {
	o.events <- Event{What: Offered, SDP: offer.SDP, Offer: offer}
}

func (o observer) Reinvited(code int, body []byte, d ua.Dialog) {
	o.events <- Event{What: Reinvited, Code: code, SDP: body, Dialog: d}
}

func (o observer) Failed(c ua.Cause) { o.events <- Event{What: Failed, Code: c.Code, Cause: c} }
func (o observer) Ended(c ua.Cause)  { o.events <- Event{What: Ended, Code: c.Code, Cause: c} }

// inDialog are the methods that a call takes as Asked events.
var inDialog = []string{"REFER", "NOTIFY"}

// Request is what comes inside the dialog (ua.RequestObserver). A NOTIFY is
// answered; a REFER waits for the test.
func (o observer) Request(r *ua.Request) {
	if r.Method != "REFER" {
		r.Respond(200, "", nil, nil)
	}
	o.events <- Event{What: Asked, Request: r}
}

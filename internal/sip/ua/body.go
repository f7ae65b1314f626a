package ua

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Bounds of what is looked at in a multipart body.
const (
	partsMost  = 16
	depthsMost = 3
)

// sessionDescription is the SDP of a message (RFC 3261 8.2.3, 13.2.1), alone or
// among the parts of a multipart (RFC 5621); nil when there is none. The error is
// why a request with this body cannot be served.
func sessionDescription(msg sip.Message) ([]byte, error) {
	if len(msg.Body()) == 0 {
		return nil, nil
	}
	for _, h := range msg.GetHeaders("Content-Encoding") {
		if v := strings.TrimSpace(h.Value()); !strings.EqualFold(v, "identity") {
			return nil, fmt.Errorf("its body is encoded as %q", oneLine(v))
		}
	}
	kind := valueOf(msg, "Content-Type")
	if kind == "" {
		return nil, errors.New("it does not say what its body is")
	}
	return describedIn(kind, msg.Body(), depthsMost)
}

func describedIn(contentType string, body []byte, depth int) ([]byte, error) {
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	switch {
	case kind == "application/sdp":
		return body, nil
	case !strings.HasPrefix(kind, "multipart/"):
		return nil, fmt.Errorf("its body is %q", oneLine(kind))
	case depth == 0:
		return nil, errors.New("its body is a multipart in too many others")
	}
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || params["boundary"] == "" {
		return nil, errors.New("its body is a multipart without a boundary")
	}
	return describedAmong(multipart.NewReader(bytes.NewReader(body), params["boundary"]), depth-1)
}

// describedAmong finds the SDP among parts. The others may be left alone, unless
// they say that they must not (RFC 5621 8.3): what carriers put beside it, ISUP and
// locations, means nothing to us.
func describedAmong(parts *multipart.Reader, depth int) (found []byte, err error) {
	err = errors.New("none of the parts of its body is SDP")
	for range partsMost {
		part, end := parts.NextRawPart()
		if end != nil {
			break
		}
		body, broken := io.ReadAll(part)
		if broken != nil {
			break
		}
		sdp, other := describedIn(part.Header.Get("Content-Type"), body, depth)
		switch {
		case other == nil && found == nil:
			found, err = sdp, nil
		case other != nil && required(part.Header.Get("Content-Disposition")):
			return nil, fmt.Errorf("%w, in a part that it requires to be understood", other)
		}
	}
	return found, err
}

func required(disposition string) bool {
	_, params, err := mime.ParseMediaType(disposition)
	return err == nil && strings.EqualFold(params["handling"], "required")
}

// sdpOf is the session description of a message, nil when there is none that can
// be read.
func sdpOf(msg sip.Message) []byte {
	sdp, err := sessionDescription(msg)
	if err != nil {
		return nil
	}
	return sdp
}

// acceptsSDP reports whether the answer to a request may be SDP (RFC 3261 20.1).
func acceptsSDP(req *sip.Request) bool {
	accepted := valueOf(req, "Accept")
	if accepted == "" {
		return true
	}
	for kind := range strings.SplitSeq(accepted, ",") {
		kind, _, _ = strings.Cut(kind, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "application/sdp", "application/*", "*/*":
			return true
		}
	}
	return false
}

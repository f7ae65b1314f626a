package outbound

import (
	"errors"
	"net/url"
)

// Host is what may be shown of a URL: paths and queries of webhooks and audio
// files carry secrets.
func Host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}

// WithoutURL is what net/http says without the URL that it puts in front, so
// that the error may be shown.
func WithoutURL(err error) error {
	var inURL *url.Error
	if errors.As(err, &inURL) {
		return inURL.Err
	}
	return err
}

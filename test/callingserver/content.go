package callingserver

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// mostRedirects is how often a recording may be somewhere else.
const mostRedirects = 3

// Download writes what is at a contentLocation or metadataLocation, asking for so
// many bytes at a time; for all at once where chunk is 0.
func (c *Client) Download(ctx context.Context, location string, chunk int64, to io.Writer) (written int64, err error) {
	for {
		asked := ""
		if chunk > 0 {
			asked = fmt.Sprintf("bytes=%d-%d", written, written+chunk-1)
		}
		response, part, err := c.content(ctx, http.MethodGet, location, asked)
		if err != nil {
			return written, err
		}
		first, last, size, err := contentRange(response)
		if err != nil {
			return written, err
		}
		if first != written || last-first+1 != int64(len(part)) {
			return written, fmt.Errorf("%q was answered with %d bytes, %s", asked, len(part), response.Header.Get("Content-Range"))
		}
		n, err := to.Write(part)
		if written += int64(n); err != nil || written == size {
			return written, err
		}
		if chunk == 0 {
			return written, fmt.Errorf("%d bytes of %d came", written, size)
		}
	}
}

// Delete deletes the document of which a contentLocation or metadataLocation is a view.
func (c *Client) Delete(ctx context.Context, location string) error {
	document, _, _ := strings.Cut(location, "/content/")
	_, _, err := c.content(ctx, http.MethodDelete, document, "")
	return err
}

// contentRange reads where in the whole an answer belongs. It is there also where no
// range was asked for.
func contentRange(r *http.Response) (first, last, size int64, err error) {
	text := r.Header.Get("Content-Range")
	if _, err := fmt.Sscanf(text, "bytes %d-%d/%d", &first, &last, &size); err != nil {
		return 0, 0, 0, fmt.Errorf("read Content-Range %q: %w", text, err)
	}
	if got := r.Header.Get("Content-Length"); got != strconv.FormatInt(last-first+1, 10) {
		return 0, 0, 0, fmt.Errorf("%s in %s bytes", text, got)
	}
	return first, last, size, nil
}

// content asks the host of recordings, which believes what was signed for the resource.
func (c *Client) content(ctx context.Context, method, location, ranged string) (*http.Response, []byte, error) {
	for range mostRedirects {
		request, err := http.NewRequestWithContext(ctx, method, location, nil)
		if err != nil {
			return nil, nil, fmt.Errorf("make the request: %w", err)
		}
		c.name(request)
		if c.config.OverwrittenHost {
			request.Host = c.endpoint.Host
		} else {
			request.Header.Set("x-ms-host", c.endpoint.Host)
		}
		want := http.StatusOK
		if ranged != "" {
			request.Header.Set("Range", ranged)
			want = http.StatusPartialContent
		}
		c.sign(request, nil, c.endpoint.Host, c.signedPath(request.URL))
		response, answer, err := c.send(request)
		if err != nil {
			return nil, nil, err
		}
		switch response.StatusCode {
		case want:
			return response, answer, nil
		case http.StatusFound:
			if location, err = elsewhere(request.URL, response); err != nil {
				return nil, nil, err
			}
		default:
			return nil, nil, refusal(response.StatusCode, answer)
		}
	}
	return nil, nil, fmt.Errorf("%s is moved again and again", location)
}

func elsewhere(from *url.URL, r *http.Response) (string, error) {
	to, err := from.Parse(r.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(to.Scheme, "http") {
		return "", fmt.Errorf("moved to %q", r.Header.Get("Location"))
	}
	return to.String(), nil
}

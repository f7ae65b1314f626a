package callingserver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

func parseConnectionString(s string) (endpoint *url.URL, key []byte, err error) {
	for part := range strings.SplitSeq(s, ";") {
		name, value, _ := strings.Cut(part, "=")
		switch strings.ToLower(name) {
		case "endpoint":
			endpoint, err = url.Parse(value)
		case "accesskey":
			key, err = base64.StdEncoding.DecodeString(value)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if endpoint == nil || endpoint.Host == "" || len(key) == 0 {
		return nil, nil, errors.New("it has no endpoint or no accesskey")
	}
	return endpoint, key, nil
}

func (c *Client) signedPath(u *url.URL) string {
	if c.config.DecodedSignature {
		return u.Path
	}
	return u.EscapedPath()
}

// sign proves that the request is of whoever has the key, as the access key scheme says.
func (c *Client) sign(request *http.Request, body []byte, host, pathAndQuery string) {
	hash := sha256.Sum256(body)
	content := base64.StdEncoding.EncodeToString(hash[:])
	date := c.config.Now().UTC().Format(http.TimeFormat)
	mac := hmac.New(sha256.New, c.key)
	fmt.Fprintf(mac, "%s\n%s\n%s;%s;%s", request.Method, pathAndQuery, date, host, content)
	request.Header.Set("x-ms-date", date)
	request.Header.Set("x-ms-content-sha256", content)
	request.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="+
		base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

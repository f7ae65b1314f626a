package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"

	"strowger/internal/outbound"
)

// ErrRefused says that a container will not have a file, now or later: its URL gives no
// right to write, or it does not exist.
var ErrRefused = errors.New("the container refuses it")

const (
	// pieceBytes is how much of a file goes at once. The service takes 50 000 pieces.
	pieceBytes = 2 << 20
	// pieceTime is how long a piece may take.
	pieceTime = 2 * time.Minute
)

func pieces(contentType string) blob.WriterOptions {
	return blob.WriterOptions{ContentType: contentType, BufferSize: pieceBytes, MaxConcurrency: 2}
}

// Containers puts files into the Azure containers of applications, each of which is
// named by a URL that carries the right to write there (a shared access signature).
type Containers struct {
	client *http.Client
}

// NewContainers reaches those that policy allows.
func NewContainers(policy *outbound.Policy) *Containers {
	return &Containers{policy.NewClient(outbound.ClientConfig{Timeout: pieceTime})}
}

// Close gives back the connections that are not in use.
func (c *Containers) Close() { c.client.CloseIdleConnections() }

// Put keeps a file in the container with a URL, in place of what was there under the
// name. Its errors say nothing of the URL's query; ErrRefused is one of them.
func (c *Containers) Put(ctx context.Context, containerURL, name, contentType string, content io.Reader) error {
	u, err := url.Parse(containerURL)
	if err != nil {
		return fmt.Errorf("%w: its URL cannot be read", ErrRefused)
	}
	where := u.Scheme + "://" + u.Host + u.Path
	client, err := container.NewClientWithNoCredential(containerURL, &container.ClientOptions{ClientOptions: azcore.ClientOptions{
		Transport: c.client, Retry: policy.RetryOptions{MaxRetries: -1}, Telemetry: policy.TelemetryOptions{Disabled: true},
	}})
	if err != nil {
		return fmt.Errorf("%s: %w: its URL is not that of a container", where, ErrRefused)
	}
	bucket, err := azureblob.OpenBucket(ctx, client, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", where, outbound.WithoutURL(err))
	}
	defer bucket.Close()
	if err := upload(ctx, bucket, name, content, pieces(contentType)); err != nil {
		return fmt.Errorf("%s: %w", where, told(err))
	}
	return nil
}

// told is what a container said, in one line.
func told(err error) error {
	var answer *azcore.ResponseError
	if errors.As(err, &answer) {
		said := fmt.Errorf("%d %s", answer.StatusCode, answer.ErrorCode)
		if refused(answer.StatusCode) {
			return fmt.Errorf("%w: %w", ErrRefused, said)
		}
		return said
	}
	var forbidden *outbound.Refused
	if errors.As(err, &forbidden) {
		return fmt.Errorf("%w: %w", ErrRefused, forbidden)
	}
	return outbound.WithoutURL(err)
}

// refused reports whether a status stays so.
func refused(status int) bool {
	return status >= 400 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests
}

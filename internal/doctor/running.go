package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"strowger/internal/config"
	"strowger/internal/sip/notice"
)

// listMost bounds what is read of the running server's list: 512 entries of
// some texts.
const listMost = 4 << 20

// runningList reads the list of the server that is running, by its operator
// address.
func (w Watch) runningList() (look, error) {
	if w.Config.Operator.Listen == "" {
		return nil, errors.New("the server is running and holds the SIP ports, and it has no operator address to ask; " +
			`set operator.listen, such as "http://127.0.0.1:8081", and restart it, or stop it and run this again; ` +
			"its log has the same: every line with a source and a reason")
	}
	l, err := config.ParseListener(w.Config.Operator.Listen, "http", "https")
	if err != nil {
		return nil, fmt.Errorf("operator.listen: %w", err)
	}
	if l.Host == "0.0.0.0" || l.Host == "::" {
		l.Host = "localhost"
	}
	url := l.String() + notice.Path
	return func(ctx context.Context) ([]notice.Entry, error) {
		entries, err := readList(ctx, url)
		if err != nil {
			return nil, fmt.Errorf("ask the running server: %w; was it started with these settings?", err)
		}
		return entries, nil
	}, nil
}

func readList(ctx context.Context, url string) ([]notice.Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s is answered %s", url, response.Status)
	}
	var entries []notice.Entry
	err = json.NewDecoder(io.LimitReader(response.Body, listMost)).Decode(&entries)
	return entries, err
}

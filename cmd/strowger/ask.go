package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"strowger/internal/config"
	"strowger/internal/operator"
)

// operatorAddress is where commands ask the running server.
type operatorAddress struct {
	settingsFile
	Operator string `help:"Where the server is asked, as http://127.0.0.1:8081; without it, at operator.listen of the settings, or where 'strowger dev' listens." placeholder:"URL"`
}

// address is where to ask for a path. A server that listens on all addresses listens
// on loopback too, and answers there only.
func (o operatorAddress) address(t terminal, path string) (string, error) {
	listen := o.Operator
	if listen == "" {
		cfg, err := o.load(t)
		if err != nil {
			return "", err
		}
		if listen = cfg.Operator.Listen; listen == "" {
			listen = config.Dev().Operator.Listen
		}
	}
	u, err := url.Parse(listen)
	if err != nil || u.Host == "" {
		return "", &settingsError{fmt.Errorf("--operator: %q is no URL like http://127.0.0.1:8081", listen)}
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsUnspecified() {
		u.Host = net.JoinHostPort("127.0.0.1", u.Port())
	}
	return "http://" + u.Host + path, nil
}

// askTime bounds one question to the server.
const askTime = 30 * time.Second

func get(ctx context.Context, at string, into any) error {
	return ask(ctx, http.MethodGet, at, into)
}

// refusal is an answer of the server that is no success.
type refusal struct {
	status int
	why    string
}

func (r *refusal) Error() string { return r.why }

// refusedWith reports whether the server refused with a status.
func refusedWith(err error, status int) bool {
	var r *refusal
	return errors.As(err, &r) && r.status == status
}

// ask gets an answer of the server, or says what to do.
func ask(ctx context.Context, method, at string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, at, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("%w: is the server running, and operator.listen set? --operator says where", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		var fault operator.Fault
		if json.NewDecoder(answer.Body).Decode(&fault) != nil || fault.Error == "" {
			return fmt.Errorf("%s answered %s: it is no operator's address of this version", at, answer.Status)
		}
		return &refusal{answer.StatusCode, fault.Error}
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// OpenIDPath is where a server says who signs its callbacks.
const OpenIDPath = "/calling/.well-known/acsopenidconfiguration"

// Verify proves a delivery's signature as an application would: it reads the
// server's OpenID document, fetches the keys that the document names, and
// checks signature, issuer, audience and life.
func (d Delivery) Verify(serverURL, audience string) error {
	token, ok := strings.CutPrefix(d.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return errors.New("the callback carries no bearer token")
	}
	var document struct {
		Issuer  string `json:"issuer"`
		KeysURL string `json:"jwks_uri"`
	}
	if err := getJSON(serverURL+OpenIDPath, &document); err != nil {
		return err
	}
	var keys jose.JSONWebKeySet
	if err := getJSON(document.KeysURL, &keys); err != nil {
		return err
	}
	_, err := jwt.Parse(token, func(t *jwt.Token) (any, error) {
		id, _ := t.Header["kid"].(string)
		found := keys.Key(id)
		if len(found) != 1 {
			return nil, fmt.Errorf("%d keys are called %q", len(found), id)
		}
		return found[0].Key, nil
	}, jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(document.Issuer), jwt.WithAudience(audience), jwt.WithExpirationRequired())
	if err != nil {
		return fmt.Errorf("verify the callback: %w", err)
	}
	return nil
}

func getJSON(url string, into any) error {
	response, err := http.Get(url)
	if err != nil {
		return fmt.Errorf("get %s: %w", url, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("get %s: %s", url, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("read %s: %w", url, err)
	}
	return nil
}

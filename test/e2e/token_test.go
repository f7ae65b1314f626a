package e2e

import (
	"strings"
	"testing"
	"time"

	"strowger/internal/access/accesstest"
	"strowger/test/server"
	"strowger/test/webhook"
)

// TestAnAccessTokenStandsForAnAccessKey: an application signs in at a provider, as it
// would at Microsoft Entra, and its SDK shows the token.
func TestAnAccessTokenStandsForAnAccessKey(t *testing.T) {
	t.Parallel()
	provider, app := accesstest.NewProvider(t), webhook.New(t)
	s := server.Start(t, server.Config{Lab: true, HTTPS: true, Environment: []string{"STROWGER_RESOURCE_TOKENS_ISSUER=" + provider.Issuer()}})
	create := func(t *testing.T, version, token string) (string, error) {
		command := javaScript(t, version, "create_call.js", s.SecureURL, app.URL("/callback"), "+15550104", ours)
		command.Env = append(append(command.Env, trusting(s)...), "ACCESS_TOKEN="+token)
		out, err := command.CombinedOutput()
		return string(out), err
	}
	for version := range javaScriptSDKs {
		t.Run(version, func(t *testing.T) {
			said, err := create(t, version, provider.Token(time.Now()))
			if err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			app.AwaitEvent(strings.TrimSpace(said), "CallConnected")
			said, err = create(t, version, accesstest.NewProvider(t).Token(time.Now()))
			if err == nil || !strings.Contains(said, "access token: it") {
				t.Errorf("%v\n%s", err, said)
			}
		})
	}
}

package webhook

import (
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

func post(t *testing.T, url, body string, header ...string) *http.Response {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

const event = `[{"id":"1","type":"Microsoft.Communication.CallConnected","data":{"callConnectionId":"c","operationContext":"o","resultInformation":{"code":200,"subCode":0}}}]`

func TestDeliveriesAreKeptInOrderAndFound(t *testing.T) {
	r := New(t)
	post(t, r.URL("/cb?x=1"), event)
	post(t, r.URL("/cb"), event)
	d := r.AwaitEvent("c", "CallConnected")
	if d.Path != "/cb?x=1" || d.Result() != "200/0" || r.AwaitResult("o", "CallConnected").ID != "1" {
		t.Errorf("got %v", d)
	}
	if len(r.All()) != 2 || r.Types("c") != "CallConnected" {
		t.Errorf("a repetition must be in All and not in Of: %s", r.Story())
	}
}

func TestTheValidationHandshakeIsAnswered(t *testing.T) {
	r := New(t)
	response := post(t, r.URL("/events"), `[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"42"}}]`,
		"aeg-event-type", "SubscriptionValidation")
	r.AwaitValidated(1)
	if response.StatusCode != http.StatusOK {
		t.Errorf("answered %s", response.Status)
	}
}

func TestAPathCanFailOrRefuseAndRecover(t *testing.T) {
	r := New(t)
	r.Fail("/a", http.StatusTeapot)
	r.Refuse("/b")
	if got := post(t, r.URL("/a"), event); got.StatusCode != http.StatusTeapot {
		t.Errorf("answered %s", got.Status)
	}
	if got := post(t, r.URL("/b"), event); got != nil {
		t.Errorf("answered %s", got.Status)
	}
	r.Recover("/a")
	if got := post(t, r.URL("/a"), event); got.StatusCode != http.StatusOK {
		t.Errorf("answered %s", got.Status)
	}
}

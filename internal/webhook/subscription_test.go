package webhook_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/webhook"
)

const endpoint = "https://grid.example.com/events"

// subscriber answers the handshake as the official samples do.
func subscriber(r request) answer {
	if r.header.Get("aeg-event-type") != "SubscriptionValidation" {
		return answer{status: 200}
	}
	response, _ := json.Marshal(map[string]string{"validationResponse": validation(r).ValidationCode})
	return answer{status: 200, body: string(response)}
}

type handshake struct{ ValidationCode, ValidationURL string }

func validation(r request) handshake {
	var events []struct{ Data handshake }
	if json.Unmarshal(r.body, &events) != nil || len(events) != 1 {
		return handshake{}
	}
	return events[0].Data
}

func incoming(to call.Address) call.IncomingCall {
	return call.IncomingCall{Subject: call.Subject{StartedBy: "4:+14255550199"}, Incoming: 3, From: "4:+14255550199", To: to}
}

func kinds(posts []request) []string {
	var all []string
	for _, p := range posts {
		all = append(all, p.header.Get("aeg-event-type")+" "+p.kind)
	}
	return all
}

const (
	validated = "SubscriptionValidation Microsoft.EventGrid.SubscriptionValidationEvent"
	published = "Notification Microsoft.Communication.IncomingCall"
)

func TestASubscriptionGetsEventsOnceItIsValidated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		up := time.Now().Add(10 * time.Second)
		net.app(endpoint, func(r request) answer {
			if r.at.Before(up) {
				return answer{status: 202} // not enough
			}
			return subscriber(r)
		})
		c := courier(webhook.Config{Subscriptions: []webhook.Subscription{{URL: endpoint}}}, j, net)
		start(t, c)
		newStory(t, j, 1, "").step(incoming("4:+14255550100"))
		time.Sleep(9 * time.Second) // in the bubble's time
		for _, kind := range kinds(net.to(endpoint)) {
			if kind != validated {
				t.Errorf("sent before the handshake: %s", kind)
			}
		}
		must(t, c.Flush(t.Context()))
		all := kinds(net.to(endpoint))
		expect(t, "at last", all[len(all)-2:], []string{validated, published})
	})
}

func TestAnApplicationThatStartsWhileACallRingsGetsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		c := courier(webhook.Config{Subscriptions: []webhook.Subscription{{URL: endpoint}}}, j, net)
		start(t, c)
		time.Sleep(time.Hour) // nobody is there for long, in the bubble's time
		newStory(t, j, 1, "").step(incoming("4:+14255550100"))
		time.Sleep(10 * time.Second)
		net.forget()
		net.app(endpoint, subscriber)
		must(t, c.Flush(t.Context()))
		expect(t, "sent", kinds(net.to(endpoint)), []string{validated, published})
		if got := c.Counts().EventGrid; got.Delivered != 1 {
			t.Errorf("counted %+v", got)
		}
	})
}

func TestASubscriptionIsValidatedByOpeningItsURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(endpoint, always(200)) // takes everything and says nothing
		c := courier(webhook.Config{
			PublicURL: "https://calls.example.com", Subscriptions: []webhook.Subscription{{URL: endpoint}},
		}, j, net)
		start(t, c)
		newStory(t, j, 1, "").step(incoming("4:+14255550100"))
		synctest.Wait()
		expect(t, "before", kinds(net.to(endpoint)), []string{validated})
		link, err := url.Parse(validation(net.to(endpoint)[0]).ValidationURL)
		must(t, err)
		if link.Path != webhook.ValidationPath || link.Host != "calls.example.com" {
			t.Fatalf("validation URL %s", link)
		}
		if status := open(c, "/?subscription=0&code=guessed"); status != 404 {
			t.Errorf("a wrong code is answered %d", status)
		}
		synctest.Wait()
		expect(t, "after a wrong code", kinds(net.to(endpoint)), []string{validated})
		if status := open(c, link.RequestURI()); status != 200 {
			t.Errorf("the right code is answered %d", status)
		}
		synctest.Wait()
		expect(t, "after", kinds(net.to(endpoint)), []string{validated, published})
	})
}

// Whoever has forgotten the handshake is told so, and does not wait once it is there.
func TestAnApplicationThatLearnsTheHandshakeWhileACallRingsGetsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		j, net := world()
		net.app(endpoint, always(200)) // to the handshake too
		c := courier(webhook.Config{
			PublicURL: "https://calls.example.com", Log: slog.New(slog.NewTextHandler(&log, nil)),
			Subscriptions: []webhook.Subscription{{URL: endpoint}},
		}, j, net)
		stop := start(t, c)
		time.Sleep(time.Minute) // in the bubble's time
		newStory(t, j, 1, "").step(incoming("4:+14255550100"))
		time.Sleep(10 * time.Second)
		net.forget()
		net.app(endpoint, subscriber)
		must(t, c.Flush(t.Context()))
		expect(t, "sent", kinds(net.to(endpoint)), []string{validated, published})
		stop()
		if got := log.String(); strings.Count(got, "level=WARN") != 1 || !strings.Contains(got, "200 without the code") || !strings.Contains(got, "validationUrl") {
			t.Errorf("the log says\n%s", got)
		}
	})
}

func open(c *webhook.Courier, uri string) int {
	w := httptest.NewRecorder()
	c.ValidationHandler().ServeHTTP(w, httptest.NewRequest("GET", uri, nil))
	return w.Code
}

func TestSubscriptionsGetWhatTheyAskedFor(t *testing.T) {
	number := incoming("4:+14255550100")
	user := incoming("8:acs:9F4B0D6E_7e0f5a52")
	for name, c := range map[string]struct {
		s     webhook.Subscription
		event call.Event
		want  bool
	}{
		"everything":                 {webhook.Subscription{}, number, true},
		"the type":                   {webhook.Subscription{EventTypes: []string{"microsoft.communication.incomingcall"}}, number, true},
		"another type":               {webhook.Subscription{EventTypes: []string{"Microsoft.Communication.CallStarted"}}, number, false},
		"the number":                 {webhook.Subscription{To: []string{"+14255550100"}}, number, true},
		"the number's raw id":        {webhook.Subscription{To: []string{"4:+14255550100"}}, number, true},
		"another number":             {webhook.Subscription{To: []string{"+14255550101"}}, number, false},
		"a user in another case":     {webhook.Subscription{To: []string{"8:ACS:9f4b0d6e_7E0F5A52"}}, user, true},
		"the number's beginning":     {webhook.Subscription{To: []string{"+1206*", "+1425*"}}, number, true},
		"the raw id's beginning":     {webhook.Subscription{To: []string{"4:+1425*"}}, number, true},
		"another beginning":          {webhook.Subscription{To: []string{"+1206*"}}, number, false},
		"a user's beginning":         {webhook.Subscription{To: []string{"8:ACS:9f4b0d6e_*"}}, user, true},
		"numbers, and it is a user":  {webhook.Subscription{To: []string{"+*"}}, user, false},
		"the caller's beginning":     {webhook.Subscription{From: []string{"+1425*"}}, number, true},
		"the callee, another caller": {webhook.Subscription{To: []string{"+1425*"}, From: []string{"+1206*"}}, number, false},
		"the caller":                 {webhook.Subscription{From: []string{"+14255550199"}}, number, true},
		"another caller":             {webhook.Subscription{From: []string{"+14255550198"}}, number, false},
		"an event without callee":    {webhook.Subscription{To: []string{"+14255550100"}}, call.CallStarted{}, false},
		"an event without filters":   {webhook.Subscription{}, call.CallStarted{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j, net := world()
				net.app(endpoint, subscriber)
				c.s.URL = endpoint
				delivering := courier(webhook.Config{Subscriptions: []webhook.Subscription{c.s}}, j, net)
				start(t, delivering)
				newStory(t, j, 1, "").step(c.event)
				must(t, delivering.Flush(t.Context()))
				synctest.Wait()
				if got := len(net.to(endpoint)) == 2; got != c.want {
					t.Errorf("sent: %v, want %v", got, c.want)
				}
			})
		})
	}
}

func TestAnIncomingCallIsTriedTwiceWhileItRings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(endpoint, func(r request) answer {
			if r.kind == "Microsoft.Communication.IncomingCall" {
				return answer{status: 500}
			}
			return subscriber(r)
		})
		c := courier(webhook.Config{Subscriptions: []webhook.Subscription{{URL: endpoint}}}, j, net)
		start(t, c)
		began := time.Now()
		newStory(t, j, 1, "").step(incoming("4:+14255550100"))
		must(t, c.Flush(t.Context()))
		expect(t, "sent", kinds(net.to(endpoint)), []string{validated, published, published})
		if p := net.to(endpoint); p[2].at.Sub(p[1].at) < 5*time.Second {
			t.Errorf("the second try came after %v: too soon for an application to be back", p[2].at.Sub(p[1].at))
		}
		if time.Since(began) > 30*time.Second || c.Counts().EventGrid.GivenUp != 1 {
			t.Errorf("after %v counted %+v", time.Since(began), c.Counts().EventGrid)
		}
	})
}

func TestAnIncomingCallIsTriedAgainWhileItRingsHoweverLongTheApplicationAsksFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(endpoint, func(r request) answer {
			if r.kind == "Microsoft.Communication.IncomingCall" {
				return answer{status: 503, header: http.Header{"Retry-After": {"3600"}}}
			}
			return subscriber(r)
		})
		c := courier(webhook.Config{Subscriptions: []webhook.Subscription{{URL: endpoint}}}, j, net)
		start(t, c)
		newStory(t, j, 1, "").step(incoming("4:+14255550100"))
		must(t, c.Flush(t.Context()))
		expect(t, "sent", kinds(net.to(endpoint)), []string{validated, published, published})
		if p := net.to(endpoint); len(p) == 3 && p[2].at.Sub(p[1].at) != 25*time.Second {
			t.Errorf("the second try came after %v, want 25 s: the call rings for 30", p[2].at.Sub(p[1].at))
		}
	})
}

func TestAnIncomingCallThatHasStoppedRingingIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(endpoint, subscriber)
		newStory(t, j, 1, "").step(incoming("4:+14255550100"))
		time.Sleep(31 * time.Second) // nobody delivers, in the bubble's time
		c := courier(webhook.Config{Subscriptions: []webhook.Subscription{{URL: endpoint}}}, j, net)
		start(t, c)
		must(t, c.Flush(t.Context()))
		synctest.Wait()
		expect(t, "sent", kinds(net.to(endpoint)), []string{validated})
	})
}

func TestTheSecretsOfURLsAreNotLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		j, net := world()
		c := courier(webhook.Config{
			Log: slog.New(slog.NewTextHandler(&log, nil)), Subscriptions: []webhook.Subscription{{URL: "https://grid.example.com/?code=hush"}},
		}, j, net)
		stop := start(t, c)
		newStory(t, j, 1, "https://app.example.com/hush?token=hush").played("x") // nobody listens at either
		newStory(t, j, 2, "").step(incoming("4:+14255550100"))
		must(t, c.Flush(t.Context()))
		stop()
		if text := log.String(); strings.Contains(text, "hush") || !strings.Contains(text, "grid.example.com") || !strings.Contains(text, "app.example.com") {
			t.Errorf("the log says\n%s", text)
		}
	})
}

func TestASlowSubscriptionDelaysNoOtherCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		slow := call.Address("4:+14255550100")
		net.app(endpoint, func(r request) answer {
			var events []struct {
				Data struct{ To struct{ RawID string } }
			}
			if json.Unmarshal(r.body, &events) == nil && events[0].Data.To.RawID == string(slow) {
				return answer{hang: true}
			}
			return subscriber(r)
		})
		c := courier(webhook.Config{Subscriptions: []webhook.Subscription{{URL: endpoint}}}, j, net)
		start(t, c)
		began := time.Now()
		newStory(t, j, 1, "").step(incoming(slow))
		newStory(t, j, 2, "").step(incoming("4:+14255550101"))
		synctest.Wait()
		expect(t, "sent at once", kinds(net.to(endpoint)), []string{validated, published, published})
		if time.Since(began) != 0 {
			t.Errorf("after %v", time.Since(began))
		}
	})
}

// down answers the handshake, and everything else with a status until a time.
func down(status int, until time.Time) func(request) answer {
	return func(r request) answer {
		if r.header.Get("aeg-event-type") == "Notification" && r.at.Before(until) {
			return answer{status: status}
		}
		return subscriber(r)
	}
}

// notified is when events were tried, since a time.
func notified(posts []request, since time.Time) (at []time.Duration) {
	for _, p := range posts {
		if p.header.Get("aeg-event-type") == "Notification" {
			at = append(at, p.at.Sub(since))
		}
	}
	return at
}

func TestAnEventIsPublishedOnTheScheduleOfEventGrid(t *testing.T) {
	for status, first := range map[int]time.Duration{500: 10 * time.Second, 404: 10 * time.Second, 409: 10 * time.Second, 302: 10 * time.Second, 503: 30 * time.Second, 408: 2 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			j, net := world()
			began := time.Now()
			net.app(endpoint, down(status, began.Add(20*time.Hour)))
			c := courier(webhook.Config{Subscriptions: []webhook.Subscription{{URL: endpoint}}}, j, net)
			start(t, c)
			newStory(t, j, 1, "").step(call.CallStarted{})
			must(t, c.Flush(t.Context()))
			at := notified(net.to(endpoint), began)
			want := []time.Duration{0, first, 30 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour}
			if len(at) != len(want) || c.Counts().EventGrid.Delivered != 1 {
				t.Fatalf("%d: tried at %v, counted %+v", status, at, c.Counts().EventGrid)
			}
			for i := 1; i < len(at); i++ {
				least := max(want[i], first)
				if pause := at[i] - at[i-1]; pause < least || pause > least+least/10 {
					t.Errorf("%d: pause %d is %v, want %v or a little more", status, i, pause, least)
				}
			}
		})
	}
}

func TestAnEventIsPublishedForTheTimeSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		began := time.Now()
		net.app(endpoint, down(500, began.Add(48*time.Hour)))
		c := courier(webhook.Config{PublishFor: time.Hour, Subscriptions: []webhook.Subscription{{URL: endpoint}}}, j, net)
		start(t, c)
		newStory(t, j, 1, "").step(call.CallStarted{})
		must(t, c.Flush(t.Context()))
		at := notified(net.to(endpoint), began)
		if last := at[len(at)-1]; last != time.Hour || c.Counts().EventGrid.GivenUp != 1 {
			t.Errorf("tried at %v, counted %+v", at, c.Counts().EventGrid)
		}
	})
}

func TestAnEventThatASubscriberRefusesIsNotPublishedAgain(t *testing.T) {
	for _, status := range []int{400, 401, 403, 413} {
		synctest.Test(t, func(t *testing.T) {
			j, net := world()
			net.app(endpoint, down(status, time.Now().Add(time.Hour)))
			c := courier(webhook.Config{Subscriptions: []webhook.Subscription{{URL: endpoint}}}, j, net)
			start(t, c)
			newStory(t, j, 1, "").step(call.CallStarted{})
			synctest.Wait()
			if got := c.Counts().EventGrid; got.GivenUp != 1 || got.Retried != 0 {
				t.Errorf("%d: counted %+v", status, got)
			}
		})
	}
}

// A call can ring for 30 seconds only.
func TestAnIncomingCallDoesNotWaitForAnotherEventOfItsCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(endpoint, func(r request) answer {
			if r.kind == "Microsoft.Communication.CallStarted" {
				return answer{status: 500}
			}
			return subscriber(r)
		})
		start(t, courier(webhook.Config{Subscriptions: []webhook.Subscription{{URL: endpoint}}}, j, net))
		newStory(t, j, 1, "").step(call.CallStarted{}, incoming("4:+14255550100"))
		synctest.Wait()
		if got := kinds(net.to(endpoint)); got[len(got)-1] != published && got[len(got)-2] != published {
			t.Errorf("sent %v", got)
		}
	})
}

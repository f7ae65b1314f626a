package server

import (
	"strowger/internal/access"
	"strowger/internal/api"
	apiga "strowger/internal/api/ga"
	apiidentity "strowger/internal/api/identity"
	api2021 "strowger/internal/api/preview2021"
	"strowger/internal/outbound"
	"strowger/internal/webhook"
	webhookga "strowger/internal/webhook/ga"
	webhook2021 "strowger/internal/webhook/preview2021"
)

// generations of the published API: what each may be asked, and what it tells.
type generations struct {
	asked []api.Family
	told  []webhook.Family
}

func (g *generations) add(told webhook.Family, asked ...api.Family) {
	g.told, g.asked = append(g.told, told), append(g.asked, asked...)
}

// families has one line for each generation that is spoken. The first answers
// requests that name no version.
func families(contexts *access.Sealer, policy *outbound.Policy, words words, hears func(language string) bool, users apiidentity.Config) (all generations) {
	check := func(s outbound.Schemes) func(string) error {
		return func(uri string) error {
			_, err := policy.CheckURL(uri, s)
			return err
		}
	}
	all.add(webhookga.Family(), apiga.Family(apiga.Config{
		Contexts: contexts, CheckRecording: checkRecording, CheckSpeech: words.check, Speaks: words.Speaks, Hears: hears,
		CheckHTTP: check(outbound.HTTP), CheckSocket: check(outbound.WebSocket),
	}))
	early := api2021.Config{Contexts: contexts, CheckRecording: checkRecording, CheckHTTP: check(outbound.HTTP)}
	all.add(webhook2021.Family(), api2021.Core(early), api2021.Extension(early))
	all.asked = append(all.asked, apiidentity.Family(users)) // of which nobody is told anything
	return all
}

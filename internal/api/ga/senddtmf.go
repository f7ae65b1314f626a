package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

func (f family) readSendTones(r *api.Request, in ga.SendDTMFTonesRequest) (cmd call.SendTones, err error) {
	cmd = call.SendTones{Repeatable: r.Repeatable, Connection: r.Connection()}
	if len(in.Tones) == 0 {
		return cmd, wire.Fieldf("tones", "is missing or empty; at least one tone is needed")
	}
	if cmd.Tones, err = tones("tones", in.Tones); err != nil {
		return cmd, err
	}
	if cmd.Participant, err = api.Address("targetParticipant", in.TargetParticipant); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

func showSentTones(a call.Answer) api.Response {
	return api.Response{Body: ga.SendDTMFTonesResponse{OperationContext: a.Context}}
}

// tones reads the names of keys.
func tones(field string, names []ga.Tone) ([]call.Tone, error) {
	var read []call.Tone
	for i, name := range names {
		key, ok := name.Key()
		if !ok {
			return nil, wire.Fieldf(api.Indexed(field, i), "%.64q is not the name of a tone", name)
		}
		read = append(read, call.Tone(key))
	}
	return read, nil
}

package preview2021

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	wire2021 "strowger/internal/wire/preview2021"
)

func plays(in wire2021.PlayAudioRequest) *wire2021.CallLocator { return in.CallLocator }

// readPlay plays a file to everybody.
func (f family) readPlay(r *api.Request, p place, in wire2021.PlayAudioRequest) (api.Order, error) {
	return f.play(r, p, in, nil)
}

// readPlayToOne plays a file to one participant.
func (f family) readPlayToOne(r *api.Request, p place, in wire2021.PlayAudioRequest) (api.Order, error) {
	who, err := one(in.Identifier)
	if err != nil {
		return api.Order{}, err
	}
	return f.play(r, p, in, []call.Address{who})
}

// play: the operation runs from the answer on, whatever else is played before it.
func (f family) play(r *api.Request, p place, in wire2021.PlayAudioRequest, to []call.Address) (o api.Order, err error) {
	if in.AudioFileURI == "" {
		return o, wire.Fieldf("audioFileUri", "is missing")
	}
	if err := f.CheckHTTP(in.AudioFileURI); err != nil {
		return o, wire.Fieldf("audioFileUri", "%v", err)
	}
	op, err := f.operation(r, p, in.OperationContext, in.CallbackURI)
	return p.reports(call.Play{
		Repeatable: r.Repeatable, Connection: p.connection, Operation: op, To: to, Loop: in.Loop,
		Sources: []call.PlaySource{{File: in.AudioFileURI, CacheID: in.AudioFileID}},
	}, op, wire2021.Running), err
}

// one reads who is meant where that may be left out in other operations.
func one(id *wire.Identifier) (call.Address, error) {
	if id == nil {
		return "", wire.Fieldf("identifier", "is missing")
	}
	return api.Address("identifier", *id)
}

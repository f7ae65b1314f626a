package switchboard

import (
	"fmt"
	"strings"

	"strowger/internal/call"
)

// name is what an input or event is called: its type.
func name(x any) string {
	full := fmt.Sprintf("%T", x)
	return full[strings.LastIndexByte(full, '.')+1:]
}

// attributes say whom an event is for, and why something failed.
func attributes(e call.Event) []any {
	switch e := e.(type) {
	case call.CallDisconnected:
		return append([]any{"connection", string(e.Connection)}, e.Cause.Attributes()...)
	case call.CreateCallFailed:
		return append([]any{"connection", string(e.Connection)}, e.Cause.Attributes()...)
	case call.AddParticipantFailed:
		return append([]any{"connection", string(e.Connection), "participant", string(e.Participant)}, e.Cause.Attributes()...)
	case call.CallTransferFailed:
		return append([]any{"connection", string(e.Connection)}, e.Cause.Attributes()...)
	case call.ForRecipient:
		if e.To().Connection == "" {
			return nil // it was commanded out of call
		}
		return []any{"connection", string(e.To().Connection)}
	case call.IncomingCall:
		return []any{"from", string(e.From), "to", string(e.To)}
	}
	return nil
}

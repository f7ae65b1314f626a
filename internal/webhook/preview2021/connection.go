package preview2021

import (
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/wire/preview2021"
)

// callConnecting names no call: the application learns it when it is connected.
func callConnecting(_ journal.Record, e call.CallConnecting) preview2021.CallConnectionStateChanged {
	return preview2021.CallConnectionStateChanged{
		CallConnectionID: string(e.Connection), CallConnectionState: preview2021.StateConnecting,
	}
}

func callConnected(r journal.Record, e call.CallConnected) preview2021.CallConnectionStateChanged {
	return state(r, e.Recipient, preview2021.StateConnected)
}

func callDisconnecting(r journal.Record, e call.CallDisconnecting) preview2021.CallConnectionStateChanged {
	return state(r, e.Recipient, preview2021.StateDisconnecting)
}

func callDisconnected(r journal.Record, e call.CallDisconnected) preview2021.CallConnectionStateChanged {
	return state(r, e.Recipient, preview2021.StateDisconnected)
}

func state(r journal.Record, to call.Recipient, s preview2021.ConnectionState) preview2021.CallConnectionStateChanged {
	return preview2021.CallConnectionStateChanged{
		ServerCallID: serverCallID(r, to), CallLocator: locator(r, to),
		CallConnectionID: string(to.Connection), CallConnectionState: s,
	}
}

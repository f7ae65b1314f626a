package callingserver_test

import (
	"strings"
	"testing"

	cs "strowger/test/callingserver"
)

const stateChanged = `[{"id":"1","source":"calling/callConnections/7/callState","type":"Microsoft.Communication.CallConnectionStateChanged",` +
	`"data":{"callConnectionId":"7","serverCallId":"s","callConnectionState":"connected"},"time":"2021-07-01T15:12:41.5556858+00:00",` +
	`"specversion":"1.0","datacontenttype":"application/json","subject":"calling/callConnections/7/callState"}]`

func TestAnEventIsReadAsItsVersionPublishesIt(t *testing.T) {
	e, err := cs.ParseEvent(cs.June, []byte(stateChanged))
	if err != nil || e.Type != "CallConnectionStateChanged" || e.Data.CallConnectionState != "connected" || e.Data.Call() != "s" {
		t.Errorf("read %+v, %v", e, err)
	}
	for name, broken := range map[string]string{
		"two events":       stateChanged[:len(stateChanged)-1] + "," + stateChanged[1:],
		"no array":         stateChanged[1 : len(stateChanged)-1],
		"a null":           strings.Replace(stateChanged, `"serverCallId":"s"`, `"serverCallId":null`, 1),
		"no state":         strings.Replace(stateChanged, `,"callConnectionState":"connected"`, "", 1),
		"an unknown type":  strings.Replace(stateChanged, "CallConnectionStateChanged", "CallConnected", 1),
		"a foreign member": strings.Replace(stateChanged, `"serverCallId"`, `"operationId"`, 1),
	} {
		if _, err := cs.ParseEvent(cs.June, []byte(broken)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if _, err := cs.ParseEvent(cs.November, []byte(stateChanged)); err == nil {
		t.Error("an event of June was read as one of November")
	}
}

import com.azure.communication.callautomation.models.CallInvite;
import com.azure.communication.callautomation.models.CreateCallOptions;
import com.azure.communication.callautomation.models.CreateCallResult;
import com.azure.communication.callautomation.models.events.CallConnected;
import com.azure.communication.common.CommunicationIdentifier;
import com.azure.communication.common.CommunicationUserIdentifier;
import com.azure.communication.common.PhoneNumberIdentifier;
import com.azure.core.util.Context;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** What scenarios share: an application, phones, and what the test that started them says. */
record World(Application app, Map<String, Phone> phones, JsonNode options) {
    static final String OURS = "+14255550100";

    static PhoneNumberIdentifier number(String e164) {
        return new PhoneNumberIdentifier(e164);
    }

    static CallInvite invite(String e164) {
        return new CallInvite(number(e164), number(OURS));
    }

    Phone phone(String name) {
        return phones.get(name);
    }

    CommunicationUserIdentifier user(String name) {
        return new CommunicationUserIdentifier(options.at("/users/" + name).asText());
    }

    Placed call(CommunicationIdentifier target) {
        return call(target, null);
    }

    Placed call(CommunicationIdentifier target, String context) {
        var invite = target instanceof PhoneNumberIdentifier number
                ? new CallInvite(number, number(OURS)) : new CallInvite((CommunicationUserIdentifier) target);
        var callback = app.callback();
        var options = new CreateCallOptions(invite, callback.url).setOperationContext(context);
        CreateCallResult result = app.client.createCallWithResponse(options, Context.NONE).getValue();
        return new Placed(callback, result);
    }

    /** Places a call that is answered. */
    Placed connected(CommunicationIdentifier target) throws InterruptedException {
        var placed = call(target);
        placed.callback().next(CallConnected.class);
        return placed;
    }
}

import com.azure.communication.callautomation.CallAutomationClientBuilder;
import com.azure.communication.callautomation.models.CallInvite;
import com.azure.communication.callautomation.models.CreateCallOptions;
import com.azure.communication.common.PhoneNumberIdentifier;
import com.azure.core.util.Context;

/**
 * Calls a number of the lab with a connection string as it was printed, and says which connection it got.
 *
 * <pre>CreateCall CONNECTION_STRING CALLBACK_URL NUMBER CALLER_NUMBER</pre>
 */
public final class CreateCall {
    public static void main(String[] arguments) {
        var client = new CallAutomationClientBuilder().connectionString(arguments[0]).buildClient();
        var invite = new CallInvite(new PhoneNumberIdentifier(arguments[2]), new PhoneNumberIdentifier(arguments[3]));
        var options = new CreateCallOptions(invite, arguments[1]).setOperationContext("from Java");
        var call = client.createCallWithResponse(options, Context.NONE).getValue();
        var id = call.getCallConnectionProperties().getCallConnectionId();
        if (!call.getCallConnection().getCallProperties().getCallConnectionId().equals(id)) {
            throw new AssertionError("the connection has another id than it was made with");
        }
        System.out.println(id);
    }
}

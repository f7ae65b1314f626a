import static java.util.Map.entry;

import com.azure.communication.callautomation.CallAutomationClientBuilder;
import com.azure.communication.callautomation.models.AddParticipantOptions;
import com.azure.communication.callautomation.models.CallConnectionState;
import com.azure.communication.callautomation.models.CallInvite;
import com.azure.communication.callautomation.models.CreateGroupCallOptions;
import com.azure.communication.callautomation.models.FileSource;
import com.azure.communication.callautomation.models.TransferCallToParticipantOptions;
import com.azure.communication.callautomation.models.events.AddParticipantSucceeded;
import com.azure.communication.callautomation.models.events.CallConnected;
import com.azure.communication.callautomation.models.events.CallDisconnected;
import com.azure.communication.callautomation.models.events.CallTransferAccepted;
import com.azure.communication.callautomation.models.events.ParticipantsUpdated;
import com.azure.communication.callautomation.models.events.PlayCompleted;
import com.azure.core.credential.AzureKeyCredential;
import com.azure.core.util.Context;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** Outgoing calls: to numbers and users, and how they fail. */
final class Calls {
    private record Failure(String what, String number, int code, int subCode) {}

    private static final List<Failure> FAILURES = List.of(
            new Failure("a busy number", "+15550101", 486, 560486),
            new Failure("a number that declines", "+15550103", 603, 560603),
            new Failure("a number that never answers", "+15550102", 408, 560408),
            new Failure("an unreachable trunk", "+16660001", 480, 560480),
            new Failure("a number that no trunk takes", "+9990001", 403, 511532));

    private Calls() {}

    static List<Scenario> all() {
        var all = new ArrayList<>(List.of(
                new Scenario("a call to a number is connected, read and hung up", Calls::numberIsCalled),
                new Scenario("the callback keeps its query and is a JSON array of one CloudEvent", Calls::callbackIsCloudEvents),
                new Scenario("a callback's signature verifies through the OpenID document", Calls::callbackIsSigned),
                new Scenario("a call to a registered user rings a real phone", Calls::userIsCalled),
                new Scenario("a call to several targets reaches them all", Calls::severalAreCalled),
                new Scenario("terminate ends the call for everyone", Calls::terminated),
                new Scenario("a callee who hangs up disconnects the call", Calls::calleeHangsUp),
                new Scenario("a user who never answers and is not there fails the call with its published code", Calls::nobodyIsThere),
                new Scenario("bad input is a clear 400 that names its field", Calls::badInput),
                new Scenario("a connection that does not exist is a 404 with code 8522", Calls::noSuchConnection),
                new Scenario("a wrong key is refused with 401", Calls::wrongKey),
                new Scenario("a user who is added hears what is played", Calls::addedUserHears),
                new Scenario("somebody is transferred to a user's phone", Calls::transferredToAUser)));
        for (var failure : FAILURES) {
            all.add(new Scenario(failure.what() + " fails the call with its published code", w -> fails(w, failure)));
        }
        return all;
    }

    private static void numberIsCalled(World w) throws Exception {
        var call = w.call(World.number("+15550100"), "mine");
        Check.equal(call.result().getCallConnectionProperties().getCallConnectionState(), CallConnectionState.CONNECTING);
        var connected = call.callback().next(CallConnected.class);
        Check.equal(connected.getOperationContext(), "mine");
        var roster = call.callback().next(ParticipantsUpdated.class);
        Check.that(roster.getParticipants().stream().anyMatch(p -> p.getIdentifier().equals(World.number("+15550100"))), "it is not in the roster");
        var properties = call.connection().getCallProperties();
        Check.equal(properties.getCallConnectionState(), CallConnectionState.CONNECTED);
        Check.equal(properties.getTargetParticipants(), List.of(World.number("+15550100")));
        Check.equal(properties.getSourceCallerIdNumber(), World.number(World.OURS));
        Check.equal(properties.getServerCallId(), connected.getServerCallId());
        Check.equal(properties.getCorrelationId(), connected.getCorrelationId());
        call.connection().hangUp(false);
        var disconnected = call.callback().next(CallDisconnected.class);
        Check.equal(disconnected.getServerCallId(), connected.getServerCallId());
        Check.refused(404, () -> call.connection().getCallProperties());
    }

    private static void callbackIsCloudEvents(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        var request = call.callback().requests().get(0);
        Check.that(request.uri().endsWith("?secret=kept"), request.uri());
        var type = request.headers().getFirst("content-type");
        Check.that(type.matches("application/(cloudevents-batch\\+)?json.*"), type);
        Check.equal(request.body().size(), 1);
        var event = request.body().get(0);
        Check.equal(event.get("specversion").asText(), "1.0");
        Check.that(event.get("time").asText().matches(".*\\.\\d{7}\\+00:00"), event.get("time").asText());
        Check.equal(event.get("source").asText(), "calling/callConnections/" + event.at("/data/callConnectionId").asText());
        call.hangUp();
    }

    private static void callbackIsSigned(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        var document = get(w.options().get("endpoint").asText() + "/calling/.well-known/acsopenidconfiguration");
        var keys = get(document.get("jwks_uri").asText()).get("keys");
        for (var request : call.callback().requests()) {
            var token = request.headers().getFirst("authorization").replaceFirst("^Bearer ", "").split("\\.");
            var header = json(token[0]);
            Check.equal(header.get("alg").asText(), "RS256");
            var claims = json(token[1]);
            Check.equal(claims.get("iss"), document.get("issuer"));
            Check.equal(claims.get("aud"), w.options().get("resourceId"));
            Check.that(claims.get("exp").asLong() - claims.get("iat").asLong() <= 300, claims.toString());
            Check.that(verifies(keys, header.get("kid").asText(), token[0] + "." + token[1], token[2]), "the signature does not verify");
            Check.that(!verifies(keys, header.get("kid").asText(), token[0] + "x." + token[1], token[2]), "another text verifies");
        }
        call.hangUp();
    }

    private static boolean verifies(JsonNode keys, String kid, String text, String signature) throws Exception {
        for (var key : keys) {
            if (key.get("kid").asText().equals(kid)) {
                var spec = new RSAPublicKeySpec(unsigned(key.get("n")), unsigned(key.get("e")));
                var rs256 = Signature.getInstance("SHA256withRSA");
                rs256.initVerify(KeyFactory.getInstance("RSA").generatePublic(spec));
                rs256.update(text.getBytes(StandardCharsets.US_ASCII));
                return rs256.verify(Base64.getUrlDecoder().decode(signature));
            }
        }
        throw new AssertionError("there is no key " + kid);
    }

    private static BigInteger unsigned(JsonNode text) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(text.asText()));
    }

    private static JsonNode json(String base64) throws Exception {
        return new ObjectMapper().readTree(Base64.getUrlDecoder().decode(base64));
    }

    private static JsonNode get(String url) throws Exception {
        var response = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
        Check.equal(response.statusCode(), 200);
        return new ObjectMapper().readTree(response.body());
    }

    private static void userIsCalled(World w) throws Exception {
        var talking = w.phone("alice").mark("CALL_ESTABLISHED");
        var closed = w.phone("alice").mark("CALL_CLOSED");
        var call = w.connected(w.user("alice"));
        talking.await();
        call.hangUp();
        closed.await();
    }

    private static void severalAreCalled(World w) throws Exception {
        var callback = w.app().callback();
        var options = new CreateGroupCallOptions(
                List.of(World.number("+15550100"), World.number("+15550106"), w.user("alice")), callback.url)
                .setSourceCallIdNumber(World.number(World.OURS));
        var call = new Placed(callback, w.app().client.createGroupCallWithResponse(options, Context.NONE).getValue());
        callback.next(CallConnected.class);
        callback.roster(participants -> participants.size() == 3);
        Check.equal((int) call.connection().listParticipants().stream().count(), 3);
        call.hangUp();
    }

    private static void terminated(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        call.hangUp();
        ended(call, 200, 7000);
    }

    private static void calleeHangsUp(World w) throws Exception {
        var call = w.connected(World.number("+15550105"));
        call.callback().next(CallDisconnected.class);
    }

    private static void fails(World w, Failure failure) throws Exception {
        var call = w.call(World.number(failure.number()), failure.what());
        // Before 2024-09-15 there is no CreateCallFailed.
        var failed = call.callback().next(CallDisconnected.class);
        Check.equal(failed.getOperationContext(), failure.what());
        ended(call, failure.code(), failure.subCode());
        Check.equal(call.callback().kinds(), List.of("CallDisconnected"));
    }

    private static void nobodyIsThere(World w) throws Exception {
        // A user without an endpoint is left to an application; here none answers.
        var call = w.call(w.user("absent"));
        call.callback().next(CallDisconnected.class);
        ended(call, 408, 8541);
    }

    /** How the last event says that the call ended; the SDK's type for it has no result. */
    private static void ended(Placed call, int code, int subCode) {
        var result = call.callback().last().get("resultInformation");
        Check.equal(entry(result.get("code").asInt(), result.get("subCode").asInt()), entry(code, subCode));
    }

    private static void badInput(World w) throws Exception {
        var client = w.app().client;
        Check.refused(400, said -> said.toLowerCase().contains("callbackuri"),
                () -> client.createCall(new CallInvite(World.number("+15550100"), World.number(World.OURS)), "nonsense"));
        Check.refused(400, said -> said.toLowerCase().contains("target"),
                () -> client.createGroupCall(List.of(), w.app().callback().url));
    }

    private static void noSuchConnection(World w) throws Exception {
        var connection = w.app().client.getCallConnection(UUID.randomUUID().toString());
        Check.refused(404, said -> said.contains("8522"), connection::getCallProperties);
        Check.refused(404, said -> said.contains("8522"), connection.getCallMedia()::cancelAllMediaOperations);
    }

    private static void wrongKey(World w) throws Exception {
        var endpoint = w.options().get("connectionString").asText().split(";")[0].substring("endpoint=".length());
        var client = new CallAutomationClientBuilder().endpoint(endpoint).credential(new AzureKeyCredential("d3Jvbmc=")).buildClient();
        Check.refused(401, said -> said.contains("7509"), () -> client.createCall(World.invite("+15550100"), w.app().callback().url));
    }

    private static void addedUserHears(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        var invite = new AddParticipantOptions(new CallInvite(w.user("alice"))).setOperationContext("alice");
        var added = call.connection().addParticipantWithResponse(invite, Context.NONE).getValue();
        Check.equal(added.getParticipant().getIdentifier(), w.user("alice"));
        Check.equal(call.callback().next(AddParticipantSucceeded.class, "alice").getParticipant(), w.user("alice"));
        call.media().playToAll(new FileSource().setUrl(w.app().serveFile(Tone.of(2500, 1))));
        call.callback().next(PlayCompleted.class);
        w.phone("alice").heard(2500, 800);
        call.hangUp();
    }

    private static void transferredToAUser(World w) throws Exception {
        var alice = w.phone("alice");
        var talking = alice.mark("CALL_ESTABLISHED");
        var closed = alice.mark("CALL_CLOSED");
        var call = w.connected(World.number("+15550100"));
        var options = new TransferCallToParticipantOptions(w.user("alice")).setOperationContext("alice");
        call.connection().transferCallToParticipantWithResponse(options, Context.NONE);
        call.callback().next(CallTransferAccepted.class, "alice");
        call.callback().next(CallDisconnected.class);
        talking.await();
        alice.hangUp();
        closed.await();
    }
}

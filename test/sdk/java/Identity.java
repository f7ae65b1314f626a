import com.azure.communication.common.CommunicationTokenCredential;
import com.azure.communication.common.CommunicationUserIdentifier;
import com.azure.communication.identity.CommunicationIdentityClient;
import com.azure.communication.identity.CommunicationIdentityClientBuilder;
import com.azure.communication.identity.models.CommunicationTokenScope;
import com.azure.communication.identity.models.GetTokenForTeamsUserOptions;
import com.azure.core.credential.AccessToken;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;

/** Users who are made while the server runs, and phones that are theirs by a token. */
final class Identity {
    private static final List<CommunicationTokenScope> VOIP = List.of(CommunicationTokenScope.VOIP);

    private Identity() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("a user is made with a token, and is gone once deleted", Identity::madeAndDeleted),
                new Scenario("a token's credential knows its claims", Identity::credential),
                new Scenario("a phone registers with a token and is called", Identity::called),
                new Scenario("a revoked token registers no phone and places no call", Identity::revoked),
                new Scenario("what is wrong in a wish for a token is named", Identity::wrong));
    }

    private static CommunicationIdentityClient client(World w) {
        return new CommunicationIdentityClientBuilder()
                .connectionString(w.options().get("connectionString").asText())
                .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ZERO)))
                .buildClient();
    }

    /** Lets somebody enter the guest's phone, and waits for what comes of the registration. */
    private static void enters(World w, CommunicationUserIdentifier user, AccessToken token, String outcome) throws Exception {
        var registered = w.phone("guest").mark(outcome);
        w.phone("guest").enter(user.getId().split("_")[1], token.getToken());
        registered.await();
    }

    private static JsonNode claims(AccessToken token) throws IOException {
        return new ObjectMapper().readTree(Base64.getUrlDecoder().decode(token.getToken().split("\\.")[1]));
    }

    /** Expects a token to last so long, give or take what the service may. */
    private static void lasts(AccessToken token, Duration about) {
        var life = Duration.between(OffsetDateTime.now(), token.getExpiresAt());
        Check.that(life.minus(about).abs().compareTo(Duration.ofMinutes(10)) < 0, "the token lasts " + life);
    }

    private static void madeAndDeleted(World w) throws Exception {
        var client = client(w);
        var plain = client.createUser();
        var resource = w.options().get("resourceId").asText();
        Check.that(plain.getId().matches("8:acs:" + resource + "_[0-9a-f-]{36}"), plain.getId());
        var made = client.createUserAndToken(List.of(CommunicationTokenScope.VOIP, CommunicationTokenScope.CHAT));
        lasts(made.getUserToken(), Duration.ofDays(1));
        lasts(client.getToken(plain, List.of(CommunicationTokenScope.fromString("voip.join"))), Duration.ofDays(1));
        client.deleteUser(made.getUser());
        client.deleteUser(made.getUser());
        Check.refused(404, () -> client.getToken(made.getUser(), VOIP));
    }

    private static void credential(World w) throws Exception {
        var made = client(w).createUserAndToken(VOIP);
        var claims = claims(made.getUserToken());
        Check.equal("8:" + claims.get("skypeid").asText(), made.getUser().getId());
        Check.equal(claims.get("resourceId").asText(), w.options().get("resourceId").asText());
        Check.equal(claims.get("acsScope").asText(), "voip");
        try (var credential = new CommunicationTokenCredential(made.getUserToken().getToken())) {
            var got = credential.getToken().block();
            Check.equal(got.getToken(), made.getUserToken().getToken());
            Check.equal(got.getExpiresAt().toEpochSecond(), claims.get("exp").asLong());
        }
    }

    private static void called(World w) throws Exception {
        var made = client(w).createUserAndToken(VOIP);
        enters(w, made.getUser(), made.getUserToken(), "REGISTER_OK");
        var talking = w.phone("guest").mark("CALL_ESTABLISHED");
        var call = w.connected(made.getUser());
        talking.await();
        call.hangUp();
    }

    private static void revoked(World w) throws Exception {
        var client = client(w);
        var made = client.createUserAndToken(VOIP);
        client.revokeTokens(made.getUser());
        enters(w, made.getUser(), made.getUserToken(), "REGISTER_FAIL");
        var another = client.getToken(made.getUser(), VOIP);
        enters(w, made.getUser(), another, "REGISTER_OK");
        client.revokeTokens(made.getUser());
        var closed = w.phone("guest").mark("CALL_CLOSED");
        w.phone("guest").dial(w.options().get("ourUri").asText());
        var why = closed.await();
        Check.that(why.contains("401"), "the call ended with " + why);
    }

    private static void wrong(World w) throws Exception {
        var client = client(w);
        var user = client.createUser();
        var fax = List.of(CommunicationTokenScope.fromString("fax"));
        Check.refused(400, said -> said.contains("scopes"), () -> client.getToken(user, fax));
        Check.refused(400, said -> said.contains("createTokenWithScopes"), () -> client.createUserAndToken(fax));
        Check.refused(400, said -> said.contains("id"), () -> client.revokeTokens(new CommunicationUserIdentifier("8:acs:somebody")));
        var teams = new GetTokenForTeamsUserOptions("t", "c", "u");
        Check.refused(405, said -> said.contains("Teams"), () -> client.getTokenForTeamsUser(teams));
    }
}

// Users who are made while the server runs, and phones that are theirs by a token.
import assert from "node:assert/strict";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { AzureCommunicationTokenCredential as NewerCredential } from "@azure/communication-common-2.5";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { connected, hangUp } from "../steps.js";

const minutes = 60_000;

const clientOf = ({ plainConnectionString }) => new CommunicationIdentityClient(plainConnectionString, { allowInsecureConnection: true });

const bare = ({ communicationUserId }) => ({ communicationUserId });

// enters says what comes of a phone's registration with a token.
async function enters(guest, user, token, outcome) {
  const registered = await guest.mark(outcome);
  await guest.enter(user.communicationUserId.split("_")[1], token);
  return registered();
}

export const identity = [
  ["a user is made with a token, and is gone once deleted", async ({ options }) => {
    const client = clientOf(options);
    const plain = await client.createUser();
    assert.match(plain.communicationUserId, new RegExp(`^8:acs:${options.resourceId}_[0-9a-f-]{36}$`));
    const { user, token, expiresOn } = await client.createUserAndToken(["voip", "chat"], { tokenExpiresInMinutes: 60 });
    assert.ok(token && Math.abs(expiresOn.getTime() - Date.now() - 60 * minutes) < 10 * minutes, String(expiresOn));
    const issued = await client.getToken(bare(plain), ["voip.join"]);
    assert.ok(Math.abs(issued.expiresOn.getTime() - Date.now() - 1440 * minutes) < 10 * minutes, String(issued.expiresOn));
    await client.deleteUser(bare(user));
    await client.deleteUser(bare(user));
    await assert.rejects(client.getToken(bare(user), ["voip"]), (e) => e.statusCode === 404);
  }],
  ["a token's credential knows its claims", async ({ options }) => {
    const { user, token } = await clientOf(options).createUserAndToken(["voip"], { tokenExpiresInMinutes: 60 });
    const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
    assert.equal(`8:${claims.skypeid}`, user.communicationUserId);
    assert.equal(claims.resourceId, options.resourceId);
    assert.equal(claims.acsScope, "voip");
    for (const Credential of [AzureCommunicationTokenCredential, NewerCredential]) {
      const credential = new Credential(token);
      const got = await credential.getToken();
      assert.equal(got.token, token);
      assert.equal(got.expiresOnTimestamp, claims.exp * 1000);
      credential.dispose();
    }
  }],
  ["a phone registers with a token and is called", async ({ app, phones, options }) => {
    const { user, token } = await clientOf(options).createUserAndToken(["voip"]);
    await enters(phones.guest, user, token, "REGISTER_OK");
    const talking = await phones.guest.mark("CALL_ESTABLISHED");
    const { callback, connection } = await connected(app, bare(user));
    await talking();
    await hangUp(callback, connection);
  }],
  ["a revoked token registers no phone and places no call", async ({ phones, options }) => {
    const client = clientOf(options);
    const { user, token } = await client.createUserAndToken(["voip"]);
    await client.revokeTokens(bare(user));
    await enters(phones.guest, user, token, "REGISTER_FAIL");
    const another = await client.getToken(bare(user), ["voip"]);
    await enters(phones.guest, user, another.token, "REGISTER_OK");
    await client.revokeTokens(bare(user));
    const closed = await phones.guest.mark("CALL_CLOSED");
    await phones.guest.dial(options.ourUri);
    assert.match((await closed()).param, /401/);
  }],
  ["what is wrong in a wish for a token is named", async ({ options }) => {
    const client = clientOf(options);
    const user = bare(await client.createUser());
    const named = (field) => (e) => e.statusCode === 400 && e.message.includes(field);
    await assert.rejects(client.getToken(user, ["fax"]), named("scopes"));
    await assert.rejects(client.createUserAndToken(["voip"], { tokenExpiresInMinutes: 59 }), named("expiresInMinutes"));
    await assert.rejects(client.createUserAndToken(["fax"]), named("createTokenWithScopes"));
    await assert.rejects(client.revokeTokens({ communicationUserId: "8:acs:somebody" }), named("id"));
    await assert.rejects(
      client.getTokenForTeamsUser({ teamsUserAadToken: "t", clientId: "c", userObjectId: "u" }),
      (e) => e.statusCode === 405 && e.message.includes("Teams"),
    );
  }],
];

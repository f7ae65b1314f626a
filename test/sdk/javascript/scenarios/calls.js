// Outgoing calls: to numbers and users, and how they fail.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { CallAutomationClient } from "../lib/sdk.js";
import { tone } from "../lib/sound.js";
import { call, caller, connected, eventually, hangUp, notMade, number, played } from "../steps.js";

export const calls = [
  ["a call to a number is connected, read and hung up", async ({ app }) => {
    const { callback, connection, result } = await call(app, number("+15550100"), { operationContext: "mine" });
    assert.equal(result.callConnectionProperties.callConnectionState, "connecting");
    const connected = await callback.next("CallConnected");
    assert.equal(connected.operationContext, "mine");
    assert.equal(connected.resultInformation.code, 200);
    const roster = await callback.next("ParticipantsUpdated");
    assert.ok(roster.participants.some((p) => p.identifier.phoneNumber === "+15550100"));
    const properties = await connection.getCallConnectionProperties();
    assert.equal(properties.callConnectionState, "connected");
    assert.ok(properties.serverCallId && properties.correlationId);
    await connection.hangUp(false);
    const disconnected = await callback.next("CallDisconnected");
    assert.equal(disconnected.serverCallId, connected.serverCallId);
    assert.equal(callback.kinds().at(-1), "CallDisconnected");
    await assert.rejects(connection.getCallConnectionProperties(), { statusCode: 404 });
  }],
  ["the callback keeps its query and is a JSON array of one CloudEvent", async ({ app }) => {
    const { callback, connection } = await call(app, number("+15550100"));
    await callback.next("CallConnected");
    const { url, headers, body } = callback.raw[0];
    assert.ok(url.endsWith("?secret=kept"));
    assert.match(headers["content-type"], /^application\/(cloudevents-batch\+)?json/);
    assert.equal(body.length, 1);
    assert.equal(body[0].specversion, "1.0");
    assert.match(body[0].time, /\.\d{7}\+00:00$/);
    assert.equal(body[0].source, `calling/callConnections/${body[0].data.callConnectionId}`);
    await hangUp(callback, connection);
  }],
  ["a callback's signature verifies through the OpenID document", async ({ app, options }) => {
    const { callback, connection } = await call(app, number("+15550100"));
    await callback.next("CallConnected");
    const document = await (await fetch(`${options.endpoint}/calling/.well-known/acsopenidconfiguration`)).json();
    const keys = createRemoteJWKSet(new URL(document.jwks_uri));
    for (const { headers } of callback.raw) {
      const token = headers.authorization.replace(/^Bearer /, "");
      const { payload } = await jwtVerify(token, keys, { issuer: document.issuer, audience: options.resourceId, algorithms: ["RS256"] });
      assert.ok(payload.exp - payload.iat <= 300);
      const forged = token.slice(0, -8) + (token.endsWith("AAAAAAAA") ? "BBBBBBBB" : "AAAAAAAA");
      await assert.rejects(jwtVerify(forged, keys, { issuer: document.issuer }));
    }
    await hangUp(callback, connection);
  }],
  ["a call to a registered user rings a real phone", async ({ app, phones, options }) => {
    const talking = await phones.alice.mark("CALL_ESTABLISHED");
    const closed = await phones.alice.mark("CALL_CLOSED");
    const { callback, connection } = await call(app, { communicationUserId: options.users.alice });
    await callback.next("CallConnected");
    await talking();
    await connection.hangUp(true);
    await callback.next("CallDisconnected");
    await closed();
  }],
  ["a call to several targets reaches them all", async ({ app, options }) => {
    const callback = app.callback();
    const result = await app.client.createGroupCall(
      [number("+15550100"), number("+15550106"), { communicationUserId: options.users.alice }], callback.url, caller());
    await callback.next("CallConnected");
    const connection = result.callConnection;
    await eventually(async () => (await connection.listParticipants()).values.length === 3);
    await connection.hangUp(true);
    await callback.next("CallDisconnected");
  }],
  ["terminate ends the call for everyone", async ({ app }) => {
    const { callback, connection } = await call(app, number("+15550100"));
    await callback.next("CallConnected");
    await connection.hangUp(true);
    const { resultInformation } = await callback.next("CallDisconnected");
    assert.equal(resultInformation.code, 200);
    assert.equal(resultInformation.subCode, 7000);
  }],
  ["a callee who hangs up disconnects the call", async ({ app }) => {
    const { callback } = await call(app, number("+15550105"));
    await callback.next("CallConnected");
    await callback.next("CallDisconnected");
    assert.equal(callback.kinds().at(-1), "CallDisconnected");
  }],
  ...[
    ["a busy number", "+15550101", 486, 560486],
    ["a number that declines", "+15550103", 603, 560603],
    ["a number that never answers", "+15550102", 408, 560408],
    ["an unreachable trunk", "+16660001", 480, 560480],
    ["a number that no trunk takes", "+9990001", 403, 511532],
  ].map(([what, target, code, subCode]) => [`${what} fails the call with its published code`, async ({ app }) => {
    const { callback } = await call(app, number(target), { operationContext: what });
    const failed = await callback.next(notMade(app));
    assert.equal(failed.operationContext, what);
    assert.equal(failed.resultInformation.code, code);
    assert.equal(failed.resultInformation.subCode, subCode);
    assert.deepEqual(callback.kinds(), [notMade(app)]);
  }]),
  // A user without an endpoint is left to an application; here none answers.
  ["a user who never answers and is not there fails the call with its published code", async ({ app, options }) => {
    const { callback } = await call(app, { communicationUserId: options.users.absent });
    const { resultInformation } = await callback.next(notMade(app));
    assert.equal(resultInformation.code, 408);
    assert.equal(resultInformation.subCode, 8541);
  }],
  ["bad input is a clear 400 that names its field", async ({ app }) => {
    await assert.rejects(
      app.client.createCall({ targetParticipant: number("+15550100"), sourceCallIdNumber: number("+14255550100") }, "nonsense"),
      (error) => error.statusCode === 400 && /callbackUri/i.test(error.message));
    await assert.rejects(
      app.client.createGroupCall([], app.callback().url, caller()),
      (error) => error.statusCode === 400 && /target/i.test(error.message));
  }],
  ["a connection that does not exist is a 404 with code 8522", async ({ app }) => {
    const connection = app.client.getCallConnection(randomUUID());
    await assert.rejects(connection.getCallConnectionProperties(), { statusCode: 404, code: "8522" });
    await assert.rejects(connection.getCallMedia().cancelAllOperations(), { statusCode: 404 });
  }],
  ["a wrong key is refused with 401", async ({ app, options }) => {
    const client = new CallAutomationClient(options.endpoint, { key: "d3Jvbmc=" }, { allowInsecureConnection: true });
    await assert.rejects(
      client.createCall({ targetParticipant: number("+15550100"), ...caller() }, app.callback().url),
      { name: "RestError", statusCode: 401, code: "7509" });
  }],
  ["a user who is added hears what is played", async ({ app, phones, options }) => {
    const alice = { communicationUserId: options.users.alice };
    const { callback, connection, media } = await connected(app, number("+15550100"));
    const added = await connection.addParticipant({ targetParticipant: alice }, { operationContext: "alice" });
    assert.equal(added.participant.identifier.communicationUserId, options.users.alice);
    const joined = await callback.next(["AddParticipantSucceeded", "AddParticipantFailed"], "alice");
    assert.equal(joined.kind, "AddParticipantSucceeded");
    assert.equal(joined.participant.communicationUserId, options.users.alice);
    await media.playToAll([{ kind: "fileSource", url: app.serveFile(tone(2500, 1)) }], { operationContext: "hello" });
    await played(app, callback, "hello");
    await phones.alice.heard(2500, 800);
    await hangUp(callback, connection);
  }],
  ["somebody is transferred to a user's phone", async ({ app, phones, options }) => {
    const talking = await phones.alice.mark("CALL_ESTABLISHED");
    const closed = await phones.alice.mark("CALL_CLOSED");
    const { callback, connection } = await connected(app, number("+15550100"));
    await connection.transferCallToParticipant({ communicationUserId: options.users.alice }, { operationContext: "alice" });
    const done = await callback.next(["CallTransferAccepted", "CallTransferFailed"], "alice");
    assert.equal(done.kind, "CallTransferAccepted");
    await callback.next("CallDisconnected");
    await talking();
    await phones.alice.hangUp();
    await closed();
  }],
];

// Incoming calls: a real phone on the trunk calls our number.
import assert from "node:assert/strict";
import { tone } from "../lib/sound.js";
import { eventually, hangUp, number, ours, played, recognize } from "../steps.js";

const us = `4:${ours}`;

// ring lets the carrier's phone call us and returns the IncomingCall.
async function ring({ app, phones, options }) {
  const closed = await phones.carrier.mark("CALL_CLOSED");
  const talking = await phones.carrier.mark("CALL_ESTABLISHED");
  await phones.carrier.dial(options.ourUri);
  return { event: await app.incoming(us), closed, talking };
}

export const incoming = [
  ["an incoming call is published, answered and hung up", async (world) => {
    const { app, options } = world;
    const { event, talking, closed } = await ring(world);
    assert.equal(event.from.rawId, `4:${options.carrierNumber}`);
    assert.ok(event.serverCallId && event.correlationId && event.incomingCallContext);
    const callback = app.callback();
    const result = await app.client.answerCall(event.incomingCallContext, callback.url, { operationContext: "answered" });
    assert.equal((await callback.next("CallConnected")).operationContext, "answered");
    assert.equal(result.callConnectionProperties.serverCallId, event.serverCallId);
    await talking();
    await hangUp(callback, result.callConnection);
    await closed();
    await assert.rejects(app.client.answerCall(event.incomingCallContext, callback.url), (e) => e.statusCode >= 400 && e.statusCode < 500);
  }],
  ...[
    ["none", /^(603|4\d\d) /],
    ["busy", /^486 /],
    ["forbidden", /^403 /],
  ].map(([reason, status]) => [`an incoming call is rejected with ${reason}`, async (world) => {
    const { event, closed } = await ring(world);
    await world.app.client.rejectCall(event.incomingCallContext, { callRejectReason: reason });
    assert.match((await closed()).param, status);
    await assert.rejects(world.app.client.rejectCall(event.incomingCallContext), (e) => e.statusCode >= 400 && e.statusCode < 500);
  }]),
  ["an incoming call is redirected to a user", async (world) => {
    const { app, phones, options } = world;
    const answered = await phones.carol.mark("CALL_ESTABLISHED");
    const { event, talking, closed } = await ring(world);
    await app.client.redirectCall(event.incomingCallContext, { targetParticipant: { communicationUserId: options.users.carol } });
    await answered();
    await talking();
    await phones.carrier.hangUp();
    await closed();
  }],
  ["an answered call says which number was called", async (world) => {
    const { event, closed } = await ring(world);
    const callback = world.app.callback();
    const { callConnection } = await world.app.client.answerCall(event.incomingCallContext, callback.url);
    await callback.next("CallConnected");
    assert.equal((await callConnection.getCallConnectionProperties()).answeredFor.phoneNumber, ours);
    await hangUp(callback, callConnection);
    await closed();
  }],
  ["a seat is taken in a call between two people", async (world) => {
    const { app, phones, options } = world;
    const { event, talking, closed } = await ring(world);
    const locator = { kind: "serverCallLocator", id: event.serverCallId };
    await assert.rejects(app.client.connectCall(locator, app.callback().url), { statusCode: 400, code: "8501" });
    await app.client.redirectCall(event.incomingCallContext, { targetParticipant: { communicationUserId: options.users.carol } });
    await talking();
    const callback = app.callback();
    // The caller's phone knows a little before the server that the two talk.
    const result = await eventually(() => app.client.connectCall(locator, callback.url, { operationContext: "seat" })
      .catch((error) => assert.equal(error.code, "8501")));
    assert.equal(result.callConnectionProperties.serverCallId, event.serverCallId);
    assert.equal((await callback.next("CallConnected")).operationContext, "seat");
    assert.equal((await callback.next("ParticipantsUpdated")).participants.length, 2);
    await result.callConnection.getCallMedia().playToAll([{ kind: "fileSource", url: app.serveFile(tone(2900, 1)) }], { operationContext: "both" });
    await played(app, callback, "both");
    await phones.carol.heard(2900, 800);
    await phones.carrier.heard(2900, 800);
    await result.callConnection.hangUp(false);
    await callback.next("CallDisconnected"); // they talk on
    await assert.rejects(result.callConnection.getCallConnectionProperties(), { statusCode: 404 });
    await phones.carrier.hangUp();
    await closed();
    await assert.rejects(app.client.connectCall(locator, app.callback().url), { statusCode: 404 });
  }],
  ["an incoming call is redirected to a number", async (world) => {
    const { event, talking, closed } = await ring(world);
    await world.app.client.redirectCall(event.incomingCallContext,
      { targetParticipant: number("+15550100"), sourceCallIdNumber: number(ours) });
    await talking();
    await world.phones.carrier.hangUp();
    await closed();
  }],
  ["an unknown context is a clear 4xx", async ({ app }) => {
    for (const context of ["nonsense", "", "a.b.c"]) {
      await assert.rejects(app.client.answerCall(context, app.callback().url), (e) => e.statusCode >= 400 && e.statusCode < 500);
      await assert.rejects(app.client.rejectCall(context), (e) => e.statusCode >= 400 && e.statusCode < 500);
    }
  }],
  ["a caller's tones are recognised after an answer", async (world) => {
    const { app, phones, options } = world;
    const { event } = await ring(world);
    const callback = app.callback();
    const { callConnection } = await app.client.answerCall(event.incomingCallContext, callback.url);
    await callback.next("CallConnected");
    await recognize(app, callConnection.getCallMedia(), number(options.carrierNumber),
      { kind: "callMediaRecognizeDtmfOptions", maxTonesToCollect: 3, operationContext: "pin", initialSilenceTimeoutInSeconds: 30, interToneTimeoutInSeconds: 30 });
    await phones.carrier.press("709");
    const done = await callback.next(["RecognizeCompleted", "RecognizeFailed"], "pin");
    assert.deepEqual(done.dtmfResult.tones, ["seven", "zero", "nine"]);
    await hangUp(callback, callConnection);
  }],
];

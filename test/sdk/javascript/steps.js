// The steps that scenarios share, also where versions of the SDK differ.
import assert from "node:assert/strict";

export const ours = "+14255550100";

export const number = (e164) => ({ phoneNumber: e164 });

export const caller = () => ({ sourceCallIdNumber: number(ours) });

// call places a call and returns what the scenario needs of it.
export async function call(app, target, options = {}) {
  const callback = app.callback();
  const result = await app.client.createCall({ targetParticipant: target, sourceCallIdNumber: number(ours) }, callback.url, options);
  return { callback, result, connection: result.callConnection, media: result.callConnection.getCallMedia() };
}

// connected places a call that is answered.
export async function connected(app, target, options) {
  const placed = await call(app, target, options);
  await placed.callback.next("CallConnected");
  return placed;
}

// invite is how somebody is added to a call.
export const invite = (target) => ({ targetParticipant: target, sourceCallIdNumber: number(ours) });

export async function hangUp(callback, connection) {
  await connection.hangUp(true);
  await callback.next("CallDisconnected");
}

// notMade is the event that says that a call was not made.
export const notMade = (app) => (app.has("2024-09-15") ? "CreateCallFailed" : "CallDisconnected");

// played waits for the event that a play ended with, and expects this one.
// Version 1.0.0 takes an operation context for a play and does not send it.
export async function played(app, callback, context, kind = "PlayCompleted") {
  const done = await callback.next(["PlayCompleted", "PlayFailed", "PlayCanceled"], app.has("2023-10-15") ? context : undefined);
  assert.equal(done.kind, kind);
  return done;
}

// playing waits until a play has begun, where the version is told so.
export async function playing(app, callback, context) {
  if (app.has("2024-09-15")) await callback.next("PlayStarted", context);
}

// recognize asks for tones. Version 1.0.0 takes their number as an argument.
export const recognize = (app, media, target, options) =>
  media.startRecognizing(target, ...(app.has("2023-10-15") ? [options] : [options.maxTonesToCollect, options]));

// eventually asks again until there is an answer, and returns it: for what no
// event tells.
export async function eventually(ask) {
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it never came to be so");
}

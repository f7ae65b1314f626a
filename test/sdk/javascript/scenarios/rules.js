// In the call: what goes on beside what, and what is refused.
import assert from "node:assert/strict";
import { tone } from "../lib/sound.js";
import { connected, hangUp, number, played, playing, recognize } from "../steps.js";

const file = (url) => ({ kind: "fileSource", url });
const echo = number("+15550100");

export const rules = [
  ["a recognition that interrupts takes the place of a play", async ({ app }) => {
    const { callback, connection, media } = await connected(app, echo);
    await media.playToAll([file(app.serveFile(tone(700, 60)))], { operationContext: "long" });
    await playing(app, callback, "long");
    await recognize(app, media, echo, {
      kind: "callMediaRecognizeDtmfOptions", maxTonesToCollect: 1, initialSilenceTimeoutInSeconds: 1,
      interruptCallMediaOperation: true, operationContext: "key",
    });
    await played(app, callback, "long", "PlayCanceled");
    const done = await callback.next(["RecognizeCompleted", "RecognizeFailed"], "key");
    assert.equal(done.resultInformation.subCode, 8510); // nobody presses a key
    await hangUp(callback, connection);
  }],
  ["a second play to somebody is refused beside the first", async ({ app }) => {
    const { callback, connection, media } = await connected(app, echo);
    const sound = [file(app.serveFile(tone(700, 60)))];
    await media.play(sound, [echo], { operationContext: "first" });
    await assert.rejects(media.play(sound, [echo]), { name: "RestError", statusCode: 412, code: "8583" });
    await hangUp(callback, connection);
    await played(app, callback, "first", "PlayCanceled");
  }],
  ["a source that is missing is named by its place", async ({ app }) => {
    const { callback, connection, media } = await connected(app, echo);
    const sources = [app.serveFile(tone(700, 0.2)), "http://127.0.0.1:1/none.wav"].map(file);
    await media.playToAll(sources, { operationContext: "second" });
    const failed = await played(app, callback, "second", "PlayFailed");
    assert.equal(failed.failedPlaySourceIndex, 1);
    await hangUp(callback, connection);
  }],
  ["who is on hold already is a conflict", async ({ app }) => {
    const { callback, connection, media } = await connected(app, echo);
    await media.hold(echo);
    await assert.rejects(media.hold(echo), { name: "RestError", statusCode: 409, code: "8519" });
    await media.unhold(echo);
    await hangUp(callback, connection);
  }],
  ["what is not listened to is not stopped", async ({ app }) => {
    const { callback, connection, media } = await connected(app, echo);
    await assert.rejects(media.stopContinuousDtmfRecognition(echo), { name: "RestError", statusCode: 404, code: "8522" });
    await hangUp(callback, connection);
  }],
  ["tones that are being sent are cancelled", async ({ app }) => {
    const { callback, connection, media } = await connected(app, echo);
    await media.sendDtmfTones(Array(18).fill("nine"), echo, { operationContext: "nines" }); // three seconds long
    await media.cancelAllOperations();
    const done = await callback.next(["SendDtmfTonesFailed", "SendDtmfTonesCompleted"], "nines");
    assert.equal(done.kind, "SendDtmfTonesFailed");
    assert.equal(done.resultInformation.subCode, 8508);
    await hangUp(callback, connection);
  }],
  ["a hold with a file that cannot be had fails", async ({ app }) => {
    const { callback, connection, media } = await connected(app, echo);
    await media.hold(echo, { playSource: file("http://127.0.0.1:1/none.wav"), operationContext: "hold" });
    await callback.next("HoldFailed", "hold");
    assert.equal((await connection.getParticipant(echo)).isOnHold, false);
    await hangUp(callback, connection);
  }],
];

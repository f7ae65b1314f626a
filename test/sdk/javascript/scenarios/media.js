// In the call: playing and recognising.
import assert from "node:assert/strict";
import { tone } from "../lib/sound.js";
import { connected, hangUp, number, played, playing, recognize } from "../steps.js";

const file = (url) => ({ kind: "fileSource", url });
const digits = number("+15550104"); // answers and presses 1 2 3 4 #
const echo = number("+15550100");

const dtmf = (options) => ({
  kind: "callMediaRecognizeDtmfOptions", initialSilenceTimeoutInSeconds: 20, interToneTimeoutInSeconds: 10, ...options,
});

export const media = [
  ["a file is played to all and heard", async ({ app, phones, options }) => {
    const user = { communicationUserId: options.users.bob };
    const { callback, connection, media } = await connected(app, user);
    await media.playToAll([file(app.serveFile(tone(700, 1)))], { operationContext: "prompt" });
    await playing(app, callback, "prompt");
    const done = await played(app, callback, "prompt");
    assert.equal(done.resultInformation.code, 200);
    await phones.bob.heard(700, 800);
    await hangUp(callback, connection);
  }],
  ["a file is played to one participant", async ({ app, phones, options }) => {
    const user = { communicationUserId: options.users.bob };
    const { callback, connection, media } = await connected(app, user);
    await media.play([file(app.serveFile(tone(1300, 1, { rate: 44100, bits: 24, channels: 2 })))], [user], { operationContext: "one" });
    await played(app, callback, "one");
    await phones.bob.heard(1300, 800);
    await hangUp(callback, connection);
  }],
  ["several sources are played in order", async ({ app, phones, options }) => {
    const { callback, connection, media } = await connected(app, { communicationUserId: options.users.bob });
    const sources = [1500, 1700].map((hz) => file(app.serveFile(tone(hz, 0.6, { rate: 8000, bits: 8 }))));
    await media.playToAll(sources, { operationContext: "both" });
    await played(app, callback, "both");
    await phones.bob.heard(1500, 450);
    await phones.bob.heard(1700, 450);
    await hangUp(callback, connection);
  }],
  ["a loop plays until it is cancelled", async ({ app, phones, options }) => {
    const { callback, connection, media } = await connected(app, { communicationUserId: options.users.bob });
    await media.playToAll([file(app.serveFile(tone(1900, 0.3)))], { loop: true, operationContext: "loop" });
    await phones.bob.heard(1900, 1200);
    await media.cancelAllOperations();
    const canceled = await played(app, callback, "loop", "PlayCanceled");
    assert.equal(canceled.resultInformation.subCode, 8508);
    await hangUp(callback, connection);
  }],
  ["a file that cannot be had or played fails the play", async ({ app }) => {
    const { callback, connection, media } = await connected(app, echo);
    await media.playToAll([file("http://127.0.0.1:1/none.wav")]);
    await callback.first(1, "PlayFailed");
    await media.playToAll([file(app.serveFile(Buffer.from("this is no sound")))]);
    const failed = await callback.first(2, "PlayFailed");
    assert.deepEqual(failed.map((e) => e.resultInformation.subCode), [8536, 8535]);
    await hangUp(callback, connection);
  }],
  ["tones are recognised up to the most", async ({ app }) => {
    const { callback, connection, media } = await connected(app, digits);
    await recognize(app, media, digits, dtmf({ maxTonesToCollect: 3, operationContext: "max" }));
    const done = await callback.next(["RecognizeCompleted", "RecognizeFailed"], "max");
    assert.equal(done.kind, "RecognizeCompleted");
    assert.equal(done.recognitionType, "dtmf");
    assert.deepEqual(done.dtmfResult.tones, ["one", "two", "three"]);
    assert.equal(done.resultInformation.subCode, 8531);
    await hangUp(callback, connection);
  }],
  ["a stop tone ends recognition and is not among the tones", async ({ app }) => {
    const { callback, connection, media } = await connected(app, digits);
    await recognize(app, media, digits, dtmf({ maxTonesToCollect: 10, stopDtmfTones: ["pound"], operationContext: "stop" }));
    const done = await callback.next(["RecognizeCompleted", "RecognizeFailed"], "stop");
    assert.deepEqual(done.dtmfResult.tones, ["one", "two", "three", "four"]);
    assert.equal(done.resultInformation.subCode, 8514);
    await hangUp(callback, connection);
  }],
  ["a tone interrupts the prompt", async ({ app }) => {
    const { callback, connection, media } = await connected(app, digits);
    await recognize(app, media, digits, dtmf({
      maxTonesToCollect: 4, interruptPrompt: true, operationContext: "interrupted", playPrompt: file(app.serveFile(tone(700, 60))),
    }));
    await playing(app, callback, "interrupted");
    const done = await callback.next(["RecognizeCompleted", "RecognizeFailed"], "interrupted");
    assert.deepEqual(done.dtmfResult.tones, ["one", "two", "three", "four"]);
    await hangUp(callback, connection);
  }],
  ["silence between tones ends recognition with what there is", async ({ app }) => {
    const { callback, connection, media } = await connected(app, digits);
    await recognize(app, media, digits, dtmf({ maxTonesToCollect: 20, interToneTimeoutInSeconds: 2, operationContext: "slow" }));
    const done = await callback.next(["RecognizeCompleted", "RecognizeFailed"], "slow");
    assert.equal(done.resultInformation.subCode, 8532);
    assert.deepEqual(done.dtmfResult?.tones, ["one", "two", "three", "four", "pound"]);
    await hangUp(callback, connection);
  }],
  ["silence from the start fails recognition", async ({ app }) => {
    const { callback, connection, media } = await connected(app, echo);
    await recognize(app, media, echo, dtmf({ maxTonesToCollect: 1, initialSilenceTimeoutInSeconds: 1, operationContext: "mute" }));
    const failed = await callback.next(["RecognizeFailed", "RecognizeCompleted"], "mute");
    assert.equal(failed.kind, "RecognizeFailed");
    assert.equal(failed.resultInformation.subCode, 8510);
    await hangUp(callback, connection);
  }],
  ["cancelling ends recognition with RecognizeCanceled", async ({ app }) => {
    const { callback, connection, media } = await connected(app, echo);
    await recognize(app, media, echo, dtmf({ maxTonesToCollect: 1, operationContext: "away" }));
    await media.cancelAllOperations();
    const canceled = await callback.next(["RecognizeCanceled", "RecognizeFailed"], "away");
    assert.equal(canceled.kind, "RecognizeCanceled");
    assert.equal(canceled.resultInformation.subCode, 8508);
    await hangUp(callback, connection);
  }],
  ["a hang-up ends what runs, before the last event", async ({ app }) => {
    const { callback, connection, media } = await connected(app, echo);
    await media.playToAll([file(app.serveFile(tone(700, 60)))], { operationContext: "long" });
    await playing(app, callback, "long");
    await hangUp(callback, connection);
    const kinds = callback.kinds();
    assert.equal(kinds.at(-1), "CallDisconnected");
    assert.equal(kinds.filter((k) => ["PlayCanceled", "PlayFailed", "PlayCompleted"].includes(k)).length, 1);
  }],
  ["tones are sent and heard", async ({ app, phones, options }) => {
    const user = { communicationUserId: options.users.bob };
    const { callback, connection, media } = await connected(app, user);
    const sent = await media.sendDtmfTones(["one", "two", "pound"], user, { operationContext: "send" });
    assert.equal(sent.operationContext, "send");
    const done = await callback.next(["SendDtmfTonesCompleted", "SendDtmfTonesFailed"], "send");
    assert.equal(done.kind, "SendDtmfTonesCompleted");
    await phones.bob.tones("12#");
    await hangUp(callback, connection);
  }],
  ["every tone is told while they are listened to", async ({ app }) => {
    const { callback, connection, media } = await connected(app, digits);
    await media.startContinuousDtmfRecognition(digits, { operationContext: "listen" });
    const heard = await callback.first(3, "ContinuousDtmfRecognitionToneReceived");
    assert.deepEqual(heard.map((e) => e.sequenceId), [1, 2, 3]);
    const tones = heard.map((e) => e.tone).join(" "); // it may have pressed the first before
    assert.ok("one two three four pound".includes(tones), tones);
    assert.ok(heard.every((e) => e.operationContext === "listen"));
    await media.stopContinuousDtmfRecognition(digits, { operationContext: "stop" });
    await callback.next("ContinuousDtmfRecognitionStopped", "stop");
    await hangUp(callback, connection);
  }],
  ["a choice is made with a key", async ({ app }) => {
    const { callback, connection, media } = await connected(app, digits);
    await recognize(app, media, digits, {
      kind: "callMediaRecognizeChoiceOptions", initialSilenceTimeoutInSeconds: 20, operationContext: "choose",
      choices: ["one", "two", "three", "four", "pound"].map((tone) => ({ label: `picked ${tone}`, phrases: [tone], tone })),
    });
    const done = await callback.next(["RecognizeCompleted", "RecognizeFailed"], "choose");
    assert.equal(done.kind, "RecognizeCompleted");
    assert.equal(done.recognitionType, "choices");
    assert.match(done.choiceResult.label, /^picked /);
    assert.equal(done.resultInformation.subCode, 8533);
    await hangUp(callback, connection);
  }],
  ["somebody on hold hears music and the roster says so", async ({ app, phones, options }) => {
    const user = { communicationUserId: options.users.bob };
    const { callback, connection, media } = await connected(app, user);
    await media.hold(user, { operationContext: "hold" });
    await callback.roster(([p]) => p.isOnHold);
    await media.unhold(user);
    await callback.roster(([p]) => !p.isOnHold);
    assert.equal((await connection.getParticipant(user)).isOnHold, false);
    await media.hold(user, { playSource: file(app.serveFile(tone(2100, 0.5))) });
    await phones.bob.heard(2100, 1200); // again and again
    await media.unhold(user);
    await hangUp(callback, connection);
  }],
  ["a user is muted, and the roster says so", async ({ app, options }) => {
    const user = { communicationUserId: options.users.bob };
    const { callback, connection } = await connected(app, user);
    const muted = await connection.muteParticipant(user, { operationContext: "mute" });
    assert.equal(muted.operationContext, "mute");
    await callback.roster(([p]) => p.isMuted);
    assert.equal((await connection.getParticipant(user)).isMuted, true);
    await hangUp(callback, connection);
  }],
  ["two plays are heard one after the other", async ({ app, phones, options }) => {
    const { callback, connection, media } = await connected(app, { communicationUserId: options.users.bob });
    for (const hz of [2700, 3000]) await media.playToAll([file(app.serveFile(tone(hz, 0.6)))], { operationContext: `${hz} Hz` });
    const done = await callback.first(2, "PlayCompleted");
    if (app.has("2023-10-15")) assert.deepEqual(done.map((e) => e.operationContext), ["2700 Hz", "3000 Hz"]);
    await phones.bob.heard(2700, 450);
    await phones.bob.heard(3000, 450);
    await hangUp(callback, connection);
  }],
  ["a play that interrupts takes the place of what plays", async ({ app, phones, options }) => {
    const { callback, connection, media } = await connected(app, { communicationUserId: options.users.bob });
    await media.playToAll([file(app.serveFile(tone(700, 60)))], { operationContext: "long" });
    await playing(app, callback, "long");
    await media.playToAll([file(app.serveFile(tone(2500, 1)))], { operationContext: "urgent", interruptCallMediaOperation: true });
    await played(app, callback, "long", "PlayCanceled");
    await played(app, callback, "urgent");
    await phones.bob.heard(2500, 800);
    await hangUp(callback, connection);
  }],
  ["an operation's own callback is told of it, and no other", async ({ app, phones, options }) => {
    const { callback, connection, media } = await connected(app, { communicationUserId: options.users.bob });
    const own = app.callback();
    await media.playToAll([file(app.serveFile(tone(1100, 1)))], { operationContext: "own", operationCallbackUrl: own.url });
    await played(app, own, "own");
    await phones.bob.heard(1100, 800);
    await hangUp(callback, connection);
    assert.ok(!callback.kinds().some((kind) => kind.startsWith("Play")), callback.kinds().join());
    assert.ok(own.kinds().every((kind) => kind.startsWith("Play")), own.kinds().join());
  }],
  ["several prompts are heard before the tones", async ({ app, phones, options }) => {
    const user = { communicationUserId: options.users.bob };
    const { callback, connection, media } = await connected(app, user);
    await recognize(app, media, user, dtmf({
      maxTonesToCollect: 2, interruptPrompt: true, operationContext: "menu", playPrompts: [500, 900].map((hz) => file(app.serveFile(tone(hz, 0.6)))),
    }));
    await phones.bob.heard(500, 450);
    await phones.bob.heard(900, 450);
    await phones.bob.press("58");
    const done = await callback.next(["RecognizeCompleted", "RecognizeFailed"], "menu");
    assert.deepEqual(done.dtmfResult?.tones, ["five", "eight"]);
    await hangUp(callback, connection);
  }],
];

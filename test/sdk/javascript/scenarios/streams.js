// Media streams, with the number of the lab that echoes and the one that presses keys.
import assert from "node:assert/strict";
import { toneIn } from "../lib/phones.js";
import { call, connected, hangUp, number } from "../steps.js";

const echo = number("+15550100");

export const streams = [
  ["an application is heard over a stream and hears the answer", async ({ app, options }) => {
    const stream = app.stream();
    const { callback, connection } = await call(app, echo, {
      operationContext: "stream", mediaStreamingOptions: stream.options({ startMediaStreaming: true, enableBidirectional: true }),
    });
    const started = await callback.next("MediaStreamingStarted", "stream");
    assert.equal(started.mediaStreamingUpdate.mediaStreamingStatus, "mediaStreamingStarted");
    const frame = await stream.next("AudioData");
    assert.equal(Buffer.from(frame.data, "base64").length, 640);
    assert.equal(typeof frame.isSilent, "boolean");
    assert.equal(stream.messages[0].kind, "AudioMetadata");
    assert.equal(stream.messages[0].data.sampleRate, 16000);
    stream.says(1330, 1);
    assert.ok(await toneIn(options.phones, await stream.heard({ seconds: 0.9 }), 1330) > 700);
    await hangUp(callback, connection);
    await stream.over();
  }],
  ["a stream is started and stopped in the call", async ({ app }) => {
    const stream = app.stream();
    const { callback, connection, media } = await connected(app, echo, { mediaStreamingOptions: stream.options({ startMediaStreaming: false }) });
    assert.equal((await connection.getCallConnectionProperties()).mediaStreamingSubscription.state, "inactive");
    await media.startMediaStreaming({ operationContext: "start" });
    await callback.next("MediaStreamingStarted", "start");
    await stream.first(10, "AudioData");
    await assert.rejects(media.startMediaStreaming(), { name: "RestError", statusCode: 409, code: "8519" });
    await media.stopMediaStreaming({ operationContext: "stop" });
    const stopped = await callback.next("MediaStreamingStopped", "stop");
    assert.equal(stopped.mediaStreamingUpdate.mediaStreamingStatus, "mediaStreamingStopped");
    await stream.over();
    await hangUp(callback, connection);
  }],
  ["keys are told among the sound of a stream", async ({ app }) => {
    const stream = app.stream();
    const { callback, connection } = await call(app, number("+15550104"), {
      mediaStreamingOptions: stream.options({ startMediaStreaming: true, enableDtmfTones: true, audioChannelType: "unmixed" }),
    });
    const pressed = await stream.first(5, "DtmfData");
    assert.equal(pressed.map(({ data }) => data).join(""), "1234#");
    assert.equal(stream.of("AudioData")[0].participant.phoneNumber, "+15550104");
    await hangUp(callback, connection);
  }],
];

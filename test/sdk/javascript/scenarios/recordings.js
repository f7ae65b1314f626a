// Recordings: from their start to the deletion of their file.
import assert from "node:assert/strict";
import { toneIn } from "../lib/phones.js";
import { tone } from "../lib/sound.js";
import { connected, hangUp, number } from "../steps.js";

const echo = number("+15550100");

const wav = { recordingContent: "audio", recordingChannel: "mixed", recordingFormat: "wav" };

// located is a call, and how a recording names it.
async function located(app) {
  const call = await connected(app, echo);
  const { serverCallId } = await call.connection.getCallConnectionProperties();
  return { ...call, callLocator: { id: serverCallId, kind: "serverCallLocator" } };
}

// say plays a second of a tone, the n-th in its call, to its end.
async function say(app, { callback, media }, hz, n) {
  await media.playToAll([{ kind: "fileSource", url: app.serveFile(tone(hz, 1)) }]);
  await callback.first(n, "PlayCompleted");
}

// whole reads what the SDK streams, to its end.
async function whole(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

export const recordings = [
  ["a call is recorded but for its pause, and the file is fetched and deleted", async ({ app, options }) => {
    const call = await located(app);
    const recording = app.client.getCallRecording();
    const news = app.callback();
    const { recordingId } = await recording.start({ callLocator: call.callLocator, ...wav, recordingStateCallbackEndpointUrl: news.url });
    await news.state(recordingId, "active");
    assert.equal((await recording.getState(recordingId)).recordingState, "active");
    await say(app, call, 600, 1);
    await recording.pause(recordingId);
    await news.state(recordingId, "inactive", 2); // the first one came before it recorded
    assert.equal((await recording.getState(recordingId)).recordingState, "inactive");
    await say(app, call, 800, 2);
    await recording.resume(recordingId);
    await news.state(recordingId, "active", 2);
    assert.equal((await recording.getState(recordingId)).recordingState, "active");
    await say(app, call, 1000, 3);
    await recording.stop(recordingId);
    await news.state(recordingId, "inactive", 3);
    await assert.rejects(recording.getState(recordingId), { statusCode: 404, code: "8522" });
    const [chunk] = await app.recorded(recordingId);
    const file = await whole(await recording.downloadStreaming(chunk.contentLocation));
    for (const hz of [600, 1000]) assert.ok(await toneIn(options.phones, file, hz) > 700, `${hz} Hz is not in the file`);
    assert.ok(await toneIn(options.phones, file, 800) < 300, "what was said in the pause is in the file");
    const metadata = JSON.parse(await whole(await recording.downloadStreaming(chunk.metadataLocation)));
    assert.equal(metadata.chunkDocumentId, chunk.documentId);
    assert.equal(metadata.contentLength, file.length);
    assert.equal(metadata.pauseResumeIntervals.length, 1);
    await recording.delete(chunk.deleteLocation);
    await assert.rejects(async () => whole(await recording.downloadStreaming(chunk.contentLocation)), (error) => [error.status, error.statusCode].includes(404));
    await hangUp(call.callback, call.connection);
  }],
  ["a call is recorded by its connection", async ({ app, options }) => {
    const call = await located(app);
    const recording = app.client.getCallRecording();
    const news = app.callback();
    const { recordingId } = await recording.start({ callConnectionId: call.result.callConnectionProperties.callConnectionId, ...wav, recordingStateCallbackEndpointUrl: news.url });
    await news.state(recordingId, "active");
    await say(app, call, 600, 1);
    await hangUp(call.callback, call.connection);
    await news.state(recordingId, "inactive", 2);
    const [chunk] = await app.recorded(recordingId);
    assert.equal(chunk.endReason, "SessionEnded");
    const file = await whole(await recording.downloadStreaming(chunk.contentLocation));
    assert.ok(await toneIn(options.phones, file, 600) > 700, "what was said is not in the file");
  }],
  ["a second recording of a call is refused", async ({ app }) => {
    const { callback, connection, callLocator } = await located(app);
    const recording = app.client.getCallRecording();
    await recording.start({ callLocator, ...wav });
    await assert.rejects(recording.start({ callLocator, ...wav }), { statusCode: 400, code: "8553" });
    await hangUp(callback, connection);
  }],
];

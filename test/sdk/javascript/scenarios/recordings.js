// Recordings: from their start to the deletion of their file.
import assert from "node:assert/strict";
import { tone } from "../lib/sound.js";
import { connected, hangUp, number, playing } from "../steps.js";

const echo = number("+15550100");

const wav = { recordingContent: "audio", recordingChannel: "mixed", recordingFormat: "wav" };

// spoken is a call in which something is heard without an end.
async function spoken(app) {
  const call = await connected(app, echo);
  await call.media.playToAll([{ kind: "fileSource", url: app.serveFile(tone(880, 5)) }], { loop: true, operationContext: "sound" });
  await playing(app, call.callback, "sound");
  const { serverCallId } = await call.connection.getCallConnectionProperties();
  return { ...call, callLocator: { id: serverCallId, kind: "serverCallLocator" } };
}

// whole reads what the SDK streams, to its end.
async function whole(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

// lengthOf is how long a WAV file of 16 kHz and one channel is, in seconds; it has to be loud.
function lengthOf(bytes) {
  assert.equal(bytes.toString("latin1", 0, 4), "RIFF");
  const from = bytes.indexOf("data") + 8;
  let loudest = 0;
  for (let i = from; i + 1 < bytes.length; i += 2) loudest = Math.max(loudest, Math.abs(bytes.readInt16LE(i)));
  assert.ok(loudest > 3000, `the loudest sample of ${bytes.length} bytes is ${loudest}`);
  return (bytes.length - from) / 32000;
}

export const recordings = [
  ["a call is recorded but for its pause, and the file is fetched and deleted", async ({ app }) => {
    const { callback, connection, callLocator } = await spoken(app);
    const recording = app.client.getCallRecording();
    const news = app.callback();
    const { recordingId } = await recording.start({ callLocator, ...wav, recordingStateCallbackEndpointUrl: news.url });
    assert.equal((await news.next("RecordingStateChanged")).recordingId, recordingId);
    await news.state(recordingId, "active");
    assert.equal((await recording.getState(recordingId)).recordingState, "active");
    await recording.pause(recordingId);
    await news.state(recordingId, "inactive");
    assert.equal((await recording.getState(recordingId)).recordingState, "inactive");
    await recording.resume(recordingId);
    assert.equal((await recording.getState(recordingId)).recordingState, "active");
    await new Promise((resolve) => setTimeout(resolve, 1500)); // of sound
    await recording.stop(recordingId);
    await assert.rejects(recording.getState(recordingId), { statusCode: 404, code: "8522" });
    const [chunk] = await app.recorded(recordingId);
    assert.ok(lengthOf(await whole(await recording.downloadStreaming(chunk.contentLocation))) > 1);
    const metadata = JSON.parse(await whole(await recording.downloadStreaming(chunk.metadataLocation)));
    assert.equal(metadata.chunkDocumentId, chunk.documentId);
    assert.equal(metadata.pauseResumeIntervals.length, 1);
    await recording.delete(chunk.deleteLocation);
    await assert.rejects(async () => whole(await recording.downloadStreaming(chunk.contentLocation)), (error) => [error.status, error.statusCode].includes(404));
    await hangUp(callback, connection);
  }],
  ["a call is recorded by its connection", async ({ app }) => {
    const { callback, connection, result } = await spoken(app);
    const recording = app.client.getCallRecording();
    const news = app.callback();
    const { recordingId } = await recording.start({ callConnectionId: result.callConnectionProperties.callConnectionId, ...wav, recordingStateCallbackEndpointUrl: news.url });
    await news.state(recordingId, "active");
    await hangUp(callback, connection);
    await news.state(recordingId, "inactive", 2);
    const [chunk] = await app.recorded(recordingId);
    assert.equal(chunk.endReason, "SessionEnded");
    assert.equal((await whole(await recording.downloadStreaming(chunk.contentLocation))).toString("latin1", 0, 4), "RIFF");
  }],
  ["a second recording of a call is refused", async ({ app }) => {
    const { callback, connection, callLocator } = await spoken(app);
    const recording = app.client.getCallRecording();
    await recording.start({ callLocator, ...wav });
    await assert.rejects(recording.start({ callLocator, ...wav }), { statusCode: 400, code: "8553" });
    await hangUp(callback, connection);
  }],
];

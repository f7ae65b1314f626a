// What is said, read on a WebSocket.
import assert from "node:assert/strict";
import { connected, hangUp, number, played } from "../steps.js";

const speaker = number("+15550106"); // says a sentence
const echo = number("+15550100"); // says what it hears

const transcribed = (reader, more) => ({
  operationContext: "reading",
  transcriptionOptions: { transportUrl: reader.url, transportType: "websocket", locale: "en-US", ...more },
});

// say has the echo say something. What the server understands is always the same.
async function say(app, { callback, media }, context) {
  await media.playToAll([{ kind: "textSource", text: "Good morning." }], { operationContext: context });
  await played(app, callback, context);
}

export const transcription = [
  ["a call is transcribed from its start", async ({ app }) => {
    const reader = app.reader();
    const { callback, connection } = await connected(app, speaker, transcribed(reader, { startTranscription: true, enableIntermediateResults: true }));
    const started = await callback.next("TranscriptionStarted", "reading");
    assert.deepEqual(started.transcriptionUpdate, { transcriptionStatus: "transcriptionStarted", transcriptionStatusDetails: "subscriptionStarted" });
    const { transcriptionSubscription: subscription } = await connection.getCallConnectionProperties();
    assert.equal(subscription.state, "active");
    assert.equal(subscription.locale, "en-US");
    const metadata = await reader.next("TranscriptionMetadata");
    assert.equal(metadata.locale, "en-US");
    assert.equal(metadata.subscriptionId, subscription.id);
    const said = await reader.final("Your call works.");
    assert.equal(said.participant.phoneNumber, speaker.phoneNumber);
    assert.equal(said.format, "display");
    assert.ok(said.offsetInTicks >= 0 && said.durationInTicks > 10_000_000, JSON.stringify(said));
    await hangUp(callback, connection);
    await callback.next("TranscriptionStopped", "reading");
  }],
  ["a call is transcribed in one language and then another", async ({ app }) => {
    const reader = app.reader();
    const call = await connected(app, echo, transcribed(reader));
    const { callback, connection, media } = call;
    await media.startTranscription({ locale: "en-US", operationContext: "start" });
    await callback.next("TranscriptionStarted", "start");
    await assert.rejects(media.startTranscription({}), { name: "RestError", statusCode: 409, code: "8519" });
    await say(app, call, "first");
    await reader.final("Your call works.");
    await media.updateTranscription("de-DE", { operationContext: "update" });
    const updated = await callback.next("TranscriptionUpdated");
    assert.equal(updated.transcriptionUpdate.transcriptionStatusDetails, "transcriptionLocaleUpdated");
    await say(app, call, "second");
    const said = await reader.final("Der Anruf geht.");
    assert.deepEqual(said.words.map((w) => w.text), ["Der", "Anruf", "geht."]);
    assert.equal(said.words[1].offsetInTicks, said.offsetInTicks + 4_000_000);
    await media.stopTranscription({ operationContext: "stop" });
    await callback.next("TranscriptionStopped", "stop");
    await hangUp(callback, connection);
  }],
  ["a transcription that was not set up is refused", async ({ app }) => {
    const { callback, connection, media } = await connected(app, echo);
    await assert.rejects(media.startTranscription({ locale: "en-US" }), { name: "RestError", statusCode: 405, code: "8522" });
    await hangUp(callback, connection);
  }],
];

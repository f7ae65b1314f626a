// What is said by who is asked. The server understands the same whatever is said.
import assert from "node:assert/strict";
import { connected, hangUp, number } from "../steps.js";

const echo = number("+15550100"); // says what it hears
const digits = number("+15550104"); // presses keys

// The prompt comes back: who is asked talks over it.
const prompt = { kind: "textSource", text: "Good morning. ".repeat(40) };
const bySpeech = { kind: "callMediaRecognizeSpeechOptions", playPrompt: prompt, interruptPrompt: true, initialSilenceTimeoutInSeconds: 20 };
const bySpeechOrKeys = { ...bySpeech, kind: "callMediaRecognizeSpeechOrDtmfOptions", maxTonesToCollect: 2 };
const byChoice = { ...bySpeech, kind: "callMediaRecognizeChoiceOptions" };

// asked is what somebody answers.
async function asked(app, who, options) {
  const { callback, connection, media } = await connected(app, who);
  await media.startRecognizing(who, { ...options, operationContext: "ask" });
  const done = await callback.next(["RecognizeCompleted", "RecognizeFailed"], "ask");
  await hangUp(callback, connection);
  return done;
}

export const speech = [
  ["what is said over a prompt ends it and is recognised", async ({ app }) => {
    const done = await asked(app, echo, bySpeech);
    assert.equal(done.kind, "RecognizeCompleted", JSON.stringify(done.resultInformation));
    assert.equal(done.recognitionType, "speech");
    assert.equal(done.speechResult.speech, "Your call works.");
    assert.equal(done.resultInformation.subCode, 8569);
  }],
  ["speech or keys is what comes first", async ({ app }) => {
    const said = await asked(app, echo, bySpeechOrKeys);
    assert.equal(said.recognitionType, "speech", JSON.stringify(said.resultInformation));
    const pressed = await asked(app, digits, { ...bySpeechOrKeys, playPrompt: undefined });
    assert.equal(pressed.recognitionType, "dtmf", JSON.stringify(pressed.resultInformation));
    assert.equal(pressed.dtmfResult.tones.length, 2);
  }],
  ["a choice is made by voice", async ({ app }) => {
    const choices = [{ label: "no", phrases: ["goodbye"] }, { label: "yes", phrases: ["fine", "it works"] }, { label: "call", phrases: ["the call", "your call works"] }];
    const done = await asked(app, echo, { ...byChoice, choices });
    assert.equal(done.kind, "RecognizeCompleted", JSON.stringify(done.resultInformation));
    assert.equal(done.recognitionType, "choices");
    assert.equal(done.choiceResult.label, "call");
    assert.equal(done.choiceResult.recognizedPhrase, "your call works");
    assert.equal(done.resultInformation.subCode, 8545);
  }],
  ["what is none of the choices fails as published", async ({ app }) => {
    const done = await asked(app, echo, { ...byChoice, choices: [{ label: "no", phrases: ["goodbye"], tone: "one" }] });
    assert.equal(done.kind, "RecognizeFailed");
    assert.equal(done.resultInformation.code, 400);
    assert.equal(done.resultInformation.subCode, 8547);
  }],
];

// An appointment reminder by telephone, with the official Azure SDK.
//
//   node reminder.js +15550104
//
// It calls the number, plays a prompt, and waits for the key 1. Pressing it
// confirms the appointment: exit code 0. Anything else ends with 1 and says
// why. Nothing here knows Strowger: the connection string decides whose
// service places the call.
import { webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { CallAutomationClient, parseCallAutomationEvent } from "@azure/communication-call-automation";

// The SDK expects it; Node.js 18, which Debian 12 brings, does not have it.
globalThis.crypto ??= webcrypto;

// The defaults are those of `strowger dev`, whose key is public.
const connectionString = process.env.CONNECTION_STRING ??
  "endpoint=http://127.0.0.1:8080/;accesskey=c3Ryb3dnZXItZGV2ZWxvcG1lbnQta2V5LW5vdC1zZWNyZXQ=";
const callerNumber = process.env.CALLER_NUMBER ?? "+14255550100";
const callbackHost = process.env.CALLBACK_HOST ?? "127.0.0.1";
const number = process.argv[2] ?? process.env.NUMBER;

if (!/^\+[0-9]{5,15}$/.test(number ?? "")) {
  console.error("usage: node reminder.js +15550104");
  process.exit(2);
}

const client = new CallAutomationClient(connectionString, {
  // A local server speaks http; the cloud's never does.
  allowInsecureConnection: /endpoint=http:/i.test(connectionString),
});
const callee = { phoneNumber: number };
const web = await startWeb();
const here = `http://${callbackHost}:${web.address().port}`;
let outcome = "the call ended before anyone pressed a key";
let confirmed = false;

console.log(`calling ${number} ...`);
try {
  await client.createCall(
    { targetParticipant: callee, sourceCallIdNumber: { phoneNumber: callerNumber } },
    `${here}/callback`,
  );
} catch (error) {
  finish(`the call was refused: ${error.code ?? ""} ${error.message}`);
}

// Each event asks for the next step; the last one ends the program.
async function onEvent({ kind, callConnectionId, recognitionType, dtmfResult, resultInformation: result }) {
  const connection = client.getCallConnection(callConnectionId);
  switch (kind) {
    case "CallConnected":
      console.log("answered, playing the reminder");
      return connection.getCallMedia().startRecognizing(callee, {
        kind: "callMediaRecognizeDtmfOptions",
        playPrompt: { kind: "fileSource", url: `${here}/reminder.wav` },
        interruptPrompt: true,
        maxTonesToCollect: 1,
        initialSilenceTimeoutInSeconds: 10,
      });
    case "RecognizeCompleted": {
      const tone = recognitionType === "dtmf" ? dtmfResult?.tones?.[0] : undefined;
      confirmed = tone === "one";
      outcome = confirmed ? "confirmed" : `not confirmed: the key was ${tone}`;
      console.log(`pressed ${tone}`);
      return confirmed
        ? connection.getCallMedia().playToAll([{ kind: "fileSource", url: `${here}/thanks.wav` }])
        : connection.hangUp(true);
    }
    case "RecognizeFailed":
      outcome = `nobody pressed a key (${result?.code}/${result?.subCode})`;
      return connection.hangUp(true);
    case "PlayCompleted":
    case "PlayFailed":
      return connection.hangUp(true);
    case "CreateCallFailed":
      return finish(`the call failed: ${result?.message || "no answer"} (${result?.code}/${result?.subCode})`);
    case "CallDisconnected":
      return finish(outcome);
  }
}

// Serves the prompts and takes the callbacks.
async function startWeb() {
  const prompts = new Map();
  for (const name of ["reminder.wav", "thanks.wav"]) {
    prompts.set(`/${name}`, await readFile(new URL(`prompts/${name}`, import.meta.url)));
  }
  const server = createServer(async (request, response) => {
    const prompt = prompts.get(request.url);
    if (prompt) {
      response.writeHead(200, { "content-type": "audio/wav", "content-length": prompt.length });
      response.end(prompt);
      return;
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    // Acknowledged first: a callback is to be taken quickly, acted on after.
    response.writeHead(200).end();
    try {
      await onEvent(await parseCallAutomationEvent(JSON.parse(body)[0]));
    } catch (error) {
      // The caller may hang up at any moment; the disconnect event follows.
      console.error(`could not go on: ${error.message}`);
    }
  });
  await new Promise((resolve) => server.listen(Number(process.env.PORT ?? 0), callbackHost, resolve));
  return server;
}

function finish(what) {
  console.log(what);
  process.exitCode = confirmed ? 0 : 1;
  web.close();
  // The server's callback connection is kept alive, and would keep us alive.
  web.closeIdleConnections();
  setImmediate(() => process.exit());
}

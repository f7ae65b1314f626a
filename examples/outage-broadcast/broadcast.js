// Tells many people by telephone of an outage, with the official Azure SDK.
//
//   node broadcast.js numbers.txt
//
// It calls every number of the file, so many a second and so many at a time,
// plays an announcement, and counts who presses 1 to acknowledge it. Who is busy
// or does not answer is called once more. It ends with a summary, and with exit
// code 0 when everybody has acknowledged. Nothing here knows Strowger: the
// connection string decides whose service places the calls.
import { webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { CallAutomationClient, parseCallAutomationEvent } from "@azure/communication-call-automation";

// The SDK expects it; Node.js 18, which Debian 12 brings, does not have it.
globalThis.crypto ??= webcrypto;

// The defaults are those of `strowger dev`, whose key is public.
const connectionString = process.env.CONNECTION_STRING ??
  "endpoint=http://127.0.0.1:8080/;accesskey=c3Ryb3dnZXItZGV2ZWxvcG1lbnQta2V5LW5vdC1zZWNyZXQ=";
const callerNumber = process.env.CALLER_NUMBER ?? "+14255550100";
const callbackHost = process.env.CALLBACK_HOST ?? "127.0.0.1";
const perSecond = Number(process.env.PER_SECOND ?? 5); // carriers allow so many new calls a second
const atOnce = Number(process.env.AT_ONCE ?? 30); // and so many at a time
const retryAfter = Number(process.env.RETRY_AFTER_SECONDS ?? 60) * 1000;
const silence = 8510; // the published subcode: nobody pressed a key

// What can become of a number, in the words of the summary.
const outcomes = {
  acknowledged: "acknowledged",
  heard: "heard it, and did not acknowledge",
  left: "hung up before the end",
  busy: "busy",
  unanswered: "did not answer",
  failed: "could not be called",
};

const client = new CallAutomationClient(connectionString, {
  // A local server speaks http; the cloud's never does.
  allowInsecureConnection: /endpoint=http:/i.test(connectionString),
});
const numbers = await readNumbers(process.argv[2]);
const calls = new Map(); // those that are under way, by the path of their callbacks
const web = await startWeb();
const here = `http://${callbackHost}:${web.address().port}`;

const results = new Map(await callAll(numbers));
const again = numbers.filter((number) => ["busy", "unanswered"].includes(results.get(number)));
if (again.length > 0) {
  console.log(`${again.length} to be called again in ${retryAfter / 1000} s`);
  await pause(retryAfter);
  for (const [number, outcome] of await callAll(again)) results.set(number, outcome);
}
summarize();

// Calls all, at the pace that is allowed, and returns what became of each.
async function callAll(list) {
  const began = [];
  const underWay = new Set();
  for (const number of list) {
    if (underWay.size >= atOnce) await Promise.race(underWay);
    const call = callOne(number).finally(() => underWay.delete(call));
    underWay.add(call);
    began.push(call);
    await pause(1000 / perSecond);
  }
  return Promise.all(began);
}

// Calls one number and returns, when the call is over, what became of it.
async function callOne(number) {
  const path = `/calls/${webcrypto.randomUUID()}`;
  const call = { number, outcome: "left", seen: new Set() };
  const over = new Promise((resolve) => (call.over = resolve));
  calls.set(path, call);
  try {
    await client.createCall(
      { targetParticipant: { phoneNumber: number }, sourceCallIdNumber: { phoneNumber: callerNumber } },
      here + path,
    );
    await over;
  } catch (error) {
    call.outcome = "failed";
    call.why = `${error.code ?? ""} ${error.message}`;
  }
  calls.delete(path);
  console.log(`${number} ${outcomes[call.outcome]}${call.why ? `: ${call.why}` : ""}`);
  return [number, call.outcome];
}

// Each event asks for the next step; the last one ends the call.
async function onEvent(call, { kind, callConnectionId, dtmfResult, resultInformation: result }) {
  const connection = client.getCallConnection(callConnectionId);
  switch (kind) {
    case "CallConnected":
      return connection.getCallMedia().startRecognizing({ phoneNumber: call.number }, {
        kind: "callMediaRecognizeDtmfOptions",
        playPrompt: { kind: "fileSource", url: `${here}/outage.wav` },
        interruptPrompt: true,
        maxTonesToCollect: 1,
        initialSilenceTimeoutInSeconds: 5,
      });
    case "RecognizeCompleted":
      call.outcome = dtmfResult?.tones?.[0] === "one" ? "acknowledged" : "heard";
      return call.outcome === "acknowledged"
        ? connection.getCallMedia().playToAll([{ kind: "fileSource", url: `${here}/thanks.wav` }])
        : connection.hangUp(true);
    case "RecognizeFailed":
      if (result?.subCode === silence) call.outcome = "heard";
      else call.why = result?.message;
      return connection.hangUp(true);
    case "PlayCompleted":
    case "PlayFailed":
      return connection.hangUp(true);
    case "CreateCallFailed":
      call.outcome = { 486: "busy", 480: "unanswered", 408: "unanswered", 487: "unanswered" }[result?.code] ?? "failed";
      if (call.outcome === "failed") call.why = result?.message;
      return call.over();
    case "CallDisconnected":
      return call.over();
  }
}

function summarize() {
  const count = (outcome) => [...results.values()].filter((o) => o === outcome).length;
  console.log(`\n${numbers.length} numbers`);
  for (const [outcome, words] of Object.entries(outcomes)) {
    console.log(`${String(count(outcome)).padStart(5)} ${words}`);
  }
  process.exitCode = count("acknowledged") === numbers.length ? 0 : 1;
  web.close();
  // The server's callback connections are kept alive, and would keep us alive.
  web.closeAllConnections?.();
  setImmediate(() => process.exit());
}

// One number a line; what follows # is a remark. A number is called once, however often it is there.
async function readNumbers(file) {
  if (!file) {
    console.error("usage: node broadcast.js numbers.txt");
    process.exit(2);
  }
  const lines = (await readFile(file, "utf8")).split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
  const wrong = lines.filter((line) => !/^\+[0-9]{5,15}$/.test(line));
  if (wrong.length > 0) {
    console.error(`not numbers with a plus and a country code: ${wrong.join(", ")}`);
    process.exit(2);
  }
  return [...new Set(lines)];
}

// Serves the prompts and takes the callbacks.
async function startWeb() {
  const prompts = new Map();
  for (const name of ["outage.wav", "thanks.wav"]) {
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
    await onCallback(calls.get(request.url), JSON.parse(body)[0]);
    // Only now: the next event of a call comes once this one is acknowledged.
    response.writeHead(200).end();
  });
  await new Promise((resolve) => server.listen(Number(process.env.PORT ?? 0), callbackHost, resolve));
  return server;
}

// An event may come twice, or after its call is over.
async function onCallback(call, event) {
  if (!call || call.seen.has(event.id)) return;
  call.seen.add(event.id);
  try {
    await onEvent(call, await parseCallAutomationEvent(event));
  } catch (error) {
    // The callee may have hung up in this moment; CallDisconnected follows.
    if (error.statusCode !== 404) call.why = error.message;
  }
}

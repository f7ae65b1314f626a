// A voice bot as JavaScript applications are written: it greets, listens, and is
// silent once it is talked over. What it gets is read by the SDK's StreamingData,
// which throws on what it does not know, and what it says is written by the SDK.
// BOT_OPTIONS is explained in test/sdk/README.md.
//
//   SDK_VERSION=1.6.0 BOT_OPTIONS='{"connectionString":…}' node bot.js
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { WebSocketServer } from "ws";
import { Ear } from "./lib/ear.js";
import { CallAutomationClient, StreamingData, createOutboundAudioData, createOutboundStopAudioData } from "./lib/sdk.js";
import { tone } from "./lib/sound.js";

globalThis.crypto ??= webcrypto;

const options = JSON.parse(process.env.BOT_OPTIONS);
const client = new CallAutomationClient(options.connectionString);

async function pickUp(context) {
  await client.answerCall(context, `http://127.0.0.1:${options.port}/callbacks`, {
    mediaStreamingOptions: {
      transportUrl: `wss://127.0.0.1:${options.streamPort}`,
      transportType: "websocket",
      contentType: "audio",
      audioChannelType: "unmixed",
      startMediaStreaming: true,
      enableBidirectional: true,
      audioFormat: "Pcm24KMono",
    },
  });
}

// All of it in one message, as a whole answer of a model is sent.
function say(socket, hz, seconds) {
  socket.send(createOutboundAudioData(tone(hz, seconds, { rate: 24000 }).subarray(44).toString("base64")));
}

const pem = readFileSync(options.certificate);
const streams = https.createServer({ cert: pem, key: pem });
new WebSocketServer({ server: streams }).on("connection", (socket) => {
  let ear;
  socket.on("message", (message) => {
    const data = StreamingData.parse(message);
    if (StreamingData.getStreamingKind() === "AudioMetadata") {
      ear = new Ear(data);
      say(socket, options.greetingHz, 20);
      ear.greeted();
    } else if (ear.hears(Buffer.from(data.data, "base64"), data)) {
      socket.send(createOutboundStopAudioData());
      say(socket, options.answerHz, 1);
    }
  });
  socket.on("close", () => ear.tell(options.hears));
});
await new Promise((resolve) => streams.listen(options.streamPort, "127.0.0.1", resolve));

http.createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  let answer = "";
  for (const event of JSON.parse(body)) {
    if (event.eventType === "Microsoft.EventGrid.SubscriptionValidationEvent") {
      answer = JSON.stringify({ validationResponse: event.data.validationCode });
    } else if (event.eventType === "Microsoft.Communication.IncomingCall") {
      await pickUp(event.data.incomingCallContext);
    }
  }
  response.writeHead(200, { "content-type": "application/json" }).end(answer);
}).listen(options.port, "127.0.0.1");

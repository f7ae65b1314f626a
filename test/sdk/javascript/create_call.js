// Calls a number of the lab with a connection string as it was printed, and says how the call stands.
//
//   SDK_VERSION=1.6.0 node create_call.js CONNECTION_STRING CALLBACK_URL NUMBER CALLER_NUMBER
//
// With an ACCESS_TOKEN it shows that, and is given the endpoint alone.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { CallAutomationClient } from "./lib/sdk.js";

globalThis.crypto ??= webcrypto;

const [connectionString, callbackUrl, number, callerNumber] = process.argv.slice(2);
const token = process.env.ACCESS_TOKEN;
const client = token
  ? new CallAutomationClient(connectionString, { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) })
  : new CallAutomationClient(connectionString);
const { callConnection, callConnectionProperties } = await client.createCall(
  { targetParticipant: { phoneNumber: number }, sourceCallIdNumber: { phoneNumber: callerNumber } },
  callbackUrl, { operationContext: "from JavaScript" });
console.log(callConnectionProperties.callConnectionId);
assert.equal((await callConnection.getCallConnectionProperties()).callConnectionId, callConnectionProperties.callConnectionId);

// In the call: handing it on.
import assert from "node:assert/strict";
import { connected, hangUp, invite, number, ours } from "../steps.js";

const echo = number("+15550100");
const accepted = ["CallTransferAccepted", "CallTransferFailed"];

export const transfer = [
  ["somebody is transferred to a number and talks to it", async ({ app }) => {
    const { callback, connection } = await connected(app, number("+15550105")); // hangs up after 3 seconds
    const asked = await connection.transferCallToParticipant(echo, {
      transferee: number("+15550105"), sourceCallIdNumber: number(ours), operationContext: "transfer",
      customCallingContext: [{ kind: "sipx", key: "reason", value: "sales" }],
    });
    assert.equal(asked.operationContext, "transfer");
    const done = await callback.next(accepted, "transfer");
    assert.equal(done.kind, "CallTransferAccepted");
    assert.equal(done.resultInformation.code, 200);
    assert.equal(done.transferTarget.rawId, "4:+15550100");
    assert.equal(done.transferee.rawId, "4:+15550105");
    await callback.next("CallDisconnected");
    assert.equal(callback.kinds().at(-1), "CallDisconnected");
    await assert.rejects(connection.getCallConnectionProperties(), { statusCode: 404 });
  }],
  ["a transfer to somebody busy fails and the call goes on", async ({ app }) => {
    const { callback, connection } = await connected(app, echo);
    await connection.transferCallToParticipant(number("+15550101"), { operationContext: "busy" });
    const failed = await callback.next(accepted, "busy");
    assert.equal(failed.kind, "CallTransferFailed");
    assert.equal(failed.resultInformation.code, 486);
    assert.equal((await connection.getCallConnectionProperties()).callConnectionState, "connected");
    await hangUp(callback, connection);
  }],
  ["two transfers at once are a conflict", async ({ app }) => {
    const { callback, connection } = await connected(app, echo);
    await connection.transferCallToParticipant(number("+15550102"), { operationContext: "rings" });
    assert.equal((await connection.getCallConnectionProperties()).callConnectionState, "transferring");
    await assert.rejects(connection.transferCallToParticipant(number("+15550106")), { statusCode: 409, code: "8607" });
    await hangUp(callback, connection);
    assert.equal((await callback.next(accepted, "rings")).kind, "CallTransferFailed");
  }],
  ["somebody is transferred out of a call in which another one stays", async ({ app }) => {
    const { callback, connection } = await connected(app, echo);
    await connection.addParticipant(invite(number("+15550106")), { operationContext: "add" });
    assert.equal((await callback.next(["AddParticipantSucceeded", "AddParticipantFailed"], "add")).kind, "AddParticipantSucceeded");
    await connection.transferCallToParticipant(number("+15550105"), { transferee: number("+15550106"), operationContext: "out" });
    const done = await callback.next(accepted, "out");
    assert.equal(done.kind, "CallTransferAccepted");
    assert.equal(done.transferTarget.rawId, "4:+15550105");
    assert.equal(done.transferee.rawId, "4:+15550106");
    const { values } = await connection.listParticipants();
    assert.deepEqual(values.map((p) => p.identifier.phoneNumber), ["+15550100"]);
    assert.equal((await connection.getCallConnectionProperties()).callConnectionState, "connected");
    await hangUp(callback, connection);
  }],
];

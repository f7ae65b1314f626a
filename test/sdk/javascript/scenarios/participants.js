// In the call: who is in it.
import assert from "node:assert/strict";
import { connected, hangUp, invite, number } from "../steps.js";

export const participants = [
  ["a participant is added, listed, read and removed", async ({ app }) => {
    const { callback, connection } = await connected(app, number("+15550100"));
    const added = await connection.addParticipant(invite(number("+15550106")), { operationContext: "add" });
    assert.equal(added.operationContext, "add");
    assert.ok(added.invitationId);
    const succeeded = await callback.next(["AddParticipantSucceeded", "AddParticipantFailed"], "add");
    assert.equal(succeeded.kind, "AddParticipantSucceeded");
    assert.equal(succeeded.participant.phoneNumber, "+15550106");
    const { values } = await connection.listParticipants();
    assert.deepEqual(values.map((p) => p.identifier.phoneNumber).sort(), ["+15550100", "+15550106"]);
    const one = await connection.getParticipant(number("+15550106"));
    assert.equal(one.isMuted, false);
    await connection.removeParticipant(number("+15550106"), { operationContext: "remove" });
    const removed = await callback.next(["RemoveParticipantSucceeded", "RemoveParticipantFailed"], "remove");
    assert.equal(removed.kind, "RemoveParticipantSucceeded");
    assert.equal(removed.participant.phoneNumber, "+15550106");
    await assert.rejects(connection.getParticipant(number("+15550106")), { statusCode: 404 });
    await hangUp(callback, connection);
  }],
  ["adding somebody busy fails and the call goes on", async ({ app }) => {
    const { callback, connection } = await connected(app, number("+15550100"));
    await connection.addParticipant(invite(number("+15550101")), { operationContext: "busy" });
    const failed = await callback.next(["AddParticipantFailed", "AddParticipantSucceeded"], "busy");
    assert.equal(failed.kind, "AddParticipantFailed");
    assert.equal(failed.resultInformation.code, 486);
    assert.equal(failed.participant.phoneNumber, "+15550101");
    assert.equal((await connection.getCallConnectionProperties()).callConnectionState, "connected");
    await hangUp(callback, connection);
  }],
  ["an invitation times out", async ({ app }) => {
    const { callback, connection } = await connected(app, number("+15550100"));
    await connection.addParticipant(invite(number("+15550102")), { operationContext: "patient", invitationTimeoutInSeconds: 2 });
    assert.equal((await callback.next(["AddParticipantFailed", "AddParticipantSucceeded"], "patient")).kind, "AddParticipantFailed");
    await hangUp(callback, connection);
  }],
  ["removing somebody who is not there is refused", async ({ app }) => {
    const { callback, connection } = await connected(app, number("+15550100"));
    await assert.rejects(connection.removeParticipant(number("+15559999")), { statusCode: 404 });
    await assert.rejects(connection.getParticipant(number("+15559999")), { statusCode: 404 });
    await hangUp(callback, connection);
  }],
  ["a number cannot be muted", async ({ app }) => {
    const { callback, connection } = await connected(app, number("+15550100"));
    await assert.rejects(connection.muteParticipant(number("+15550100")), { statusCode: 400 });
    await hangUp(callback, connection);
  }],
  ["an invitation is taken back while it rings", async ({ app }) => {
    const { callback, connection } = await connected(app, number("+15550100"));
    const { invitationId } = await connection.addParticipant(invite(number("+15550102")), { operationContext: "add" });
    const canceled = await connection.cancelAddParticipantOperation(invitationId, { operationContext: "cancel" });
    assert.equal(canceled.invitationId, invitationId);
    const done = await callback.next(["CancelAddParticipantSucceeded", "CancelAddParticipantFailed"], "cancel");
    assert.equal(done.kind, "CancelAddParticipantSucceeded");
    assert.equal(done.invitationId, invitationId);
    assert.equal(done.resultInformation.subCode, 5300);
    await assert.rejects(connection.cancelAddParticipantOperation(invitationId), { statusCode: 404 });
    await hangUp(callback, connection);
    assert.ok(!callback.kinds().includes("AddParticipantFailed"));
  }],
  // Nobody's phone is away's: an application may answer.
  ["an application is added as a user and reads its headers", async ({ app, options }) => {
    const { callback, connection } = await connected(app, number("+15550100"));
    await connection.addParticipant({
      targetParticipant: { communicationUserId: options.users.away },
      customCallingContext: [{ kind: "sipx", key: "ticket", value: "4711" }],
    }, { operationContext: "away" });
    const incoming = await app.incoming(options.users.away);
    assert.equal(incoming.customContext.sipHeaders["X-MS-Custom-ticket"], "4711");
    const other = app.callback();
    const answered = await app.client.answerCall(incoming.incomingCallContext, other.url);
    await other.next("CallConnected");
    const joined = await callback.next(["AddParticipantSucceeded", "AddParticipantFailed"], "away");
    assert.equal(joined.kind, "AddParticipantSucceeded");
    assert.equal(joined.participant.communicationUserId, options.users.away);
    assert.notEqual(answered.callConnectionProperties.callConnectionId, joined.callConnectionId);
    await hangUp(callback, connection);
    await other.next("CallDisconnected");
  }],
  ["a participant moves from one call to another", async ({ app }) => {
    const there = await connected(app, number("+15550100"));
    await there.connection.addParticipant(invite(number("+15550106")), { operationContext: "add" });
    assert.equal((await there.callback.next(["AddParticipantSucceeded", "AddParticipantFailed"], "add")).kind, "AddParticipantSucceeded");
    const here = await connected(app, number("+15550100"));
    const { callConnectionId: from } = await there.connection.getCallConnectionProperties();
    const moving = await here.connection.moveParticipants([number("+15550106")], from, { operationContext: "move" });
    assert.equal(moving.fromCall, from);
    assert.equal(moving.operationContext, "move");
    assert.equal(moving.participants[0].identifier.phoneNumber, "+15550106");
    const moved = await here.callback.next(["MoveParticipantSucceeded", "MoveParticipantFailed"], "move");
    assert.equal(moved.kind, "MoveParticipantSucceeded");
    assert.equal(moved.participant.phoneNumber, "+15550106");
    assert.equal(moved.fromCall, from);
    const numbers = async (connection) => (await connection.listParticipants()).values.map((p) => p.identifier.phoneNumber).sort();
    assert.deepEqual(await numbers(here.connection), ["+15550100", "+15550106"]);
    const rosters = await there.callback.first(3, "ParticipantsUpdated");
    assert.deepEqual(rosters[2].participants.map((p) => p.identifier.phoneNumber), ["+15550100"]);
    await assert.rejects(here.connection.moveParticipants([number("+15559999")], from), { statusCode: 404 });
    await hangUp(there.callback, there.connection);
    await hangUp(here.callback, here.connection);
  }],
];

// The steps that scenarios share.
export const ours = "+14255550100";

export const number = (e164) => ({ phoneNumber: e164 });

export const caller = () => ({ sourceCallIdNumber: number(ours) });

// call places a call and returns what the scenario needs of it.
export async function call(app, target, options = {}) {
  const callback = app.callback();
  const result = await app.client.createCall({ targetParticipant: target, sourceCallIdNumber: number(ours) }, callback.url, options);
  return { callback, result, connection: result.callConnection, media: result.callConnection.getCallMedia() };
}

// connected places a call that is answered.
export async function connected(app, target, options) {
  const placed = await call(app, target, options);
  await placed.callback.next("CallConnected");
  return placed;
}

export async function hangUp(callback, connection) {
  await connection.hangUp(true);
  await callback.next("CallDisconnected");
}

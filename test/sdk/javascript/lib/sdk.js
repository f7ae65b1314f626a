// The SDK in the version that is tried; package.json has each under a name of
// its own. Streams came with 1.4.0: before, there is nothing to read them with.
const version = process.env.SDK_VERSION;

export const {
  CallAutomationClient, StreamingData, createOutboundAudioData, createOutboundStopAudioData, parseCallAutomationEvent,
} = await import(`call-automation-${version}`);

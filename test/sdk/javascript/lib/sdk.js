// The SDK in the version that is tried; package.json has each under a name of
// its own.
const version = process.env.SDK_VERSION;

export const { CallAutomationClient, parseCallAutomationEvent } = await import(`call-automation-${version}`);

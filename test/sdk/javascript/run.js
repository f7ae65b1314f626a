// Runs the scenarios as test/sdk/README.md says, with one version of the SDK.
//
//   SDK_VERSION=1.6.0 SCENARIO_OPTIONS='{"connectionString":…}' node run.js [part of a name]
import { webcrypto } from "node:crypto";
import dns from "node:dns";
import { Application } from "./lib/application.js";
import { Phone } from "./lib/phones.js";
import { rows } from "./lib/table.js";
import { calls } from "./scenarios/calls.js";
import { identity } from "./scenarios/identity.js";
import { incoming } from "./scenarios/incoming.js";
import { media } from "./scenarios/media.js";
import { participants } from "./scenarios/participants.js";
import { recordings } from "./scenarios/recordings.js";
import { rules } from "./scenarios/rules.js";
import { speech } from "./scenarios/speech.js";
import { streams } from "./scenarios/streams.js";
import { transcription } from "./scenarios/transcription.js";
import { transfer } from "./scenarios/transfer.js";

// The SDK expects it; Node.js 18, which Debian 12 brings, does not have it.
globalThis.crypto ??= webcrypto;

const options = JSON.parse(process.env.SCENARIO_OPTIONS ?? "null");
if (!options) {
  console.error("SCENARIO_OPTIONS is not set; `go test ./test/e2e -run JavaScript` does it");
  process.exit(2);
}
// The server is also reached by a name that the SDK sends its signature to.
const lookup = dns.lookup;
dns.lookup = (name, ...rest) => lookup(name === options.recordingHost ? "127.0.0.1" : name, ...rest);
const wanted = process.argv[2] ?? "";
const app = new Application(options);
const phones = Object.fromEntries(["alice", "bob", "carol", "carrier", "guest"].map((name) => [name, new Phone(options.phones, name)]));
await app.start();
await app.validated();

let passed = 0;
let failed = 0;

async function run([name, scenario]) {
  if (!name.includes(wanted) || rows.get(name) > options.speaks) return;
  const started = Date.now();
  try {
    await scenario({ app, phones, options });
    passed++;
    console.log(`ok - ${name} (${Date.now() - started} ms)`);
  } catch (error) {
    failed++;
    console.log(`not ok - ${name}\n  ${String(error?.stack ?? error).replaceAll("\n", "\n  ")}`);
  }
}

// Groups run beside each other, and each has phones of its own: alice belongs
// to calls, bob to media, carol and the carrier to incoming, the guest to identity.
async function group(scenarios) {
  for (const scenario of scenarios) await run(scenario);
}
const slow = calls.filter(([name]) => name.includes("never answers"));
const quick = calls.filter((scenario) => !slow.includes(scenario));
await Promise.all([...slow.map((scenario) => group([scenario])), group(quick), group(incoming), group(media), group(rules), group(recordings), group(participants), group(transfer), group(speech), group(streams), group(transcription), group(identity)]);

app.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);

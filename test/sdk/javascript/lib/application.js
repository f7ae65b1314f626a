// An application: the SDK's client, and an HTTP server that takes callbacks
// and Event Grid notifications and serves the files that scenarios play.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { CallAutomationClient, parseCallAutomationEvent } from "./sdk.js";
import { Reader, Stream } from "./sockets.js";

// A safety net on a busy machine, and no expectation about speed.
const patience = 40_000;

export class Application {
  #speaks;
  #files = new Map();
  #callbacks = new Map();
  #ends = new Map();
  #waiting = new Set();
  #incoming = [];
  #recorded = [];
  #validated = false;

  // Over http, which this SDK takes too when it is told to.
  constructor({ plainConnectionString, port, speaks }) {
    this.client = new CallAutomationClient(plainConnectionString, { allowInsecureConnection: true });
    this.port = port;
    this.#speaks = speaks;
    this.server = createServer((request, response) => this.#serve(request, response));
    new WebSocketServer({ server: this.server }).on("connection", (socket, request) => {
      this.#ends.get(request.url)?.open(socket, () => this.#news());
    });
  }

  start() {
    return new Promise((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }

  url(path) {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  // has reports whether the SDK has what an api-version brought.
  has(version) {
    return version <= this.#speaks;
  }

  // serveFile offers bytes and returns their address.
  serveFile(bytes) {
    const path = `/files/${randomUUID()}.wav`;
    this.#files.set(path, bytes);
    return this.url(path);
  }

  // callback is an address of its own for one call, and what arrives there.
  callback() {
    const path = `/callbacks/${randomUUID()}`;
    const callback = new Callback(`${this.url(path)}?secret=kept`, (so, what) => this.#until(so, what));
    this.#callbacks.set(path, callback);
    return callback;
  }

  // reader is the end of a socket for one transcription.
  reader() {
    return this.#end(Reader);
  }

  // stream is the end of a socket for one media stream.
  stream() {
    return this.#end(Stream);
  }

  #end(Kind) {
    const path = `/sockets/${randomUUID()}`;
    const end = new Kind(this.url(path).replace("http", "ws"), (so, what) => this.#until(so, what));
    this.#ends.set(path, end);
    return end;
  }

  validated() {
    return this.#until(() => this.#validated, "validation of the Event Grid subscription");
  }

  // incoming waits for an IncomingCall to a raw id that no scenario took yet.
  async incoming(rawId) {
    let found;
    await this.#until(() => {
      const at = this.#incoming.findIndex((event) => event.data.to.rawId === rawId);
      if (at < 0) return false;
      [found] = this.#incoming.splice(at, 1);
      return true;
    }, `IncomingCall for ${rawId}`);
    return found.data;
  }

  // recorded waits for the file of a recording, and gives its chunks.
  async recorded(recordingId) {
    const ready = () => this.#recorded.find((event) => event.subject.endsWith(recordingId));
    await this.#until(ready, `RecordingFileStatusUpdated for ${recordingId}`);
    return ready().data.recordingStorageInfo.recordingChunks;
  }

  async #serve(request, response) {
    const path = request.url.split("?")[0];
    const file = this.#files.get(path);
    if (file) {
      response.writeHead(200, { "content-type": "audio/wav" }).end(file);
      return;
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    const events = JSON.parse(body);
    if (request.headers["aeg-event-type"] === "SubscriptionValidation") {
      this.#validated = true;
      response.writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ validationResponse: events[0].data.validationCode }));
    } else if (path === "/events") {
      this.#incoming.push(...events.filter((e) => e.eventType === "Microsoft.Communication.IncomingCall"));
      this.#recorded.push(...events.filter((e) => e.eventType === "Microsoft.Communication.RecordingFileStatusUpdated"));
      response.writeHead(200).end();
    } else {
      this.#callbacks.get(path)?.take(request, events);
      response.writeHead(200).end();
    }
    this.#news();
  }

  // news has whoever waits look again.
  #news() {
    for (const check of this.#waiting) check();
  }

  #until(so, what) {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!so()) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        reject(new Error(`waited in vain for ${what}`));
      }, patience);
      this.#waiting.add(check);
      check();
    });
  }
}

// Callback is what arrived at one callback address: as the SDK parses it,
// and raw.
class Callback {
  events = [];
  raw = [];
  #until;
  #strange;

  constructor(url, until) {
    this.url = url;
    this.#until = until;
  }

  take(request, body) {
    this.raw.push({ url: request.url, headers: request.headers, body });
    // The parser throws on what the SDK's version does not know.
    try {
      this.events.push(parseCallAutomationEvent(body[0]));
    } catch (error) {
      this.#strange ??= new Error(`the SDK does not parse ${JSON.stringify(body[0])}`, { cause: error });
    }
  }

  kinds() {
    return this.events.map((event) => event.kind);
  }

  // next waits for an event of one of the kinds, by operation context where
  // one is given.
  async next(kinds, operationContext) {
    const wanted = [kinds].flat();
    const fits = (event) => wanted.includes(event.kind) &&
      (operationContext === undefined || event.operationContext === operationContext);
    await this.#so(() => this.events.some(fits), wanted.join(" or "));
    return this.events.find(fits);
  }

  // first waits for the first n events of a kind.
  async first(n, kind) {
    const found = () => this.events.filter((event) => event.kind === kind);
    await this.#so(() => found().length >= n, `${n} of ${kind}`);
    return found().slice(0, n);
  }

  // state waits until it was told for the n-th time that a recording has a state.
  async state(recordingId, state, n = 1) {
    const fits = (e) => e.kind === "RecordingStateChanged" && e.recordingId === recordingId && e.state === state;
    await this.#so(() => this.events.filter(fits).length >= n, `${n} times ${state}`);
  }

  // roster waits for a roster that fits.
  async roster(fits) {
    await this.#so(() => this.events.some((e) => e.kind === "ParticipantsUpdated" && fits(e.participants)), "a roster that fits");
  }

  async #so(so, what) {
    try {
      await this.#until(() => this.#strange || so(), what);
    } catch (error) {
      throw new Error(`${error.message}; told were: ${this.kinds().join(", ") || "nothing"}`);
    }
    if (this.#strange) throw this.#strange;
  }
}

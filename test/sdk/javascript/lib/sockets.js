// The application's ends of sockets, and what comes on them, as the SDK reads it.
import { StreamingData, createOutboundAudioData } from "./sdk.js";
import { tone } from "./sound.js";

class End {
  url;
  messages = []; // kind and data of each
  closed = false;
  #until;
  #strange;

  constructor(url, until) {
    this.url = url;
    this.#until = until;
  }

  open(socket, news) {
    this.socket = socket;
    socket.on("message", (message) => {
      this.#take(message);
      news();
    });
    socket.on("close", () => {
      this.closed = true;
      news();
    });
  }

  #take(message) {
    // The parser throws on what it does not know.
    try {
      const data = StreamingData.parse(message);
      this.messages.push({ kind: StreamingData.getStreamingKind(), data });
    } catch (error) {
      this.#strange ??= new Error(`the SDK does not read ${message}`, { cause: error });
    }
  }

  // next waits for the first message of a kind that fits.
  async next(kind, fits) {
    const [data] = await this.first(1, kind, fits);
    return data;
  }

  // first waits for the first n messages of a kind that fit.
  async first(n, kind, fits = () => true) {
    const found = () => this.of(kind).filter(fits);
    await this.#so(() => found().length >= n, `${n} of ${kind}`);
    return found().slice(0, n);
  }

  // of is what came of a kind.
  of(kind) {
    return this.messages.filter((message) => message.kind === kind).map(({ data }) => data);
  }

  // over waits until the socket is closed.
  over() {
    return this.#so(() => this.closed, "the end of a socket");
  }

  async #so(so, what) {
    try {
      await this.#until(() => this.#strange || so(), what);
    } catch (error) {
      throw new Error(`${error.message}; the last to come were: ${JSON.stringify(this.messages.slice(-10))}`);
    }
    if (this.#strange) throw this.#strange;
  }
}

function loud({ data }) {
  const pcm = Buffer.from(data, "base64");
  for (let i = 0; i < pcm.length; i += 2) if (pcm.readInt16LE(i) > 1000) return true;
  return false;
}

// Reader is that of one transcription.
export class Reader extends End {
  // final waits for a text that does not change any more.
  final(text) {
    return this.next("TranscriptionData", (said) => said.resultState === "Final" && said.text === text);
  }
}

// Stream is that of one media stream.
export class Stream extends End {
  // options are those of a call that is streamed here.
  options(more) {
    return { transportUrl: this.url, transportType: "websocket", contentType: "audio", audioChannelType: "mixed", audioFormat: "Pcm16KMono", ...more };
  }

  says(hz, seconds) {
    this.socket.send(createOutboundAudioData(tone(hz, seconds).subarray(44).toString("base64")));
  }

  // heard waits until it was loud for so long, and gives all that came, as a WAV file.
  async heard({ seconds }) {
    await this.first(Math.round(50 * seconds), "AudioData", loud);
    const pcm = Buffer.concat(this.of("AudioData").map(({ data }) => Buffer.from(data, "base64")));
    return Buffer.concat([tone(0, pcm.length / 32000).subarray(0, 44), pcm]);
  }
}

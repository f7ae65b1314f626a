// The application's end of one transcription: what comes on its socket, as the SDK reads it.
import { StreamingData } from "./sdk.js";

export class Reader {
  url;
  #read = [];
  #until;
  #strange;

  constructor(url, until) {
    this.url = url;
    this.#until = until;
  }

  take(message) {
    // The parser throws on what it does not know.
    try {
      const data = StreamingData.parse(message);
      this.#read.push({ kind: StreamingData.getStreamingKind(), data });
    } catch (error) {
      this.#strange ??= new Error(`the SDK does not read ${message}`, { cause: error });
    }
  }

  // next waits for the first message of a kind that fits.
  async next(kind, fits = () => true) {
    const found = () => this.#read.find((m) => m.kind === kind && fits(m.data));
    await this.#until(() => this.#strange || found(), `${kind}; read were: ${JSON.stringify(this.#read)}`);
    if (this.#strange) throw this.#strange;
    return found().data;
  }

  // final waits for a text that does not change any more.
  final(text) {
    return this.next("TranscriptionData", (said) => said.resultState === "Final" && said.text === text);
  }
}

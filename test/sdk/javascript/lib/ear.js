// What a bot hears.
import { writeFileSync } from "node:fs";

const steady = 5; // frames in a row with a voice: it is talked over
const loud = 300; // what the samples of a voice differ from their neighbours, on average

// follows reports whether a frame is the next one, or the first after five or more that
// the clock of a busy machine left out.
function follows(milliseconds) {
  const frames = Math.round(milliseconds / 20);
  return Math.abs(milliseconds - 20 * frames) <= 1 && (frames === 1 || frames > 5);
}

export class Ear {
  #news;
  #length;
  #heard = [];
  #voiced = 0;
  #last;

  constructor({ sampleRate, encoding, channels }) {
    this.#length = (2 * sampleRate) / 50;
    this.#news = { rateHz: sampleRate, frames: 0, silent: 0, strange: [], greetedAt: 0, stoppedAt: 0 };
    if (encoding !== "PCM" || channels !== 1) this.#news.strange.push(`${encoding} in ${channels} channels`);
  }

  greeted() {
    this.#news.greetedAt = this.#news.frames;
  }

  // hears takes a frame, and says once that somebody has begun to talk.
  hears(pcm, { isSilent, timestamp, participant }) {
    const news = this.#news;
    news.frames++;
    const at = Date.parse(timestamp);
    if (pcm.length !== this.#length || (this.#last && !follows(at - this.#last)) || participant?.kind !== "phoneNumber") {
      news.strange.push(`frame ${news.frames} has ${pcm.length} bytes at ${timestamp} of ${JSON.stringify(participant)}`);
    }
    this.#last = at;
    if (isSilent) {
      news.silent++;
      this.#voiced = 0;
      return false;
    }
    this.#heard.push(pcm);
    // Differences, since a hum is no voice.
    let change = 0;
    for (let i = 2; i < pcm.length; i += 2) change += Math.abs(pcm.readInt16LE(i) - pcm.readInt16LE(i - 2));
    this.#voiced = change > (loud * pcm.length) / 2 ? this.#voiced + 1 : 0;
    if (this.#voiced < steady || news.stoppedAt) return false;
    news.stoppedAt = news.frames;
    return true;
  }

  // tell says what came, and leaves what was heard in a file: samples of 16 bits.
  tell(path) {
    writeFileSync(path, Buffer.concat(this.#heard));
    console.log(JSON.stringify(this.#news));
  }
}

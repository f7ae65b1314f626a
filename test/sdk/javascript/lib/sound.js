// tone makes a WAV file of one tone, mono or stereo.
export function tone(hz, seconds, { rate = 16000, bits = 16, channels = 1 } = {}) {
  const frames = Math.round(seconds * rate);
  const bytes = bits / 8;
  const size = frames * channels * bytes;
  const out = Buffer.alloc(44 + size);
  out.write("RIFF", 0);
  out.writeUInt32LE(36 + size, 4);
  out.write("WAVEfmt ", 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(channels, 22);
  out.writeUInt32LE(rate, 24);
  out.writeUInt32LE(rate * channels * bytes, 28);
  out.writeUInt16LE(channels * bytes, 32);
  out.writeUInt16LE(bits, 34);
  out.write("data", 36);
  out.writeUInt32LE(size, 40);
  for (let i = 0, at = 44; i < frames; i++) {
    const v = 0.33 * Math.sin((2 * Math.PI * hz * i) / rate);
    for (let c = 0; c < channels; c++, at += bytes) {
      // 8-bit WAV samples are unsigned, wider ones signed.
      if (bits === 8) out.writeUInt8(Math.round(v * 127) + 128, at);
      else out.writeIntLE(Math.trunc(v * (2 ** (bits - 1) - 1)), at, bytes);
    }
  }
  return out;
}

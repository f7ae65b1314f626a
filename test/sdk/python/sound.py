"""WAV files of one tone."""
import io
import math
import wave


def tone(hz, seconds, rate=16000, bits=16, channels=1):
    """A tone of a whole number of Hz: each second is like the first."""

    def sample(i):
        v = 0.33 * math.sin(2 * math.pi * hz * i / rate)
        # 8-bit WAV samples are unsigned, wider ones signed.
        value = round(v * 127) + 128 if bits == 8 else int(v * (2 ** (bits - 1) - 1))
        return value.to_bytes(bits // 8, "little", signed=bits > 8) * channels

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(bits // 8)
        file.setframerate(rate)
        frames = round(seconds * rate)
        second = b"".join(map(sample, range(min(rate, frames))))
        file.writeframes((second * math.ceil(seconds))[: frames * channels * bits // 8])
    return out.getvalue()
